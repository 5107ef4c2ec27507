/*
 * `passwords`: a line is a password, or "account:password" (a colon in a password
 * alone is written with a colon before it).  Nothing of what is read is written
 * anywhere: a result names the account or the line's number.
 */
#include "cmd/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/machine_run.h"
#include "cmd/unseen.h"
#include "know/worm_passwords.h"

#define LINE_MOST 1024 /* bytes; Windows takes 127 letters */

struct passwords_options {
	struct machine_options machine;
	bool any_case;
};

static const struct option_row rows[] = {
	MACHINE_OPTION_ROWS(struct passwords_options, machine),
	{ "any-case", 0, OPTION_FLAG, offsetof(struct passwords_options, any_case), 0,
	  0, NULL, "what differs in capitals only counts as guessed (old LM hashes)" },
};

static const char *
guess_words(enum password_guess guess)
{
	switch (guess) {
	case PASSWORD_EMPTY: return "it is empty";
	case PASSWORD_IN_LIST: return "it is in the worm's list";
	case PASSWORD_IS_NAME: return "it is the account's name";
	case PASSWORD_IS_NAME_TWICE: return "it is the account's name, twice";
	case PASSWORD_IS_NAME_BACKWARDS: return "it is the account's name backwards";
	case PASSWORD_NOT_GUESSED: break;
	}
	return "the worm would not guess it";
}

struct reading_lines {
	const char *called; /* the file, for errors */
	bool any_case;
	uint64_t line;
	struct statuses *out;
};

static enum err
add(struct reading_lines *r, const char *account, enum password_guess guess)
{
	bool guessed = guess != PASSWORD_NOT_GUESSED;
	struct status *s = statuses_add(r->out, STATUS_PASSWORD,
	                                guessed ? NEED_DOING : NEED_NOTHING);
	char called[64];

	if (!s && r->out->count < STATUSES_MOST) {
		fputs("confine passwords: out of memory\n", stderr);
		return ERR_MEMORY;
	}
	if (!s) {
		fprintf(stderr,
		        "confine passwords: more than %d passwords in %s; split it\n",
		        STATUSES_MOST, r->called);
		return ERR_REFUSED;
	}
	snprintf(called, sizeof called, "line %llu", (unsigned long long)r->line);
	status_text(s, "account", account[0] ? account : called);
	status_number(s, "line", (int64_t)r->line);
	status_bool(s, "guessed", guessed);
	status_text(s, "because", guess_words(guess));
	snprintf(s->says, sizeof s->says, "%s: %s.",
	         guessed ? "The worm gets in with it" : "Fine", guess_words(guess));
	if (guessed)
		(void)text_copy(
		    s->next, sizeof s->next,
		    "Give this account a long password of its own, different "
		    "on every machine.");
	return OK;
}

/* "account:password", ":password" or "password". */
static enum err
take_line(struct reading_lines *r, char *line, size_t len)
{
	char account[256] = "";

	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		line[--len] = '\0';
	r->line++;
	const char *colon = strchr(line, ':');
	if (len == 0 || !colon)
		return len == 0
		           ? OK
		           : add(r, "", worm_password_guess(line, "", r->any_case));
	size_t name = (size_t)(colon - line);
	if (name >= sizeof account) {
		fprintf(
		    stderr,
		    "confine passwords: %s, line %llu: the account's name is longer "
		    "than 255 bytes; correct the line\n",
		    r->called, (unsigned long long)r->line);
		return ERR_REFUSED;
	}
	memcpy(account, line, name);
	return add(r, account, worm_password_guess(colon + 1, account, r->any_case));
}

/* A zero byte, which fgets takes for any other: only UTF-16 has them. */
static bool
holds_zero(const char *line, size_t len)
{
	return memrchr(line, '\0', LINE_MOST) != line + len;
}

/* Windows' editor puts three bytes before UTF-8, which are none of the password. */
static void
drop_mark(char *line, size_t *len)
{
	if (!text_begins(line, "\xEF\xBB\xBF"))
		return;
	*len -= 3;
	memmove(line, line + 3, *len + 1);
}

/* The next line, with nothing but line feeds behind it. */
static bool
next_line(FILE *f, char *line)
{
	memset(line, '\n', LINE_MOST);
	return fgets(line, LINE_MOST, f) != NULL;
}

static enum err
take_all(struct reading_lines *r, FILE *f, char *line)
{
	while (next_line(f, line)) {
		size_t len = strlen(line);

		if (holds_zero(line, len)) {
			fprintf(stderr,
			        "confine passwords: %s, line %llu is no plain text; "
			        "save it as ANSI or UTF-8\n",
			        r->called, (unsigned long long)r->line + 1);
			return ERR_REFUSED;
		}
		if (len == LINE_MOST - 1 && line[len - 1] != '\n') {
			fprintf(stderr,
			        "confine passwords: %s, line %llu is longer than %d "
			        "bytes; it is no list of passwords\n",
			        r->called, (unsigned long long)r->line + 1,
			        LINE_MOST - 2);
			return ERR_REFUSED;
		}
		if (r->line == 0)
			drop_mark(line, &len);
		TRY(take_line(r, line, len));
	}
	if (!ferror(f))
		return OK;
	fprintf(stderr, "confine passwords: cannot read %s: %s; name a file\n",
	        r->called, strerror(errno));
	return ERR_REFUSED;
}

/* What is typed is not to be seen, and no copy of it stays in our memory. */
static enum err
read_lines(struct reading_lines *r, FILE *f)
{
	char line[LINE_MOST];
	char buffer[BUFSIZ];
	bool typed = unseen_begin(fileno(f));

	setvbuf(f, buffer, _IOFBF, sizeof buffer);
	if (typed)
		fputs("Passwords, one a line, or account:password; Ctrl-D ends. They "
		      "are not shown.\n",
		      stderr);
	enum err err = take_all(r, f, line);
	if (typed)
		unseen_end();
	setvbuf(f, NULL, _IONBF, 0);
	explicit_bzero(line, sizeof line);
	explicit_bzero(buffer, sizeof buffer);
	return err;
}

static enum err
read_file(const char *path, struct reading_lines *r)
{
	if (!path || strcmp(path, "-") == 0)
		return read_lines(r, stdin);
	OWN(own_file) FILE *f = fopen(path, "re");
	if (f)
		return read_lines(r, f);
	fprintf(stderr, "confine passwords: cannot open %s: %s; name another file\n",
	        path, strerror(errno));
	return ERR_REFUSED;
}

static int
run(int argc, char **argv)
{
	struct passwords_options options = { .any_case = false };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	OWN(statuses_free) struct statuses statuses = { .count = 0 };
	size_t count = 0;

	if (!words)
		return 2;
	int code = options_read(&cmd_passwords, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	if (count > 1) {
		fprintf(stderr, "confine passwords: one file at a time; name it, or - "
		                "for standard input\n");
		return 2;
	}
	struct reading_lines r = { .called = count == 1 ? words[0] : "standard input",
		                   .any_case = options.any_case,
		                   .out = &statuses };
	if (read_file(count == 1 ? words[0] : NULL, &r) != OK)
		return 2;
	if (statuses.count == 0) {
		fprintf(stderr,
		        "confine passwords: there is no password in %s; write "
		        "one a line\n",
		        r.called);
		return 2;
	}
	return status_run(&cmd_passwords, argv, &options.machine, &statuses);
}

const struct command cmd_passwords = {
	.name = "passwords",
	.run = run,
	.does = "would the worm's dictionary guess these",
	.usage = "passwords [OPTIONS] [FILE|-]",
	.about =
	    "Holds passwords against the list that the worm carries, and against the "
	    "account's name, the name twice and the name backwards, which it tries as "
	    "well. A line is a password, or account:password. A password is never "
	    "shown, stored or sent; a result names the account, or the line's number.",
	.examples = "confine passwords    # type them; they are not shown\n"
		    "confine passwords list.txt --format csv\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};
