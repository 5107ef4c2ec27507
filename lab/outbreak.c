#include "lab/outbreak.h"

#include <stdio.h>
#include <string.h>

#include "know/worm_passwords.h"
#include "lab/dice.h"
#include "lab/evtx_security.h"

#define NAME_FORMS 3 /* the account's name, the name twice, and backwards */
#define SECOND 1000u
#define TYPO_GAP (20u * 60 * SECOND) /* between two people who mistype, about */
#define TYPO_PAUSE (4u * SECOND)
#define SERVICE_GAP (60u * SECOND)
#define SCAN_GAP (15u * 60 * SECOND)
#define SCAN_TRIES 5u
#define STATUS_WRONG_PASSWORD 0xC000006Au
#define STATUS_NO_SUCH_USER 0xC0000064u
#define STATUS_LOCKED_OUT 0xC0000234u
#define KERBEROS_WRONG_PASSWORD 0x18u
#define TICKET_GAP (40u * SECOND) /* between two machines that get one */
#define TASK_GAP (2u * 3600 * SECOND)
#define JOB_GAP (6u * SECOND) /* from the right password to the At job */
#define FALLS_EACH 3u         /* so many targets, one of which falls */
#define NEVER UINT64_MAX

/* ---- who is who */

static const char *const families[] = {
	"abel",  "brandt", "cohen", "diaz",   "ernst",  "fuchs", "garcia", "haas",
	"ito",   "jansen", "klein", "lang",   "meyer",  "novak", "okafor", "peters",
	"quast", "roth",   "silva", "tanaka", "ulrich", "vogel", "weber",  "ziegler",
};
#define FAMILIES (unsigned)(sizeof families / sizeof families[0])

static unsigned
beside_worm(const struct outbreak *s, unsigned by)
{
	return (outbreak_worm(s) + by) % s->machines;
}

unsigned
outbreak_worm(const struct outbreak *s)
{
	return (unsigned)(dice_mix(s->seed) % s->machines);
}

unsigned
outbreak_scanner(const struct outbreak *s)
{
	return beside_worm(s, 1);
}

unsigned
outbreak_service(const struct outbreak *s)
{
	return beside_worm(s, 2);
}

unsigned
outbreak_service_target(const struct outbreak *s)
{
	return beside_worm(s, 3);
}

unsigned
outbreak_controller(const struct outbreak *s)
{
	return outbreak_worm(s) == 0 ? 1 : 0;
}

bool
outbreak_is_late(const struct outbreak *s, unsigned machine)
{
	if (s->late == 0 || machine == outbreak_controller(s))
		return s->late > 0;
	return dice_mix(s->seed * 131u + machine) % 100 < s->late;
}

/* Do people log on to it by Kerberos? */
static bool
has_tickets(const struct outbreak *s, unsigned machine)
{
	return s->late > 0 && machine == outbreak_controller(s);
}

void
outbreak_machine(unsigned machine, char name[OUTBREAK_NAME_ROOM],
                 char address[OUTBREAK_NAME_ROOM])
{
	unsigned host = machine + 10;

	(void)snprintf(name, OUTBREAK_NAME_ROOM, "WARD-%u", machine);
	(void)snprintf(address, OUTBREAK_NAME_ROOM, "10.0.%u.%u", host / 250 % 250,
	               1 + host % 250);
}

unsigned
outbreak_tries(void)
{
	return (unsigned)worm_passwords_count + NAME_FORMS;
}

bool
outbreak_falls(const struct outbreak *s, unsigned target)
{
	return target < s->targets && target != outbreak_worm(s) &&
	       target % FALLS_EACH == 1;
}

/* Administrator, and then by name: abel0, abel1, ... */
static void
account(const struct outbreak *s, unsigned index, char name[OUTBREAK_NAME_ROOM])
{
	unsigned each = (s->accounts + FAMILIES - 1) / FAMILIES;

	if (index == 0)
		(void)snprintf(name, OUTBREAK_NAME_ROOM, "Administrator");
	else
		(void)snprintf(name, OUTBREAK_NAME_ROOM, "%s%u",
		               families[(index - 1) / each % FAMILIES],
		               (index - 1) % each);
}

/* ---- who tries when */

/* One of those who try on a target. */
struct actor {
	void (*act)(struct actor *); /* tries once, and says when it does again */
	const struct outbreak *outbreak;
	outbreak_seen seen;
	void *with;
	uint64_t due; /* ms from the beginning */
	uint64_t dice;
	unsigned machine; /* that it sits at */
	unsigned count;   /* tries so far */
	unsigned gap;     /* ms between two tries, about */
	unsigned account, left;
	bool has_tickets; /* the target gives them */
	bool falls;       /* the target does */
	const char *task, *command;
};

static void
tell(struct actor *a, uint16_t id, const char *user, uint32_t status)
{
	char name[OUTBREAK_NAME_ROOM], address[OUTBREAK_NAME_ROOM];
	struct evt_logon l = { .time = a->outbreak->begins +
		                       (uint32_t)(a->due / SECOND),
		               .millis = (uint16_t)(a->due % SECOND),
		               .status = status,
		               .type = 3,
		               .user = user,
		               .domain = "WARDNET",
		               .workstation = name,
		               .process = "NtLmSsp ",
		               .package = "NTLM",
		               .port = (uint16_t)(1025 + a->count % 3976),
		               .task = a->task,
		               .command = a->command };

	outbreak_machine(a->machine, name, address);
	if (a->outbreak->has_addresses)
		l.address = address;
	a->seen(a->with, id, &l);
}

/* About its gap, between half of it and one and a half. */
static void
wait_about(struct actor *a, unsigned gap)
{
	a->due += gap / 2 + dice_next(&a->dice) % (gap + 1);
}

/* Runs itself there, and has done with the machine. */
static void
worm_schedules(struct actor *a)
{
	char user[OUTBREAK_NAME_ROOM];

	account(a->outbreak, a->account, user);
	a->task = "At1";
	a->command = "rundll32.exe xqkzw.t,hfvyd";
	tell(a, 602, user, 0);
	a->due = NEVER;
}

/* The last password of the last account, which is one that the policy never locks. */
static bool
is_right(const struct actor *a)
{
	return a->falls && a->count + 1 == a->outbreak->accounts * outbreak_tries();
}

static void
worm_gets_in(struct actor *a, unsigned index)
{
	char user[OUTBREAK_NAME_ROOM];

	account(a->outbreak, index, user);
	tell(a, 540, user, 0);
	a->account = index;
	a->act = worm_schedules;
	wait_about(a, JOB_GAP);
}

static void
worm_acts(struct actor *a)
{
	const struct outbreak *s = a->outbreak;
	unsigned index = a->count / outbreak_tries();
	unsigned tried = a->count % outbreak_tries();
	bool is_free = a->falls && index + 1 == s->accounts;
	bool is_locked = s->lockout_after > 0 && tried >= s->lockout_after && !is_free;
	char user[OUTBREAK_NAME_ROOM];

	if (is_right(a)) {
		worm_gets_in(a, index);
		return;
	}
	account(s, index, user);
	if (is_locked && tried == s->lockout_after)
		tell(a, 644, user, 0);
	if (is_locked)
		tell(a, 539, user, STATUS_LOCKED_OUT);
	else
		tell(a, 529, user, STATUS_WRONG_PASSWORD);
	a->count++;
	wait_about(a, a->gap);
	if (a->count == s->accounts * outbreak_tries())
		a->due = NEVER;
}

/* One to three times wrong, some seconds apart, and then right. */
static void
person_acts(struct actor *a)
{
	char user[OUTBREAK_NAME_ROOM];

	if (a->left == 0) {
		a->left = 2 + (unsigned)(dice_next(&a->dice) % 3);
		a->account = 1 +
		             (unsigned)(dice_next(&a->dice) % a->outbreak->accounts);
		a->machine = (unsigned)(dice_next(&a->dice) % a->outbreak->machines);
	}
	account(a->outbreak, a->account, user);
	bool is_wrong = --a->left > 0;
	if (a->has_tickets)
		tell(a, is_wrong ? 675 : 672, user,
		     is_wrong ? KERBEROS_WRONG_PASSWORD : 0);
	else
		tell(a, is_wrong ? 529 : 540, user,
		     is_wrong ? STATUS_WRONG_PASSWORD : 0);
	a->count++;
	wait_about(a, a->left > 0 ? TYPO_PAUSE : a->gap);
}

static void
service_acts(struct actor *a)
{
	tell(a, 529, "svc_backup", STATUS_WRONG_PASSWORD);
	a->count++;
	a->due += a->gap;
}

static void
scanner_acts(struct actor *a)
{
	tell(a, 529, "", STATUS_NO_SUCH_USER);
	a->count++;
	a->due += a->count % SCAN_TRIES ? SECOND : a->gap;
}

/* Administrators and programs for backups make such, too; none of them is an At job. */
static void
tasks_are_made(struct actor *a)
{
	static const struct {
		const char *name, *command, *user;
	} tasks[] = { { "Backup", "ntbackup.exe backup systemstate", "svc_backup" },
		      { "Defrag", "defrag.exe C:", "Administrator" },
		      { "Attendance", "C:\\tools\\report.exe", "Administrator" } };
	size_t which = a->count++ % (sizeof tasks / sizeof tasks[0]);

	a->task = tasks[which].name;
	a->command = tasks[which].command;
	tell(a, 602, tasks[which].user, 0);
	wait_about(a, a->gap);
}

/* One machine after the other gets a ticket for itself. */
static void
machines_act(struct actor *a)
{
	char address[OUTBREAK_NAME_ROOM], name[OUTBREAK_NAME_ROOM];
	char user[OUTBREAK_NAME_ROOM + 1];

	a->machine = a->count % a->outbreak->machines;
	outbreak_machine(a->machine, name, address);
	(void)snprintf(user, sizeof user, "%s$", name);
	tell(a, 672, user, 0);
	a->count++;
	wait_about(a, a->gap);
}

/* ---- a target's log */

#define ACTORS_MOST 6

struct stage {
	struct actor actors[ACTORS_MOST];
	size_t count;
};

static struct actor *
enter(struct stage *stage, const struct actor *common, void (*act)(struct actor *))
{
	struct actor *a = &stage->actors[stage->count++];

	*a = *common;
	a->act = act;
	a->dice = dice_mix(common->dice + stage->count);
	return a;
}

static void
fill_stage(struct stage *stage, const struct actor *common, unsigned target)
{
	const struct outbreak *s = common->outbreak;
	struct actor *a = enter(stage, common, person_acts);

	a->gap = TYPO_GAP;
	a->has_tickets = has_tickets(s, target);
	wait_about(a, a->gap);
	if (a->has_tickets) {
		a = enter(stage, common, machines_act);
		a->gap = TICKET_GAP;
	}
	if (target < s->targets && target != outbreak_worm(s)) {
		a = enter(stage, common, worm_acts);
		a->machine = outbreak_worm(s);
		a->falls = outbreak_falls(s, target);
		a->gap = SECOND / (5 + (unsigned)(dice_next(&a->dice) % 56));
		a->due = dice_next(&a->dice) % (60 * SECOND);
	}
	if (target == outbreak_service_target(s)) {
		a = enter(stage, common, service_acts);
		a->machine = outbreak_service(s);
		a->gap = SERVICE_GAP;
		a->due = dice_next(&a->dice) % a->gap;
	}
	if (target != outbreak_scanner(s)) {
		a = enter(stage, common, scanner_acts);
		a->machine = outbreak_scanner(s);
		a->gap = SCAN_GAP;
		a->due = target * SECOND;
	}
	a = enter(stage, common, tasks_are_made);
	a->machine = target;
	a->gap = TASK_GAP;
	wait_about(a, a->gap / 4);
}

void
outbreak_target(const struct outbreak *s, unsigned target, outbreak_seen seen,
                void *with)
{
	const struct actor common = { .outbreak = s,
		                      .seen = seen,
		                      .with = with,
		                      .dice = dice_mix(s->seed + target * 7919u) };
	struct stage stage = { 0 };

	fill_stage(&stage, &common, target);
	for (;;) {
		struct actor *next = &stage.actors[0];

		for (size_t i = 1; i < stage.count; i++) {
			if (stage.actors[i].due < next->due)
				next = &stage.actors[i];
		}
		if (next->due >= (uint64_t)s->seconds * SECOND)
			return;
		next->act(next);
	}
}

/* ---- logs in files */

static void
write_event(void *with, uint16_t id, const struct evt_logon *l)
{
	switch (id) {
	case 602: evt_write_task(with, l); return;
	case 644: evt_write_lockout(with, l); return;
	default: evt_write_logon(with, id, l);
	}
}

void
outbreak_write(const struct outbreak *s, unsigned target, struct evt_write *w)
{
	char name[OUTBREAK_NAME_ROOM], address[OUTBREAK_NAME_ROOM];

	outbreak_machine(target, name, address);
	w->computer = name;
	evt_write_begin(w);
	evt_write_policy(w, s->begins, true, true);
	outbreak_target(s, target, write_event, w);
	evt_write_end(w);
	w->computer = NULL;
}

struct late_log {
	struct evtx_write *write;
	bool is_controller;
};

static void
write_logon(const struct late_log *log, const struct evt_logon *l)
{
	/* It has the accounts, and says what came of asking for them, too. */
	if (log->is_controller)
		evtx_security_ntlm(log->write, l);
	evtx_security_logon(log->write, l);
	if (l->status == 0)
		evtx_security_logoff(log->write, l);
}

static void
write_late_event(void *with, uint16_t id, const struct evt_logon *l)
{
	const struct late_log *log = with;

	switch (id) {
	case 602: evtx_security_task(log->write, l); return;
	case 644: evtx_security_lockout(log->write, l); return;
	case 672: evtx_security_ticket(log->write, l); return;
	case 675: evtx_security_refused(log->write, l); return;
	default: write_logon(log, l);
	}
}

enum err
outbreak_write_late(const struct outbreak *s, unsigned target, struct evtx_write *w)
{
	char name[OUTBREAK_NAME_ROOM], address[OUTBREAK_NAME_ROOM];
	struct late_log log = { w, has_tickets(s, target) };

	outbreak_machine(target, name, address);
	w->computer = name;
	evtx_write_begin(w);
	evtx_security_policy(w, s->begins);
	outbreak_target(s, target, write_late_event, &log);
	enum err err = evtx_write_end(w);
	w->computer = NULL;
	return err;
}
