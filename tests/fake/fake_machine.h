/*
 * A machine made of a text file, for tests: registry, files and what cannot be read
 * of either.  tests/data/inside/NAME.case holds one a file; a line that begins with
 * a tab belongs to the key or file above it, "#" begins a comment line.  A word may
 * stand in double quotes; TEXT is the rest of the line as it is.
 *
 *	about TEXT                     what the case shows
 *	include NAME                   tests/data/inside/NAME.part comes first
 *	windows C:\WINDOWS             where Windows is; without it there is none
 *	drive D:\ TEXT                 without any: C:\
 *	user ROOT PROFILE              HKU\S-1-5-21-1 "C:\Documents and Settings\Kang"
 *	cannot WORD…                   attributes times name-times file-security
 *	                               key-security
 *	damaged TEXT                   a sentence of machine->damaged
 *	look DETECTOR…                 those that the case is played to; without: all
 *	expect TRACE TEXT              a finding and its place
 *	expect nothing                 no finding at all
 *
 *	key PATH                       its parents are there too; may come again, and
 *	                               a value that comes again is replaced.  Below
 *	                               the path of a file ("C:\WINDOWS\repair\system\
 *	                               ControlSet001"): what a hive in it holds, for
 *	                               machine_attach_hive
 *		sz NAME TEXT
 *		expand NAME TEXT
 *		dword NAME NUMBER      0x2 or 2
 *		multi NAME WORD…       "" is an empty string
 *		more NAME WORD…        appended to a multi that is there
 *		hex TYPE NAME HEX      any type, any bytes
 *		without NAME           takes a value away
 *		security DESCRIPTOR    without it: default
 *		written TIME
 *		unreadable TEXT        it is there, and asking gives HEARD_ODD
 *	gone PATH                      takes a key or a file away, with all below
 *
 *	file PATH                      its folders are there too; may come again
 *	folder PATH
 *		size NUMBER            zeros after the content
 *		attributes WORD…       readonly hidden system, or nothing
 *		times TIME TIME TIME TIME        created, written, changed, read
 *		name-times TIME TIME TIME TIME
 *		security DESCRIPTOR
 *		text TEXT              content; a line of it, with CR LF
 *		utf16 TEXT             the same in UTF-16
 *		bytes HEX
 *		data PATH              the content of a file below tests/data
 *		inert SEED             a harmless DLL of the worm's shape
 *		stock NAME A.B.C.D     a DLL of Microsoft's with that version
 *		vendor NAME COMPANY    a DLL of somebody else's with a version
 *		is link                or: is other
 *		unreadable TEXT        it is listed, and opening it gives HEARD_ODD
 *		breaks NUMBER TEXT     reading past that offset gives HEARD_SHORT
 *		lost TEXT              even its facts give HEARD_ODD
 *
 * TIME: 2008-04-14T12:00:00.000Z, or a FILETIME as a number.
 * DESCRIPTOR: "default" (administrators and SYSTEM everything, users read),
 * "locked" (protected; of a key: SYSTEM alone, of a file: Everyone may execute),
 * "none" (has none, or it cannot be told), "hex HEX", "empty" (a DACL without an
 * entry), "null" (no DACL: everybody may), "bare" (of nobody's: no DACL flag), or
 * entries in order, "protected" before them: A:BA:f003f allows, D:WD:1 denies, a
 * fourth part are the entry's flags.  WD Everyone, AU Authenticated Users,
 * BA Administrators, BU Users, SY SYSTEM, CO Creator Owner.
 */
#ifndef TESTS_FAKE_MACHINE_H
#define TESTS_FAKE_MACHINE_H

#include "flow/finding.h"
#include "flow/machine.h"

struct fake_expect {
	char trace[TRACE_ROOM];
	char place[PLACE_ROOM];
};

#define FAKE_EXPECTS_MOST 32
#define FAKE_LOOKS_MOST 8

struct fake_case {
	struct machine *machine;
	char about[256];
	char looks[FAKE_LOOKS_MOST][FIELD_KEY_ROOM];
	size_t look_count;
	struct fake_expect expects[FAKE_EXPECTS_MOST];
	size_t expect_count;
	bool expects_nothing;
};

/* Fails the test, naming file and line, where the file is not as above. */
struct fake_case *fake_case_read(const char *path);

/* The same from text that a test holds; `include` still reads tests/data/inside. */
struct fake_case *fake_case_of(const char *text);
void fake_case_free(struct fake_case *);

/* From the `nth` question on (0: the next), memory is out. */
void fake_machine_fail_at(struct machine *, size_t nth);

#endif
