#include "volume_truth.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mend/multi_sz.h"

/* ---- the truth about a file */

static bool
is_protected(const struct made_file *f)
{
	return f->stock_name || f->stock_spare || f->of_windows || f->unreadable ||
	       f->link || (f->body != BODY_PACKED && f->body != BODY_PLAIN);
}

/* Signs that do not hang on each other; `named` is one. */
static unsigned
own_signs(const struct made_file *f)
{
	return (unsigned)f->hidden + f->locked + (f->body == BODY_PACKED) +
	       (f->computed || f->drawn) + f->disguised + (f->in_bin ? 2 : 0);
}

static bool
has_a_worms_twin(const struct made *m, const struct made_file *f)
{
	for (size_t i = 0; i < FILES_MADE; i++) {
		const struct made_file *o = &m->files[i];

		if (o != f && o->body == f->body && o->content == f->content &&
		    !is_protected(o) && own_signs(o) + o->named >= 2)
			return true;
	}
	return false;
}

const struct made_file *
truth_file(const struct made *m, const char *path)
{
	for (size_t i = 0; i < FILES_MADE; i++) {
		if (text_same(m->files[i].path, path))
			return &m->files[i];
	}
	return NULL;
}

static bool
file_may_go(const struct truth *v)
{
	const struct made *m = v->made;
	const struct made_file *f = truth_file(m, v->change->target);

	if (text_same(v->change->target, "C:\\autorun.inf"))
		return m->worm_autorun;
	if (!f || is_protected(f))
		return false;
	return own_signs(f) + f->named + has_a_worms_twin(m, f) >= 2;
}

/* ---- of a service, a start value, a job */

static bool
service_may_go(const struct made *m, const struct made_service *s)
{
	const struct made_file *f = s->file >= 0 ? &m->files[s->file] : NULL;
	unsigned signs = 1 + (unsigned)s->locked + s->worded + s->copied;

	if (s->stock || s->driver || !s->svchost || (f && is_protected(f)))
		return false;
	signs += f ? own_signs(f) : 1u + s->gone_computed;
	return signs >= 2;
}

static bool
key_may_go(const struct truth *v)
{
	const struct made *m = v->made;

	for (size_t i = 0; i < m->service_count; i++) {
		const struct made_service *s = &m->services[i];
		char path[MADE_PATH];

		for (int set = 0; set < SETS_MADE && s->name[0]; set++) {
			snprintf(path, sizeof path, MADE_SET "%d\\Services\\%s",
			         set + 1, s->name);
			if (s->in_set[set] && text_same(path, v->change->target))
				return service_may_go(m, s);
		}
	}
	return false;
}

/* The others stay byte for byte, whatever is taken out. */
static void
others_stay(const struct made *m, const char *string)
{
	struct fake_value *v = fake_value_of(fake_key_at(m->fake, MADE_SVCHOST),
	                                     "netsvcs");
	struct buf wanted = { .ceiling = 8192 };
	struct buf got = { .ceiling = 8192 };

	for (size_t i = 0; i < m->member_count; i++) {
		if (strcmp(m->members[i], string) == 0)
			continue;
		buf_utf16(&wanted, m->members[i]);
		buf_le16(&wanted, 0);
	}
	buf_le16(&wanted, 0);
	assert_true(multi_sz_without(buf_span(&v->bytes), string, &got));
	assert_int_equal(got.len, wanted.len);
	assert_memory_equal(got.at, wanted.at, got.len);
	buf_free(&wanted);
	buf_free(&got);
}

static bool
member_may_go(const struct truth *v)
{
	const struct made *m = v->made;
	const char *string = v->change->string;
	bool is_known = strcmp(string, "nokeyhere") == 0;

	if (!text_same(v->change->target, MADE_SVCHOST) ||
	    !text_same(v->change->name, "netsvcs"))
		return false;
	for (size_t i = 0; i < m->service_count; i++) {
		const struct made_service *s = &m->services[i];

		if (!s->name[0] || strcmp(s->name, string) != 0)
			continue;
		if (s->stock || !s->member)
			return false;
		if ((s->in_set[0] || s->in_set[1]) && !service_may_go(m, s))
			return false;
		is_known = true;
	}
	if (is_known)
		others_stay(m, string);
	return is_known;
}

static bool
run_value_may_go(const struct truth *v)
{
	const struct made *m = v->made;

	for (size_t i = 0; i < VALUES_MADE; i++) {
		const struct made_value *r = &m->values[i];

		if (!text_same(r->name, v->change->name))
			continue;
		if (!r->has_form || r->file == -2)
			return false;
		return r->file == -1 || (!is_protected(&m->files[r->file]) &&
		                         own_signs(&m->files[r->file]) >= 1);
	}
	return false;
}

static bool
job_may_go(const struct truth *v)
{
	const struct made *m = v->made;
	bool by_wish = strcmp(v->change->why, "asked") == 0;

	for (size_t i = 0; i < JOBS_MADE; i++) {
		const struct made_job *j = &m->jobs[i];
		const struct made_file *f = j->file >= 0 ? &m->files[j->file] : NULL;

		if (!text_same(j->path, v->change->target))
			continue;
		if (!j->is_at || by_wish)
			return j->is_at;
		return j->is_bare &&
		       (!f || (f->body == BODY_PACKED || f->body == BODY_PLAIN ||
		               f->body == BODY_MARKED));
	}
	return false;
}

/* ---- of a setting */

static bool
is_infected(const struct truth *v)
{
	return v->is_infected;
}

static uint32_t
number_at(const struct made *m, const char *key, const char *name)
{
	const struct fake_value *v = fake_value_of(fake_key_at(m->fake, key), name);
	struct span s = v ? buf_span(&v->bytes) : span_of(NULL, 0);

	return span_le32(&s);
}

static bool
applets_may_go(const struct truth *v)
{
	const struct change *c = v->change;
	struct fake_key *k = fake_key_at(v->made->fake, c->target);
	bool both = fake_value_of(k, "dl") && fake_value_of(k, "ds");

	if (!text_same(c->name, "dl") && !text_same(c->name, "ds"))
		return false;
	return fake_value_of(k, c->name) && (both || is_infected(v));
}

static bool
is_disabled_by_worms(const char *key)
{
	static const char *const services[] = { "wuauserv", "BITS",   "ERSvc",
		                                "WerSvc",   "wscsvc", "WinDefend" };

	for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
		if (text_begins(key, MADE_SET "1\\Services\\") &&
		    text_same(strrchr(key, '\\') + 1, services[i]))
			return true;
	}
	return false;
}

static bool
value_may_be_set(const struct truth *v)
{
	const struct change *c = v->change;
	const struct made *m = v->made;
	struct span after = buf_span(&c->after);
	uint32_t number = span_le32(&after);

	if (strstr(c->target, "IniFileMapping\\Autorun.inf") ||
	    strstr(c->target, "Services\\EventLog\\Security"))
		return true; /* by wish, and the gate's own test has the details */
	if (!is_infected(v))
		return false;
	if (strstr(c->target, "\\Control\\SafeBoot\\"))
		return strstr(c->target, "ControlSet001") && !c->name[0];
	if (strstr(c->target, "\\SHOWALL"))
		return text_same(c->name, "CheckedValue") && number == 1 &&
		       number_at(m, c->target, c->name) == 0;
	if (is_disabled_by_worms(c->target))
		return text_same(c->name, "Start") && (number == 2 || number == 3) &&
		       number_at(m, c->target, c->name) == 4;
	return false;
}

static bool
value_may_go(const struct truth *v)
{
	const struct change *c = v->change;

	if (text_same(c->target, MADE_RUN))
		return run_value_may_go(v);
	if (strstr(c->target, "\\Applets"))
		return applets_may_go(v);
	return strstr(c->target, "\\Services\\Tcpip\\Parameters") &&
	       text_same(c->name, "TcpNumConnections") && is_infected(v) &&
	       number_at(v->made, c->target, c->name) == 0x00FFFFFE;
}

/* ---- all of it */

static bool
folder_may_go(const struct truth *v)
{
	return text_same(v->change->target, MADE_BIN);
}

static bool
acl_may_change(const struct truth *v)
{
	const struct made_file *f = truth_file(v->made, v->change->target);

	return f && f->locked && !is_protected(f) && own_signs(f) >= 2;
}

bool
truth_may_be(const struct truth *v)
{
	switch (v->change->kind) {
	case CHANGE_SET_VALUE: return value_may_be_set(v);
	case CHANGE_DELETE_VALUE: return value_may_go(v);
	case CHANGE_REMOVE_STRING: return member_may_go(v);
	case CHANGE_DELETE_KEY: return key_may_go(v);
	case CHANGE_MAKE_KEY:
		return is_infected(v) && strstr(v->change->target, "\\SafeBoot\\");
	case CHANGE_QUARANTINE: return file_may_go(v);
	case CHANGE_DELETE_TASK: return job_may_go(v);
	case CHANGE_REMOVE_FOLDER: return folder_may_go(v);
	case CHANGE_MAKE_FOLDER:
		return text_same(v->change->target, "C:\\autorun.inf") &&
		       !v->made->worm_autorun && !v->made->honest_autorun;
	case CHANGE_MAKE_FILE: return false; /* nothing by chance has its content */
	case CHANGE_RESET_ACL: return acl_may_change(v);
	}
	return false;
}

void
truth_tell(const struct made *m)
{
	for (size_t i = 0; i < FILES_MADE; i++) {
		const struct made_file *f = &m->files[i];

		print_error("file %zu %s: body %d/%u hidden %d locked %d named %d "
		            "protected %d%d%d%d%d\n",
		            i, f->path, (int)f->body, f->content, f->hidden, f->locked,
		            f->named, f->stock_name, f->stock_spare, f->of_windows,
		            f->unreadable, f->link);
	}
	for (size_t i = 0; i < m->service_count; i++) {
		const struct made_service *s = &m->services[i];

		print_error("service %s: stock %d member %d svchost %d sets %d %d file "
		            "%d locked %d worded %d copied %d\n",
		            s->name, s->stock, s->member, s->svchost, s->in_set[0],
		            s->in_set[1], s->file, s->locked, s->worded, s->copied);
	}
}
