/* What a format made of a view, as a string; and the files it is compared with. */
#ifndef TESTS_UNIT_TOLD_H
#define TESTS_UNIT_TOLD_H

#include "tell/tell.h"

/* The whole view in the format of this name.  To be freed. */
char *told(const char *format, struct view *, const struct style *);

/* The rows of tell_rows.h, absent ones too, with a case of the name ward.case. */
char *told_rows(const char *format);

/* A file below tests/data/tell, whole.  To be freed. */
char *told_before(const char *name);

#endif
