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
#include "plan_tried.h"
#include "volume_truth.h"

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
};

static void
hold(struct volume *v, const struct change *c, size_t seed, const char *whose)
{
	const struct truth truth = { &v->made,
		                     v->tried->verdict.state == STATE_INFECTED, c };

	counted.admitted++;
	counted.of_kind[c->kind]++;
	if (truth_may_be(&truth))
		return;
	print_error("volume %zu, %s: %s %s : %s %s [%s]\n", seed, whose,
	            change_kind_name(c->kind), c->target, c->name, c->string, c->why);
	truth_tell(&v->made);
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
	const struct made_file *f = truth_file(m, c->target);
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
		struct volume v = { .tried = NULL };

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
