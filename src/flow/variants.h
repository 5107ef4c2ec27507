/*
 * Which of the worm's variants a sign fits, in Microsoft's letters.
 */
#ifndef FLOW_VARIANTS_H
#define FLOW_VARIANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

#define VARIANT_A 0x01u
#define VARIANT_B 0x02u
#define VARIANT_C 0x04u
#define VARIANT_D 0x08u
#define VARIANT_E 0x10u
#define VARIANT_COUNT 5
#define VARIANTS_ROOM 16 /* "A, B, C, D or E" */

typedef uint8_t variants; /* a set of the bits above */

/* "A,B,C,D"; "" for none. */
void variants_text(char out[VARIANTS_ROOM], variants v);

/* "A, B or C": as a sentence has them, for what is one of them. */
void variants_words(char out[VARIANTS_ROOM], variants v);

/* Reads "A,B" (also with blanks); false where something else stands there. */
bool variants_from_text(const char *text, variants *out);

/* ["A","B"], as findings and verdicts have it. */
void variants_json(struct json *j, variants v);

#endif
