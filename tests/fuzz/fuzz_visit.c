/*
 * A whole visit to a host that answers anything: connections that open or not,
 * bytes, silences and hang-ups as the input has them.  It always ends, with a
 * verdict that has a reason, and nothing is left open.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/span.h"
#include "judge/judge.h"
#include "judge/system.h"
#include "look/look.h"
#include "reach/visit.h"

#define STEPS_MOST 400 /* far more than any visit without a sweep takes */

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* One exchange as the next bytes of the input have it. */
static void
exchange(struct talk *t, struct span *input)
{
	uint8_t what = span_u8(input);

	buf_clear(&t->out);
	if (t->after == AFTER_PAUSE)
		(void)talk_resume(t);
	else if (input->bad || what == 0)
		(void)talk_quiet(t);
	else if (what == 1)
		(void)talk_closed(t);
	else {
		size_t size = (size_t)what * 2;

		(void)talk_feed(
		    t, span_cut(input, size < input->left ? size : input->left));
	}
}

static void
visit_all(struct visit *v, struct span *input)
{
	for (int i = 0; i < STEPS_MOST; i++) {
		struct step step = visit_next(v);

		if (step.kind == STEP_DONE)
			return;
		if (step.kind == STEP_WAIT) {
			visit_waited(v);
			continue;
		}
		enum link link = input->bad ? LINK_SILENT
		                            : (enum link)(span_u8(input) % 4 + 1);
		assert(visit_linked(v, link, 0));
		if (!v->chat)
			continue;
		struct talk *t = &v->chat->talk;
		while (t->after != AFTER_DONE && t->after != AFTER_LOST)
			exchange(t, input);
		visit_talked(v, 0);
	}
	abort(); /* a visit without end */
}

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static struct findings findings;
	struct span input = span_of(at, len);
	struct address a = { .family = 4, .bytes = { 192, 0, 2, 10 } };
	struct visit_plan plan = { .ports = { { 445, false }, { 139, true } },
		                   .port_count = 2,
		                   .nbstat_port = 137,
		                   .p2p = true,
		                   .answer_ms = 5000,
		                   .budget_ms = 30000 };
	struct verdict verdict = { 0 };
	struct visit v;

	visit_begin(&v, &plan, &a, 1795694400000, 7);
	visit_all(&v, &input);
	look_all(&v.readings, "192.0.2.10", &findings);
	judge_state(&findings, &verdict);
	judge_system(&v.readings, &verdict);
	assert(verdict.state != 0 && verdict.reason_count > 0);
	visit_end(&v);
	return 0;
}
