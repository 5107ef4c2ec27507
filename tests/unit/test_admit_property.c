/*
 * Whatever volume, whatever findings, whatever plan: nothing of Windows, of a maker or
 * of a user is ever changed, and nothing on fewer than two signs.  The truth comes from
 * who made the volume (volume_made.h); it is held against every change that gets into
 * a plan, and against changes by chance that are thrown at the gate.
 *
 *	test_admit_property [CASES]
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "know/traces.h"
#include "mend/admit.h"
#include "mend/multi_sz.h"
#include "plan_tried.h"
#include "volume_made.h"

#define CASES 100000
#define THROWN 200 /* at each volume */

static size_t cases_wanted = CASES;

static struct {
	size_t volumes, cases, admitted;
	size_t of_kind[CHANGE_KINDS + 1]; /* admitted */
	size_t services, files, planned;
} counted;

struct volume {
	struct made made;
	struct tried *tried; /* by the detectors and the judge */
	const struct change *change;
};

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

static const struct made_file *
file_at(const struct made *m, const char *path)
{
	for (size_t i = 0; i < FILES_MADE; i++) {
		if (text_same(m->files[i].path, path))
			return &m->files[i];
	}
	return NULL;
}

static bool
file_may_go(const struct volume *v)
{
	const struct made *m = &v->made;
	const struct made_file *f = file_at(m, v->change->target);

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
key_may_go(const struct volume *v)
{
	const struct made *m = &v->made;

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
member_may_go(const struct volume *v)
{
	const struct made *m = &v->made;
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
run_value_may_go(const struct volume *v)
{
	const struct made *m = &v->made;

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
job_may_go(const struct volume *v)
{
	const struct made *m = &v->made;
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
is_infected(const struct volume *v)
{
	return v->tried->verdict.state == STATE_INFECTED;
}

static uint32_t
number_at(const struct made *m, const char *key, const char *name)
{
	const struct fake_value *v = fake_value_of(fake_key_at(m->fake, key), name);
	struct span s = v ? buf_span(&v->bytes) : span_of(NULL, 0);

	return span_le32(&s);
}

static bool
applets_may_go(const struct volume *v)
{
	const struct change *c = v->change;
	struct fake_key *k = fake_key_at(v->made.fake, c->target);
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
value_may_be_set(const struct volume *v)
{
	const struct change *c = v->change;
	const struct made *m = &v->made;
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
value_may_go(const struct volume *v)
{
	const struct change *c = v->change;

	if (text_same(c->target, MADE_RUN))
		return run_value_may_go(v);
	if (strstr(c->target, "\\Applets"))
		return applets_may_go(v);
	return strstr(c->target, "\\Services\\Tcpip\\Parameters") &&
	       text_same(c->name, "TcpNumConnections") && is_infected(v) &&
	       number_at(&v->made, c->target, c->name) == 0x00FFFFFE;
}

/* ---- all of it */

static bool
folder_may_go(const struct volume *v)
{
	return text_same(v->change->target, MADE_BIN);
}

static bool
acl_may_change(const struct volume *v)
{
	const struct made_file *f = file_at(&v->made, v->change->target);

	return f && f->locked && !is_protected(f) && own_signs(f) >= 2;
}

/* The oracle: may this change be made, by what is true of the volume? */
static bool
may_be(const struct volume *v)
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
		       !v->made.worm_autorun && !v->made.honest_autorun;
	case CHANGE_MAKE_FILE: return false; /* nothing by chance has its content */
	case CHANGE_RESET_ACL: return acl_may_change(v);
	}
	return false;
}

/* What is true of the target, for who has to find the fault. */
static void
tell_truth(const struct volume *v)
{
	const struct made *m = &v->made;

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

static void
hold(struct volume *v, const struct change *c, size_t seed, const char *whose)
{
	v->change = c;
	counted.admitted++;
	counted.of_kind[c->kind]++;
	if (may_be(v))
		return;
	print_error("volume %zu, %s: %s %s : %s %s [%s]\n", seed, whose,
	            change_kind_name(c->kind), c->target, c->name, c->string, c->why);
	tell_truth(v);
	fail_msg("the gate let something through that must never be changed");
}

/* ---- changes by chance */

static void
draw_place(struct made *m, struct change *c)
{
	static const char *const keys[] = {
		MADE_SVCHOST,
		MADE_RUN,
		"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Applets",
		"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Advanced"
		"\\Folder\\Hidden\\SHOWALL",
		MADE_SET "1\\Services\\Tcpip\\Parameters",
		MADE_SET "1\\Services\\wuauserv",
		MADE_SET "1\\Services\\BITS",
		MADE_SET "1\\Services",
		MADE_SET "1\\Control\\SafeBoot\\Minimal\\AppMgmt",
		MADE_SET "1\\Control\\SafeBoot\\Network\\AFD",
		MADE_SET "1\\Control\\Lsa",
		"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\IniFileMapping"
		"\\Autorun.inf",
		"HKLM\\SYSTEM\\Select",
		"HKLM\\SAM\\SAM",
	};
	const struct made_service *s = &m->services[made_draw(m, m->service_count)];

	if (made_chance(m, 40))
		snprintf(c->target, MADE_PATH, MADE_SET "%d\\Services\\%s",
		         1 + (int)made_draw(m, SETS_MADE), s->name);
	else
		(void)text_copy(c->target, sizeof c->target,
		                keys[made_draw(m, sizeof keys / sizeof keys[0])]);
}

/* Any file, or rather one with the same content. */
static void
draw_twin(struct made *m, struct change *c)
{
	const struct made_file *f = file_at(m, c->target);
	const struct made_file *twin = NULL;

	for (size_t i = 0; i < FILES_MADE && !twin; i++) {
		twin = &m->files[made_draw(m, FILES_MADE)];
		if (f && (twin->body != f->body || twin->content != f->content))
			twin = NULL;
	}
	twin = twin ? twin : &m->files[made_draw(m, FILES_MADE)];
	(void)text_copy(c->like, sizeof c->like, twin->path);
}

static void
draw_path(struct made *m, struct change *c)
{
	static const char *const others[] = {
		"C:\\autorun.inf",       MADE_BIN,
		"C:\\RECYCLER",          "C:\\RECYCLER\\S-1-5-21-1-2-3-1003",
		"C:\\WINDOWS\\system32", "C:\\WINDOWS\\inf\\layout.inf"
	};

	if (made_chance(m, 70))
		(void)text_copy(c->target, sizeof c->target,
		                m->files[made_draw(m, FILES_MADE)].path);
	else if (made_chance(m, 60))
		(void)text_copy(c->target, sizeof c->target,
		                m->jobs[made_draw(m, JOBS_MADE)].path);
	else
		(void)text_copy(c->target, sizeof c->target, others[made_draw(m, 6)]);
	if (c->kind == CHANGE_RESET_ACL)
		(void)text_copy(c->like, sizeof c->like,
		                "C:\\WINDOWS\\system32\\kernel32.dll");
	else if (made_chance(m, 30))
		draw_twin(m, c);
}

static void
draw_value(struct made *m, struct change *c)
{
	static const char *const names[] = {
		"", "netsvcs", "Start", "dl", "ds", "CheckedValue", "TcpNumConnections"
	};
	static const uint32_t numbers[] = { 0, 1, 2, 3, 4 };

	(void)text_copy(c->name, sizeof c->name, names[made_draw(m, 7)]);
	if (made_chance(m, 30))
		(void)text_copy(c->name, sizeof c->name,
		                m->values[made_draw(m, VALUES_MADE)].name);
	if (c->kind == CHANGE_REMOVE_STRING && made_chance(m, 90)) {
		(void)text_copy(c->target, sizeof c->target, MADE_SVCHOST);
		(void)text_copy(c->name, sizeof c->name, "netsvcs");
	}
	(void)text_copy(c->string, sizeof c->string,
	                m->members[made_draw(m, m->member_count)]);
	if (c->kind != CHANGE_SET_VALUE)
		return;
	if (strstr(c->target, "\\Services\\") && made_chance(m, 70))
		(void)text_copy(c->name, sizeof c->name, "Start");
	c->type = made_chance(m, 70) ? REG_TYPE_DWORD : REG_TYPE_SZ;
	buf_le32(&c->after, numbers[made_draw(m, 5)]);
}

static void
draw_change(struct made *m, struct change *c)
{
	/* Most of those that take something away. */
	static const enum change_kind kinds[] = {
		CHANGE_QUARANTINE,    CHANGE_QUARANTINE,  CHANGE_QUARANTINE,
		CHANGE_DELETE_KEY,    CHANGE_DELETE_KEY,  CHANGE_REMOVE_STRING,
		CHANGE_REMOVE_STRING, CHANGE_DELETE_TASK, CHANGE_DELETE_VALUE,
		CHANGE_SET_VALUE,     CHANGE_RESET_ACL,   (enum change_kind)0,
	};

	c->kind = kinds[made_draw(m, sizeof kinds / sizeof kinds[0])];
	if (c->kind == 0)
		c->kind = (enum change_kind)(1 + made_draw(m, CHANGE_KINDS));
	buf_init(&c->after, 64);
	if (change_is_registry(c->kind)) {
		draw_place(m, c);
		draw_value(m, c);
	} else {
		draw_path(m, c);
	}
	(void)text_copy(c->why, sizeof c->why,
	                made_chance(m, 20) ? "asked"
	                                   : traces[made_draw(m, traces_count)].id);
	/* Lies, which nobody is to believe. */
	change_sign(c, "computed-name");
	change_sign(c, "hidden");
	change_sign(c, "packed");
}

static void
throw_at_the_gate(struct volume *v, size_t seed)
{
	struct gate *gate = NULL;
	char why[WHY_ROOM];

	assert_int_equal(gate_open(&v->tried->in, &gate), OK);
	for (size_t i = 0; i < THROWN; i++) {
		struct change c = { .state = CHANGE_PLANNED };

		draw_change(&v->made, &c);
		enum err err = gate_admit(gate, &c, why);
		assert_true(err == OK || (err == ERR_REFUSED && why[0]));
		counted.cases++;
		if (err == OK)
			hold(v, &c, seed, "thrown");
		change_free(&c);
	}
	gate_close(gate);
}

/* ---- findings by chance, for the planner */

static void
lie(struct volume *v)
{
	struct tried *t = v->tried;
	struct made *m = &v->made;

	for (size_t i = made_draw(m, 20); i > 0; i--) {
		const struct trace *trace = &traces[made_draw(m, traces_count)];
		struct finding *f = trace_found(&t->findings, trace->id);

		(void)text_copy(f->where, sizeof f->where,
		                made_chance(m, 50)
		                    ? m->files[made_draw(m, FILES_MADE)].path
		                    : "HKLM\\SYSTEM\\ControlSet001\\Services\\Dhcp");
	}
	if (made_chance(m, 50))
		t->verdict.state = STATE_INFECTED;
}

static void
plan_by_lies(struct volume *v, size_t seed)
{
	struct tried *t = v->tried;
	const struct plan_wishes wishes = { .suspects = made_chance(&v->made, 50),
		                            .residue = made_chance(&v->made, 50) };
	enum state state = t->verdict.state;

	lie(v);
	assert_int_equal(plan_for(&t->in, &t->verdict, NULL, &wishes, t->plan), OK);
	t->verdict.state = state; /* the truth again */
	for (size_t i = 0; i < t->plan->count; i++) {
		const struct change *c = &t->plan->at[i];

		counted.cases++;
		counted.planned++;
		if (c->sign_count < 2)
			fail_msg("volume %zu: %s %s rests on %zu signs", seed,
			         change_kind_name(c->kind), c->target, c->sign_count);
		hold(v, c, seed, "planned");
	}
}

static void
nothing_passes_that_is_not_the_worms(void **state)
{
	(void)state;
	for (size_t seed = 0; counted.cases < cases_wanted; seed++) {
		struct volume v = { .change = NULL };

		volume_made(&v.made, seed);
		v.tried = check_try(&v.made.fake->machine);
		throw_at_the_gate(&v, seed);
		plan_by_lies(&v, seed);
		counted.volumes++;
		tried_free(v.tried);
		volume_unmade(&v.made);
	}
	print_message("%zu cases on %zu volumes, %zu let through (%zu of %zu planned "
	              "changes)\n",
	              counted.cases, counted.volumes, counted.admitted, counted.planned,
	              counted.planned);
	for (size_t i = 1; i <= CHANGE_KINDS; i++)
		print_message("  %s: %zu\n", change_kind_name((enum change_kind)i),
		              counted.of_kind[i]);
}

/* A gate that lets nothing through would pass the test above. */
static void
what_is_the_worms_does_pass(void **state)
{
	static const enum change_kind kinds[] = {
		CHANGE_SET_VALUE,  CHANGE_DELETE_VALUE, CHANGE_REMOVE_STRING,
		CHANGE_DELETE_KEY, CHANGE_QUARANTINE,   CHANGE_DELETE_TASK,
	};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		assert_true(counted.of_kind[kinds[i]] > counted.volumes / 50);
	assert_true(counted.planned > 2 * counted.volumes);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_passes_that_is_not_the_worms),
		cmocka_unit_test(what_is_the_worms_does_pass),
	};

	if (argc > 1)
		cases_wanted = strtoull(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
