/* The functions that a DLL lets others call, by name. */
#ifndef FORMAT_PE_EXPORTS_H
#define FORMAT_PE_EXPORTS_H

#include "format/pe.h"

#define PE_EXPORTS_MOST 4096 /* shell32 has some 400 */

/*
 * Does it export `name`, letter for letter?  PE_TOO_BIG: it has more than the most,
 * and the name is not among the first.
 */
enum pe_error pe_exports(const struct pe_source *, const struct pe *, const char *name,
                         bool *out);

#endif
