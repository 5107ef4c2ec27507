/*
 * Plans for the disks of the lab: every Windows with every variant.  Nothing that was
 * found goes without a word, and what the same machine has without the worm is not
 * touched.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lab/disk.h"
#include "mend/admit.h"
#include "mend/standing.h"
#include "plan_tried.h"
#include "reach/offline.h"
#include "temp_tree.h"

static const char *const windows[] = { "2000", "xp", "2003", "vista", "2008", "7" };
static const char *const variants_made[] = { "A", "B", "D" };

struct disk {
	struct temp_tree tree;
	struct machine *machine;
	struct tried *tried;
};

static void
disk_open(struct disk *d, const char *which, const char *variant, uint64_t seed)
{
	const struct disk_wish wish = {
		.windows = which, .variant = variant, .clean = !variant, .seed = seed
	};
	char why[WHY_ROOM];
	int out = dup(1);

	temp_make(&d->tree);
	assert_non_null(freopen("/dev/null", "w", stdout)); /* it says what it made */
	assert_int_equal(lab_disk(temp_path(&d->tree, "disk"), &wish), OK);
	fflush(stdout);
	assert_true(dup2(out, 1) == 1);
	close(out);
	assert_int_equal(offline_open(temp_path(&d->tree, "disk"), &d->machine, why),
	                 OK);
	d->tried = plan_try(d->machine, NULL);
}

static void
disk_close(struct disk *d)
{
	tried_free(d->tried);
	machine_free(d->machine);
	temp_remove(&d->tree);
}

/* ---- nothing found goes without a word */

static bool
is_handled(const struct plan *p, const struct finding *f)
{
	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->at[i].why, f->trace) == 0 ||
		    text_same(p->at[i].target, f->where))
			return true;
	}
	for (size_t i = 0; i < p->left_count; i++) {
		if (strcmp(p->left[i].why, f->trace) == 0 && p->left[i].says[0])
			return true;
	}
	return false;
}

static void
all_is_handled(const struct tried *t)
{
	assert_int_equal(t->verdict.state, STATE_INFECTED);
	for (size_t i = 0; i < t->findings.count; i++) {
		const struct finding *f = &t->findings.at[i];

		if (!is_handled(t->plan, f))
			fail_msg("%s at %s has no part in the plan", f->trace,
			         f->where);
	}
	assert_true(t->plan->person_count >= 4);
}

/* ---- the twin without the worm */

static bool
is_noise(const struct change *c)
{
	return strcmp(c->name, "TcpNumConnections") == 0 || /* a tuned machine, */
	       strcmp(c->name, "CheckedValue") == 0 ||      /* one that hides files, */
	       strcmp(c->name, "Start") == 0; /* and one whose updates are frozen */
}

static bool
has_member(struct machine *m, const struct change *c)
{
	struct reg_key k;
	char member[NAME_ROOM];
	bool has = false;

	assert_int_equal(machine_key(m, c->target, &k), HEARD);
	const struct reg_value *v = reg_value(&k, c->name);
	assert_non_null(v);
	for (struct span rest = v->bytes; reg_multi_next(&rest, member, sizeof member);)
		has = has || strcmp(member, c->string) == 0;
	reg_key_free(&k);
	return has;
}

/* What is set is as the twin has it. */
static bool
is_as_there(struct machine *m, const struct change *c)
{
	struct reg_key k;
	bool is = false;

	if (machine_key(m, c->target, &k) == HEARD) {
		const struct reg_value *v = reg_value(&k, c->name);

		is = v && v->type == c->type &&
		     span_is(buf_span(&c->after), v->bytes.at, v->bytes.left);
	}
	reg_key_free(&k);
	return is;
}

static bool
leaves_alone(struct machine *m, const struct change *c)
{
	char is[SHA256_TEXT];

	if (c->kind == CHANGE_REMOVE_STRING)
		return !has_member(m, c);
	if (c->kind == CHANGE_SET_VALUE)
		return is_as_there(m, c) || is_noise(c);
	assert_int_equal(standing_of(m, c, is), HEARD);
	/* A file of the same name may be there, and is another; so is a backup's At job
	 * of the same number, which the lab gives the same key. */
	if (!change_is_registry(c->kind))
		return strcmp(is, c->was) != 0;
	if (strstr(c->target, "\\TaskCache\\"))
		return true;
	return !is[0] || is_noise(c);
}

static void
the_twin_is_left_alone(const struct disk *ill, const struct disk *clean)
{
	for (size_t i = 0; i < ill->tried->plan->count; i++) {
		const struct change *c = &ill->tried->plan->at[i];

		if (!leaves_alone(clean->machine, c))
			fail_msg("%s %s : %s is of the machine, not of the worm",
			         change_kind_name(c->kind), c->target, c->name);
	}
	if (clean->tried->plan->count > 0)
		plan_print(clean->tried->plan, stderr);
	assert_int_equal(clean->tried->plan->count, 0);
}

/* ---- the plan itself */

/* Written, read, and let through again: as it is when it is carried out. */
static void
it_can_be_carried_out(const struct tried *t)
{
	struct buf text = { .ceiling = PLAN_JSON_MOST };
	struct json json;
	struct plan *again = NULL;
	struct gate *gate = NULL;
	char why[WHY_ROOM];

	json_init(&json, &text);
	plan_json(&json, t->plan);
	assert_int_equal(plan_from_json(buf_string(&text), &again), OK);
	assert_int_equal(again->count, t->plan->count);
	assert_int_equal(gate_open(&t->in, &gate), OK);
	for (size_t i = 0; i < again->count; i++) {
		const struct change *c = &again->at[i];

		if (gate_admit(gate, c, why) != OK)
			fail_msg("%s %s: %s", change_kind_name(c->kind), c->target,
			         why);
		assert_true(c->sign_count >= 2);
		assert_true(c->says[0]);
		assert_int_equal(c->id, i + 1);
	}
	gate_close(gate);
	plan_free(again);
	buf_free(&text);
}

/* What starts the worm goes before its files, and these before what it changed. */
static int
part_of(const struct change *c)
{
	if (!change_is_registry(c->kind))
		return c->kind == CHANGE_DELETE_TASK ? 0 : 1;
	if (c->kind == CHANGE_SET_VALUE || c->kind == CHANGE_MAKE_KEY)
		return 2;
	return strstr(c->target, "\\Services\\") && c->kind == CHANGE_DELETE_KEY ? 0
	                                                                         : -1;
}

static void
it_is_in_order(const struct plan *p)
{
	int part = 0;

	for (size_t i = 0; i < p->count; i++) {
		int now = part_of(&p->at[i]);

		if (now < 0 || p->at[i].target[0] == 'C')
			continue;
		assert_true(now >= part);
		part = now;
	}
}

static void
try_disk(const char *which, const char *variant, uint64_t seed)
{
	struct disk ill;
	struct disk clean;

	disk_open(&ill, which, variant, seed);
	disk_open(&clean, which, NULL, seed);
	all_is_handled(ill.tried);
	the_twin_is_left_alone(&ill, &clean);
	it_can_be_carried_out(ill.tried);
	it_is_in_order(ill.tried->plan);
	disk_close(&ill);
	disk_close(&clean);
}

static void
every_windows_with_every_variant_has_its_plan(void **state)
{
	(void)state;
	for (size_t w = 0; w < 6; w++) {
		for (size_t v = 0; v < 3; v++)
			try_disk(windows[w], variants_made[v], 10 * w + v);
	}
}

/* ---- one, in full */

static void
an_xp_with_b_is_taken_clean_of_just_this(void **state)
{
	struct disk d;

	(void)state;
	disk_open(&d, "xp", "B", 1);
	const struct plan *p = d.tried->plan;
	assert_int_equal(plan_count(p, CHANGE_REMOVE_STRING), 1);
	assert_int_equal(plan_count(p, CHANGE_DELETE_TASK), 24);
	assert_int_equal(plan_count(p, CHANGE_QUARANTINE), 5);
	assert_int_equal(plan_count(p, CHANGE_REMOVE_FOLDER), 1);
	assert_int_equal(plan_count(p, CHANGE_DELETE_KEY), 3);
	assert_int_equal(plan_count(p, CHANGE_DELETE_VALUE), 6);
	assert_int_equal(plan_count(p, CHANGE_SET_VALUE), 4);
	assert_int_equal(p->count, 44);
	assert_non_null(plan_find(p, CHANGE_DELETE_KEY,
	                          "HKLM\\SYSTEM\\ControlSet001\\Services\\twoltm",
	                          NULL));
	/* The task alone names it; and a download is a copy of the worm's file. */
	const struct change *copy = plan_find(p, CHANGE_QUARANTINE,
	                                      "C:\\WINDOWS\\system32\\dhsv.vq", NULL);
	assert_non_null(copy);
	assert_string_equal(copy->why, "task-worm");
	const struct change *picture = plan_find(
	    p, CHANGE_QUARANTINE,
	    "C:\\Documents and Settings\\NetworkService\\Local Settings\\"
	    "Temporary Internet Files\\Content.IE5\\K3QN8XW1\\qqbxikig[1].jpg",
	    NULL);
	assert_non_null(picture);
	assert_string_equal(picture->like, "C:\\WINDOWS\\system32\\txjemd.dll");
	assert_non_null(plan_find_left(p, "pending-delete"));
	disk_close(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_windows_with_every_variant_has_its_plan),
		cmocka_unit_test(an_xp_with_b_is_taken_clean_of_just_this),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
