/*
 * Commands of the form NAME VERB MACHINE: a verb asks for statuses and nothing else, or
 * changes something and then asks again.
 */
#ifndef CMD_STATUS_COMMAND_H
#define CMD_STATUS_COMMAND_H

#include "cmd/mend_run.h"

struct status_verb {
	const char *name; /* "status" */
	enum err (*ask)(const struct inside *, struct statuses *out);
	/* NULL: it changes nothing. */
	enum err (*plan)(const struct inside *, struct plan *out, void *with);
	void *with;
};

/* `words` are the verb and the machine; the first of the verbs is the one to propose.
 * The exit code. */
struct status_words {
	char **argv;
	char **words;
	size_t count;
};
int status_command_run(const struct command *, const struct mend_options *,
                       const struct status_words *, const struct status_verb *verbs,
                       size_t verb_count);

#endif
