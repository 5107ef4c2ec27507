/*
 * Text for a terminal.  What a stranger chose may hold escape sequences, and
 * marks that turn the writing direction: these are spelled out (\x1b, \u202e),
 * all else goes out as it is.
 */
#ifndef TELL_SAFE_H
#define TELL_SAFE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SAFE_ROOM 12 /* one character, spelled, and its terminator */

void safe_text(FILE *, const char *utf8);

/* One character as itself or spelled, terminated; returns how many bytes. */
size_t safe_spell(char out[SAFE_ROOM], uint32_t character);

/* Columns on the screen of the text as safe_text writes it, about. */
unsigned safe_width(const char *utf8);

/* Exactly `columns` wide: filled up with blanks, or cut, with "…" at its end. */
void safe_cell(FILE *, const char *utf8, unsigned columns);

#endif
