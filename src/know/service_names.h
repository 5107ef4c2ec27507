/*
 * What the worm calls its service: the rows of service-name-words.tsv and of
 * display-name-words.tsv.  Genuine services are called so too (Rasman, Netman,
 * System Monitor): never decides alone.
 */
#ifndef KNOW_SERVICE_NAMES_H
#define KNOW_SERVICE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct service_name_word {
	const char *word;
	enum { WORD_BEGINS = 1, WORD_ENDS } part;
	const char *sources; /* tags, separated by blanks: sources.tsv */
};

extern const struct service_name_word service_name_words[];
extern const size_t service_name_words_count;

struct display_name_word {
	const char *word;
	const char *sources;
};

extern const struct display_name_word display_name_words[];
extern const size_t display_name_words_count;

/* One word that begins it and one that ends it, written together: "Iaslogon". */
bool service_name_is_glued(const char *name);

/* Two different words with a blank between: "Security Manager". */
bool display_name_is_of_words(const char *name);

#endif
