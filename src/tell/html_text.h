/*
 * Text into HTML, as element content or as the value of a quoted attribute.
 * Nothing that is not ours and constant goes into a page by another way.
 */
#ifndef TELL_HTML_TEXT_H
#define TELL_HTML_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include "base/text.h"

void html_text(FILE *, const char *utf8);

/* A stranger's text, kept from changing the direction of what stands beside it. */
void html_foreign(FILE *, const char *utf8);
void html_said(FILE *, const struct said *);

/* So much of it as takes `columns`, with "…" where that is not all: in a picture. */
void html_cut(FILE *, const char *utf8, unsigned columns);

/* "1,024": a number for people. */
void html_count(FILE *, uint64_t n);

/* "1 host", "1,024 hosts": with the word in its number. */
void html_counted(FILE *, uint64_t n, const char *one, const char *many);

/* "2026-11-22 19:33 UTC", in a time element. */
void html_time(FILE *, int64_t unix_ms);

#endif
