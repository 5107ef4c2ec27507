/*
 * Our own words for people: wrapped, and in letters that the terminal can show.
 * Text is UTF-8.
 */
#ifndef CMD_PRINT_H
#define CMD_PRINT_H

#include <stdio.h>

#include "base/span.h"

/* Width to wrap at: the terminal's up to 100, and 80 where there is none. */
unsigned print_width(FILE *f);

void print_text(FILE *f, const char *text);
void print_spaces(FILE *f, unsigned count);

/* Columns that a text takes: its characters. */
unsigned print_columns(const char *text);

/*
 * Prints words from column `at` (where the cursor is) on, further lines from
 * column `indent` on, none longer than print_width, and ends the line.
 */
void print_wrapped(FILE *f, const char *text, unsigned at, unsigned indent);

/* The same for paragraphs, parted by newlines, all indented; a blank between. */
void print_paragraphs(FILE *f, const char *text, unsigned indent);

#endif
