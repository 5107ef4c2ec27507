/*
 * What every HTML page begins and ends with: its policy, its style, its title; no
 * script, nothing from elsewhere.
 */
#ifndef TELL_HTML_PAGE_H
#define TELL_HTML_PAGE_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "flow/run.h"

/* The page's title stands between these two. */
void html_head_begin(FILE *);
void html_head_end(FILE *);

void html_page_end(FILE *); /* closes main, body, html */

/* One of the three large numbers that it all comes to, in the color of its class. */
void html_number(FILE *, const char *class, uint64_t n, const char *label);

/* In a list: the command, and when it began (its dd stays open). */
CHECKED enum err html_command(FILE *, const struct run *);

#endif
