/*
 * What lies at the root of a drive: an autorun.inf, made-up bins, and the vaccine that
 * confine puts there itself.  And descriptors, which are only ever loosened.
 */
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/autorun_inf.h"
#include "format/security_descriptor.h"
#include "look/recycler.h"
#include "look/removable.h"
#include "look/rundll.h"
#include "mend/admit_parts.h"
#include "mend/vaccine.h"

bool
is_at_root(const struct inside *in, const char *path, const char *name)
{
	for (size_t i = 0; i < in->machine->drive_count; i++) {
		const char *root = in->machine->drives[i].root;

		if (text_begins(path, root) && text_same(path + strlen(root), name))
			return true;
	}
	return false;
}

/* ---- autorun.inf */

/* What one lets rundll32 start: signs that do not hang on each other. */
struct starts {
	bool from_bin; /* rundll32, and a program in RECYCLER */
	bool made_up;  /* a bin that is none */
	bool worm_name;
	bool is_noise;
	char target[PATH_ROOM]; /* from the drive's root */
};

static void
read_line(const struct autorun_line *line, struct starts *out)
{
	struct rundll_call call;
	struct recycler_target target;

	if (!autorun_key_starts(line->key) || !rundll_call_read(line->value, &call) ||
	    !recycler_target_read(call.target, &target))
		return;
	if (out->from_bin && (out->made_up || !target.is_made_up))
		return;
	out->from_bin = true;
	out->made_up = target.is_made_up;
	out->worm_name = target.has_worm_name;
	(void)text_copy(out->target, sizeof out->target, target.path);
}

static enum heard
read_autorun(struct machine *m, const char *path, struct starts *out)
{
	OWN(buf_free) struct buf bytes = { .ceiling = AUTORUN_INF_BYTES_MOST };
	enum heard heard = machine_head(m, path, AUTORUN_INF_BYTES_MOST, &bytes);
	struct autorun_line line;

	*out = (struct starts){ .from_bin = false };
	if (heard != HEARD)
		return heard;
	struct autorun_inf inf = autorun_inf_of(buf_span(&bytes));
	while (autorun_inf_next(&inf, &line))
		read_line(&line, out);
	out->is_noise = autorun_inf_is_noise(&inf, bytes.len);
	return HEARD;
}

enum err
admit_autorun_inf(struct asked *a)
{
	struct file_facts facts;
	struct starts starts;
	enum heard heard = machine_stat(a->in->machine, a->change->target, &facts);

	if (heard == HEARD && (facts.is_folder || facts.is_link || facts.is_other))
		return refuse(a, "it is no plain file");
	if (heard == HEARD)
		heard = read_autorun(a->in->machine, a->change->target, &starts);
	if (heard != HEARD)
		return heard == HEARD_NOTHING ? refuse(a, "it is not there")
		                              : refuse_unread(a);
	a->signs = (unsigned)starts.from_bin + starts.made_up + starts.is_noise +
	           (starts.from_bin && starts.worm_name);
	return by_signs(a);
}

bool
autorun_starts(const struct inside *in, const char *path)
{
	char inf[PATH_ROOM];
	struct starts starts;

	for (size_t i = 0; i < in->machine->drive_count; i++) {
		const char *root = in->machine->drives[i].root;

		if (text_begins(path, root) &&
		    path_join(inf, sizeof inf, root, "autorun.inf") &&
		    read_autorun(in->machine, inf, &starts) == HEARD &&
		    starts.from_bin && text_same(starts.target, path + strlen(root)))
			return true;
	}
	return false;
}

/* ---- folders */

/* "X:\RECYCLER\S-5-3-42-…", and nothing below that. */
static bool
is_made_up_bin(const struct inside *in, const char *path)
{
	static const char *const above[] = { "RECYCLER\\", "RECYCLED\\" };

	for (size_t i = 0; i < in->machine->drive_count; i++) {
		const char *root = in->machine->drives[i].root;
		const char *rest = path + strlen(root);

		if (!text_begins(path, root))
			continue;
		for (size_t k = 0; k < sizeof above / sizeof above[0]; k++) {
			if (text_begins(rest, above[k]) &&
			    recycler_is_made_up(rest + strlen(above[k])))
				return true;
		}
	}
	return false;
}

/* Nothing in it but programs with the worm's kind of name, which go before. */
static enum err
ask_content(struct asked *a)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	enum heard heard = machine_list(a->in->machine, a->change->target, &list);

	if (heard == HEARD_NOTHING)
		return refuse(a, "it is not there");
	if (heard != HEARD)
		return refuse_unread(a);
	for (size_t i = 0; i < list.count; i++) {
		if (!list.at[i].is_file || !recycler_is_worm_name(list.at[i].name))
			return refuse(a, "something else than the worm's programs is "
			                 "in it");
	}
	a->signs++;
	return OK;
}

static enum err
admit_removal(struct asked *a)
{
	if (!is_made_up_bin(a->in, a->change->target))
		return refuse(a, "it is no waste bin with a name that no bin can have");
	a->signs = 1;
	TRY(ask_content(a));
	return by_signs(a);
}

/* The vaccine: where nothing stands, and with no other content than ours. */
static enum err
admit_vaccine(struct asked *a)
{
	const struct change *c = a->change;
	const char *name = c->kind == CHANGE_MAKE_FOLDER ? "autorun.inf"
	                                                 : VACCINE_CHILD;
	struct file_facts facts;

	if (!is_at_root(a->in, c->target, name))
		return refuse(a, "confine makes nothing there");
	enum heard heard = machine_stat(a->in->machine, c->target, &facts);
	if (heard == HEARD)
		return refuse(a, "something stands there already");
	if (heard != HEARD_NOTHING)
		return refuse_unread(a);
	if (c->kind == CHANGE_MAKE_FILE &&
	    !span_is(buf_span(&c->after), VACCINE_TEXT, strlen(VACCINE_TEXT)))
		return refuse(a, "the file would not hold what confine puts there");
	return OK;
}

enum err
admit_folder(struct asked *a)
{
	return a->change->kind == CHANGE_REMOVE_FOLDER ? admit_removal(a)
	                                               : admit_vaccine(a);
}

/* ---- descriptors */

static bool
is_open_to_administrators(struct machine *m, const char *path)
{
	OWN(buf_free) struct buf bytes = { .ceiling = 65536 };
	struct security_descriptor d;

	return machine_security(m, path, &bytes) == HEARD &&
	       security_descriptor_read(buf_span(&bytes), &d) == HEARD && !d.is_open &&
	       (d.administrators & RIGHT_READ_DATA);
}

/* A locked program without a version gets the rights of kernel32.dll beside it. */
enum err
admit_acl(struct asked *a)
{
	const struct change *c = a->change;
	struct file_judged j;
	char model[PATH_ROOM];

	if (!path_join(model, sizeof model, a->in->windows->system32, "kernel32.dll") ||
	    !text_same(c->like, model))
		return refuse(a, "only the rights of kernel32.dll are given to a file");
	if (path_below(c->target, a->in->windows->system32) != path_base(c->target))
		return refuse(a, "it does not lie beside kernel32.dll");
	worm_file_judge(a->in, c->target, WITHOUT_HASH, &j);
	if (j.is == FILE_IS_ABSENT || !(j.traits & TRAIT_LOCKED))
		return refuse(a, "it is not locked");
	if (!is_open_to_administrators(a->in->machine, model))
		return refuse(a, "kernel32.dll is locked itself, or its rights cannot "
		                 "be read");
	TRY(ask_program(a, c->target, &j));
	return by_signs(a);
}
