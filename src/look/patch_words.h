/* A decision on an update in words: one line of evidence that a person can check. */
#ifndef LOOK_PATCH_WORDS_H
#define LOOK_PATCH_WORDS_H

#include "flow/status.h"
#include "look/patch_decide.h"

enum status_need patch_need(const struct patch_decided *);

/* `language`: InstallLanguage, "0409". */
void patch_words(const struct patch_facts *, const struct patch_decided *,
                 const char *language, struct status *out);

#endif
