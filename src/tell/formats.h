/* The rows of the table of formats, each in the file of its name. */
#ifndef TELL_FORMATS_H
#define TELL_FORMATS_H

#include "tell/tell.h"

extern const struct format text_format;
extern const struct format jsonl_format;
extern const struct format csv_format;
extern const struct format nmap_xml_format;
extern const struct format html_format;

/*
 * The next row of the view that is to be shown: absent hosts are passed over
 * unless the style wants all.
 */
CHECKED enum err tell_next(struct view *, const struct style *, struct row *out,
                           bool *more);

/* The state's name as it is shown: an absent host is unknown, and why says more. */
const char *tell_state(enum state state);

/* Has all that was written really gone out?  ERR_SYSTEM where it has not. */
CHECKED enum err tell_flush(FILE *);

#endif
