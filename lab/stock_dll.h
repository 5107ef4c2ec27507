/*
 * A file that carries the name and version of one of Windows' own and nothing of
 * its content: a PE with a version resource and a body of zeros.
 */
#ifndef LAB_STOCK_DLL_H
#define LAB_STOCK_DLL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct stock_dll {
	const char *name;    /* "netapi32.dll": OriginalFilename and InternalName */
	const char *company; /* "Microsoft Corporation"; "" or NULL: no such string */
	uint16_t version[4]; /* 5.1.2600.5694 */
	const char *branch;  /* "xpsp_sp3_gdr.081015-1312", or NULL */
	bool is_x64;
	bool is_driver;      /* a native image (srv.sys), not a DLL */
	uint32_t time_stamp; /* seconds since 1970, as in the PE header */
};

/* Appended to `out` (about 4 KiB). */
CHECKED enum err stock_dll(struct buf *out, const struct stock_dll *);

#endif
