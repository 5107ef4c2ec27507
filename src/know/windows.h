/*
 * Which Windows it is, and whether the worm can live on it, by what a machine
 * says about itself.  The rows of windows.tsv.
 */
#ifndef KNOW_WINDOWS_H
#define KNOW_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum windows_victim {
	VICTIM_UNTOLD,
	VICTIM_EXPLOIT, /* by the hole of MS08-067, and in all other ways */
	VICTIM_ACCOUNT, /* by that hole only for who has an account, and otherwise */
	VICTIM_YES,     /* by shares, weak passwords and USB sticks */
	VICTIM_HARDLY,
	VICTIM_NO, /* it is not Windows */
};

/* What a machine said; what it did not say is "" or 0. */
struct windows_said {
	const char *native_os; /* SMB1 session setup */
	const char *native_lm;
	bool has_version; /* NTLM challenge */
	uint8_t major;
	uint8_t minor;
	uint16_t build;
	uint16_t smb2_dialect; /* highest; 0x0311 */
};

struct windows {
	struct said name; /* "Windows XP", "Windows Server 2003 SP2", "Samba 4.17" */
	enum windows_victim victim;
};

/*
 * False where it said nothing that names a system.  A name that is in no row is
 * given as it was said.  The service pack is there only where it was told: XP
 * never tells it.
 */
bool windows_name(const struct windows_said *told, struct windows *out);

struct windows_row {
	const char *said;            /* how NativeOS begins; "" is a row by version */
	int32_t major, minor, build; /* -1 is any */
	uint16_t dialect;            /* 0 is any */
	const char *name;
	enum windows_victim victim;
	const char *sources; /* tags, separated by blanks: sources.tsv */
};

/* All of them, in the order in which they are tried. */
extern const struct windows_row windows_rows[];
extern const size_t windows_rows_count;

#endif
