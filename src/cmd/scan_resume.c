#include "cmd/scan_resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/own.h"
#include "cmd/commands.h"
#include "flow/json_read.h"
#include "keep/case.h"

#define SPEC_MOST (1024 * 1024)

enum err
scan_resume_spec(char *const *words, int count, char **spec)
{
	struct buf b;
	struct json j;

	buf_init(&b, SPEC_MOST);
	json_init(&j, &b);
	json_open(&j, '[');
	for (int i = 0; i < count; i++)
		json_text(&j, words[i]);
	json_close(&j, ']');
	*spec = strdup(b.bad ? "[]" : buf_string(&b));
	buf_free(&b);
	return *spec ? OK : ERR_MEMORY;
}

static bool
take_word(void *into, const struct json_value *v)
{
	struct scan_resume *r = into;

	if (v->kind != JSON_TEXT || r->count == RESUME_WORDS_MOST)
		return false;
	r->argv[r->count] = strdup(v->text);
	if (!r->argv[r->count])
		return false;
	r->owned = ++r->count;
	return true;
}

/* The outputs of the first time are not written again: today's words say which. */
static void
drop_outputs(struct scan_options *o)
{
	o->outputs.count = 0;
	o->format = NULL;
}

static int
refuse(const char *path, const char *why)
{
	fprintf(stderr,
	        "confine: cannot go on with %s: %s; name the targets again beside "
	        "--resume\n",
	        path, why);
	return 2;
}

static int
read_spec(struct scan_resume *r, const char *path)
{
	OWN(own_case) struct case_file *c = NULL;
	OWN(own_mem) char *spec = NULL;

	if (case_open(path, CASE_READ, &c) != OK)
		return 2;
	if (case_last_spec(c, "scan", &spec) != OK || !spec)
		return refuse(path, "it holds no scan");
	if (json_walk(spec, JSON_ARRAY, take_word, r) != OK || r->count == 1)
		return refuse(path, "it does not tell the targets of its scan");
	return OPTIONS_GO_ON;
}

int
scan_resume_read(struct scan_resume *r, char **argv, struct scan_options *options,
                 char ***words, size_t *count)
{
	const char *path = options->case_path;

	r->argv[0] = strdup(argv[0]);
	r->count = r->owned = r->argv[0] ? 1 : 0;
	int code = read_spec(r, path);
	if (code != OPTIONS_GO_ON)
		return code;
	char **more = calloc(r->count + 1, sizeof *more);
	if (!more)
		return 2;
	free(*words);
	*words = more;
	*options = scan_defaults;
	code = options_read(&cmd_scan, r->argv, options, *words, count);
	if (code != OPTIONS_GO_ON)
		return code;
	drop_outputs(options);
	size_t none = 0;
	OWN(own_mem) char **rest = calloc(RESUME_WORDS_MOST, sizeof *rest);
	return rest ? options_read(&cmd_scan, argv, options, rest, &none) : 2;
}

void
scan_resume_free(struct scan_resume *r)
{
	for (size_t i = 0; i < r->owned; i++)
		free(r->argv[i]);
	r->count = r->owned = 0;
}
