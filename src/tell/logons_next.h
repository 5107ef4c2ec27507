/* Where to begin, and what to type. */
#ifndef TELL_LOGONS_NEXT_H
#define TELL_LOGONS_NEXT_H

#include "base/buf.h"
#include "tell/tell.h"

struct logons_next {
	const struct attacker *at; /* NULL: each of them is settled */
	const char *words;         /* what to do, and why */
	const char *watched;       /* a stranger's name that ends them; "": none */
	const char *command;       /* "": there is none */
	struct buf line;           /* in which it stands */
};

/* Only where there is an attacker. */
void logons_next_of(const struct told_logons *, const struct style *,
                    struct logons_next *out);
void logons_next_free(struct logons_next *);

/* The last line of the text, and the first of the page. */
void logons_text_next(FILE *, const struct logons_next *);
void logons_html_next(FILE *, const struct logons_next *);

#endif
