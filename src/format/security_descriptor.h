/*
 * Who may do what with a file or a registry key: self-relative security
 * descriptors, as NTFS and hives keep them.
 *
 * Source: Microsoft, [MS-DTYP] sections 2.4.2 to 2.4.6 and 2.5.3.2.
 */
#ifndef FORMAT_SECURITY_DESCRIPTOR_H
#define FORMAT_SECURITY_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"

/* Rights that matter here; the same bits for files and keys, but for the name. */
#define RIGHT_READ_DATA 0x00000001u /* of a key: ask for its values */
#define RIGHT_EXECUTE 0x00000020u
#define RIGHT_DELETE 0x00010000u
#define RIGHT_WRITE_DAC 0x00040000u
#define RIGHT_SYNCHRONIZE 0x00100000u

struct security_descriptor {
	bool is_open;      /* no list of who may: everybody may do everything */
	bool is_protected; /* it takes nothing over from the folder or key above */
	unsigned entry_count;
	/*
	 * What an administrator may do: a member of Administrators and Users, who
	 * is one of Everyone and has logged on.  Generic rights are spelled out.
	 */
	uint32_t administrators;
	uint32_t anybody; /* what any entry gives to anybody at all, SYSTEM too */
};

/* HEARD_SHORT, HEARD_ODD: it is none, and nothing follows from it. */
enum heard security_descriptor_read(struct span, struct security_descriptor *out);

#endif
