#include "cmd/logons_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/when.h"
#include "flow/netbios_name.h"
#include "judge/guesser.h"
#include "keep/host_key.h"
#include "keep/past.h"
#include "know/traces.h"
#include "sys/address.h"
#include "tell/safe.h"

/* One attacker, and the host that it is. */
struct keeping {
	struct case_file *c;
	const struct attacker *a;
	int64_t now_ms;
	struct row row;        /* the host's newest, or a new one's */
	bool is_there;         /* it has one */
	struct verdict inside; /* the newest look inside that could see; or state 0 */
};

/* ---- which host it is */

/* The hosts that call themselves so: how many, how many have an address, and one. */
struct namesakes {
	size_t count, addressed;
	char host[ADDRESS_ROOM];
};

static enum err
take_namesake(void *with, const struct row *row)
{
	struct namesakes *n = with;
	bool has_address = row->verdict.key[0] != HOST_KEY_NAMED;

	n->count++;
	n->addressed += has_address;
	if (n->count == 1 || (has_address && n->addressed == 1))
		(void)text_copy(n->host, sizeof n->host, row->verdict.host);
	return OK;
}

/* "WARD-3" of "WARD-3.hospital.example", as a scan knows it. */
static void
short_name(const char *name, char out[ATTEMPT_TEXT])
{
	(void)text_copy(out, ATTEMPT_TEXT, name);
	out[strcspn(out, ".")] = '\0';
}

/* An address counts; what calls itself so, and has none, may be that one as well. */
static enum err
host_of_address(struct keeping *k, char host[ADDRESS_ROOM])
{
	char name[ATTEMPT_TEXT];
	struct namesakes n = { .count = 0 };
	struct row *row = &k->row;
	bool found = false;

	(void)text_copy(host, ADDRESS_ROOM, k->a->address);
	short_name(k->a->workstation, name);
	TRY(case_find(k->c, host, row, &found));
	if (found || !netbios_name_is_one(name))
		return OK;
	TRY(past_namesakes(k->c, name, take_namesake, &n));
	if (n.count == 1 && n.addressed == 0)
		(void)text_copy(host, ADDRESS_ROOM, n.host);
	return OK;
}

/* "" where nobody could be called so. */
static enum err
host_of_name(struct keeping *k, char host[ADDRESS_ROOM])
{
	char name[ATTEMPT_TEXT];
	struct namesakes n = { .count = 0 };

	host[0] = '\0';
	short_name(k->a->workstation, name);
	if (!netbios_name_is_one(name))
		return OK;
	TRY(past_namesakes(k->c, name, take_namesake, &n));
	bool is_one = n.addressed == 1 || (n.count == 1 && n.addressed == 0);
	(void)text_copy(host, ADDRESS_ROOM, is_one ? n.host : name);
	return OK;
}

static enum err
host_of(struct keeping *k, char host[ADDRESS_ROOM])
{
	struct address address;

	return address_read(k->a->address, &address) ? host_of_address(k, host)
	                                             : host_of_name(k, host);
}

/* ---- how it stands there */

static enum err
take_inside(void *with, const struct row *row)
{
	struct keeping *k = with;
	const struct verdict *v = &row->verdict;
	bool is_by_logs = v->reason_count > 0 &&
	                  strcmp(v->reasons[0], GUESSER_TRACE) == 0;

	if (!k->inside.state && v->inside && v->state != STATE_UNKNOWN && !is_by_logs)
		k->inside = *v;
	return OK;
}

/* Its newest row, whatever was absent since; then the walk is at its end. */
static enum err
take_newest(void *with, const struct row *row)
{
	struct keeping *k = with;

	if (row->verdict.state == STATE_ABSENT)
		return OK;
	k->row = *row;
	k->is_there = true;
	return ERR_LIMIT;
}

/* A host that the case does not know. */
static void
begin_row(struct keeping *k, const char *host)
{
	struct verdict *v = &k->row.verdict;
	struct address address;

	memset(&k->row, 0, sizeof k->row);
	v->state = STATE_UNKNOWN;
	(void)text_copy(v->host, sizeof v->host, host);
	if (address_read(host, &address))
		address_key(v->key, &address);
	else
		host_key_of_name(v->key, host);
}

static enum err
load(struct keeping *k, const char *host)
{
	TRY(past_rows(k->c, host, take_inside, k));
	enum err err = past_rows(k->c, host, take_newest, k);
	if (err != OK && err != ERR_LIMIT)
		return err;
	if (!k->is_there)
		begin_row(k, host);
	return OK;
}

/* ---- what is new of it */

/* What it calls itself, if nothing better is known and nobody else is called so. */
static enum err
give_name(struct keeping *k)
{
	char name[ATTEMPT_TEXT];
	struct namesakes n = { .count = 0 };

	short_name(k->a->workstation, name);
	if (!said_is_empty(&k->row.verdict.name) || !netbios_name_is_one(name))
		return OK;
	TRY(past_namesakes(k->c, name, take_namesake, &n));
	if (n.count == 0)
		k->row.verdict.name = said_from_utf8(name);
	return OK;
}

static enum err
note(struct keeping *k)
{
	OWN(own_mem) struct finding *f = calloc(1, sizeof *f);
	struct verdict *v = &k->row.verdict;

	if (!f)
		return ERR_MEMORY;
	guesser_finding(k->a, v->host, f);
	if (guesser_is_settled(f, &k->inside) || !guesser_add(&k->row.findings, f))
		return OK;
	guesser_judge(v);
	v->time_ms = k->now_ms;
	v->took_ms = 0;
	TRY(give_name(k));
	return case_add(k->c, &k->row, "[]");
}

static void
say_unkept(const struct attacker *a)
{
	char called[2 * ATTEMPT_TEXT];

	attacker_called(a, called);
	fputs("confine logons: ", stderr);
	safe_text(stderr, called);
	fputs(" is not kept in the case: nothing tells which machine it is; read the "
	      "logs of the domain controllers as well, which may have its address\n",
	      stderr);
}

static enum err
keep_one(struct keeping *k, struct attacker *a, struct summary *s)
{
	char host[ADDRESS_ROOM];

	TRY(host_of(k, host));
	if (!host[0]) {
		say_unkept(a);
		return OK;
	}
	TRY(load(k, host));
	TRY(note(k));
	(void)text_copy(a->host, sizeof a->host, k->row.verdict.host);
	a->host_state = k->row.verdict.state;
	s->targets++;
	s->count[a->host_state]++;
	return OK;
}

enum err
logons_case_keep(struct case_file *c, int64_t now_ms, struct attacker *at, size_t count,
                 struct summary *s)
{
	OWN(own_mem) struct keeping *k = malloc(sizeof *k);

	if (!k)
		return ERR_MEMORY;
	for (size_t i = 0; i < count && attacker_is_one(&at[i]); i++) {
		memset(k, 0, sizeof *k);
		k->c = c;
		k->a = &at[i];
		k->now_ms = now_ms;
		TRY(keep_one(k, &at[i], s));
	}
	return OK;
}
