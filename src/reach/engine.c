#include "reach/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "reach/engine_slot.h"
#include "sys/clock.h"
#include "sys/random.h"

#define EVENTS_A_TURN 512
#define HOSTS_A_TURN 64        /* begun; those that talk already go on in between */
#define TURN_MOST_MS 250       /* for progress, and to see that we shall stop */
#define ROW_MS 100             /* at the end of that tenth, to judge and write */
#define STALL_MS 1000          /* no work of ours takes so long between two waits */
#define DESCRIPTORS_OF_OURS 64 /* standard streams, case, outputs, epoll … */

uint32_t
engine_room(uint32_t wanted)
{
	struct rlimit limit = { 0 };
	rlim_t need = (rlim_t)wanted + DESCRIPTORS_OF_OURS;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 512;
	if (limit.rlim_cur < need) {
		struct rlimit more = { need,
			               need > limit.rlim_max ? need : limit.rlim_max };
		if (setrlimit(RLIMIT_NOFILE, &more) != 0) {
			more = (struct rlimit){ limit.rlim_max, limit.rlim_max };
			(void)setrlimit(RLIMIT_NOFILE, &more);
		}
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= need)
		return wanted;
	return limit.rlim_cur > DESCRIPTORS_OF_OURS
	           ? (uint32_t)(limit.rlim_cur - DESCRIPTORS_OF_OURS)
	           : 1;
}

static void
look_at_clocks(struct engine *e)
{
	e->now_ms = clock_steady() - e->stood_ms;
	e->wall_ms = clock_now();
}

/*
 * The same after so long a wait.  Where it took much longer, because who reads our
 * results has paused, or somebody stopped us, the hosts' time has stood still.
 */
static void
look_after(struct engine *e, int wait_ms)
{
	int64_t over = clock_steady() - e->stood_ms - e->now_ms - wait_ms;

	if (over > STALL_MS)
		e->stood_ms += over;
	look_at_clocks(e);
}

static struct slot *
free_slot(struct engine *e)
{
	struct slot *s = e->free;

	if (s) {
		e->free = s->next;
		return s;
	}
	return e->used < e->slot_count ? &e->slots[e->used++] : NULL;
}

/* SplitMix64: ids, no secrets; one system call for all hosts. */
static uint64_t
next_random(struct engine *e)
{
	uint64_t z = e->random += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* Begins new hosts as far as the pace, the room and the targets go. */
static bool
begin_hosts(struct engine *e)
{
	for (int i = 0; i < HOSTS_A_TURN; i++) {
		struct address a;

		if (e->progress.in_flight >= e->slot_count || e->crowded)
			return true;
		if (bucket_wait(&e->rate, e->now_ms) > 0)
			return true;
		if (!e->hooks->next(e->hooks->with, &a))
			return false;
		struct slot *s = free_slot(e);
		memset(s, 0, sizeof *s);
		s->alarm.place = WHEEL_NOWHERE;
		s->fd = -1;
		s->soft_ms = e->now_ms + e->plan->budget_ms;
		s->hard_ms = s->soft_ms + e->plan->budget_ms / 10 - ROW_MS;
		s->state = SLOT_READY;
		visit_begin(&s->visit, e->plan, &a, e->wall_ms, next_random(e));
		e->progress.begun++;
		e->progress.in_flight++;
		(void)slot_step(e, s);
	}
	return true;
}

/* Those in flight go before those that have not begun. */
static void
carry_on(struct engine *e)
{
	struct slot *s = NULL;

	while (e->ready_p2p.first && bucket_wait(&e->p2p_rate, e->now_ms) == 0) {
		s = queue_take(&e->ready_p2p);
		if (!slot_step(e, s)) {
			queue_put(&e->ready, s);
			break;
		}
	}
	while ((s = queue_take(&e->ready))) {
		if (slot_step(e, s))
			continue;
		s->next = e->ready.first; /* its turn comes first next time */
		e->ready.first = s;
		if (!e->ready.last)
			e->ready.last = s;
		return;
	}
}

static void
ring(struct engine *e)
{
	struct alarm *a = NULL;

	while ((a = wheel_first(&e->wheel)) && a->at_ms <= e->now_ms)
		slot_alarm(e, (struct slot *)a);
}

static int
time_to_sleep(struct engine *e, bool more)
{
	int64_t wait = TURN_MOST_MS;
	const struct alarm *a = wheel_first(&e->wheel);

	if (a && a->at_ms - e->now_ms < wait)
		wait = a->at_ms - e->now_ms;
	bool waits_for_pace = e->ready.first || (more && !e->crowded &&
	                                         e->progress.in_flight < e->slot_count);
	if (waits_for_pace && bucket_wait(&e->rate, e->now_ms) < wait)
		wait = bucket_wait(&e->rate, e->now_ms);
	if (e->ready_p2p.first && bucket_wait(&e->p2p_rate, e->now_ms) < wait)
		wait = bucket_wait(&e->p2p_rate, e->now_ms);
	return wait > 0 ? (int)wait : 0;
}

static void
give_up(struct engine *e)
{
	e->giving_up = true;
	for (uint32_t i = 0; i < e->used; i++)
		slot_give_up(e, &e->slots[i]);
	e->ready = e->ready_p2p = (struct queue){ 0 };
}

static enum err
loop(struct engine *e, const volatile sig_atomic_t *stop)
{
	struct epoll_event events[EVENTS_A_TURN];
	bool more = true;

	for (;;) {
		look_after(e, 0);
		e->crowded = false;
		if ((*stop || e->err != OK) && !e->giving_up) {
			more = false;
			give_up(e);
		}
		carry_on(e);
		if (more)
			more = begin_hosts(e);
		slots_settle(e);
		if (e->progress.in_flight == 0 && (!more || e->giving_up))
			break;
		look_after(e, 0);
		int wait = time_to_sleep(e, more);
		int count = epoll_wait(e->epoll, events, EVENTS_A_TURN, wait);
		look_after(e, wait);
		for (int i = 0; i < count; i++)
			slot_event(e, events[i].data.ptr, events[i].events);
		/* Whose answer is still in the queue is not late. */
		if (count < EVENTS_A_TURN)
			ring(e);
		enum err err = e->hooks->turn(e->hooks->with, &e->progress);
		if (err != OK && e->err == OK)
			e->err = err;
	}
	return e->err;
}

enum err
engine_run(struct visit_plan *plan, const struct pace *pace,
           const struct engine_hooks *hooks, const volatile sig_atomic_t *stop)
{
	struct engine e = {
		.plan = plan, .pace = pace, .hooks = hooks, .random = random_u64()
	};
	enum err err = ERR_SYSTEM;

	e.slot_count = engine_room(pace->parallel);
	e.slots = calloc(e.slot_count, sizeof *e.slots);
	e.fresh = calloc(1, sizeof *e.fresh);
	e.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!e.slots || !e.fresh || e.epoll < 0 ||
	    wheel_init(&e.wheel, e.slot_count) != OK) {
		fprintf(stderr,
		        "confine: no memory for %u hosts in flight; "
		        "use a smaller --parallel\n",
		        (unsigned)e.slot_count);
	} else {
		look_at_clocks(&e);
		bucket_init(&e.rate, pace->rate, e.now_ms);
		bucket_init(&e.p2p_rate, pace->p2p_rate, e.now_ms);
		err = loop(&e, stop);
		enum err last = hooks->turn(hooks->with, &e.progress);
		if (err == OK)
			err = last;
	}
	wheel_free(&e.wheel);
	if (e.epoll >= 0)
		close(e.epoll);
	free(e.fresh);
	free(e.slots);
	return err;
}
