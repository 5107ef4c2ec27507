/*
 * A paragraph on a screen of 80 columns: words flow, foreign text is made safe
 * (safe.h), a word wider than the line is broken.
 */
#ifndef TELL_PARA_H
#define TELL_PARA_H

#include <stdio.h>

#define PARA_COLUMNS 80

struct para {
	FILE *out;
	unsigned indent; /* of the second and later lines */
	unsigned column;
};

/* Starts at the left edge with `first`, ours, filled up to the indent. */
struct para para_begin(FILE *, const char *first, unsigned indent);

/* Adds words; a blank goes before each that is not the first of its line. */
void para_words(struct para *, const char *utf8);

/* Adds one word that keeps its blanks: a command, say. */
void para_word(struct para *, const char *utf8);

void para_end(struct para *);

#endif
