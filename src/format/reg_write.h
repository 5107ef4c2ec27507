/*
 * Registration files, as regedit imports them ("How to add, modify, or delete registry
 * subkeys and values by using a .reg file", Microsoft KB310516): a signature line, a
 * blank line, CRLF at every end of line.  "REGEDIT4" is in the ANSI code page and taken
 * by every Windows; "Windows Registry Editor Version 5.00" is UTF-16LE with a mark in
 * front, of Windows 2000 and later.
 */
#ifndef FORMAT_REG_WRITE_H
#define FORMAT_REG_WRITE_H

#include <stdbool.h>

#include "base/buf.h"

#define REG_WRITE_MOST 4096u

/*
 * Appends the file that lets Windows look for the settings of every Autorun.inf at a
 * place that does not exist (specification 7), or the one that takes that back.
 */
void reg_write_autorun(struct buf *, bool disable, bool unicode);

#endif
