#include "tests/unit/tell_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "know/traces.h"

#define STARTED_MS 1795376008123 /* 2026-11-22T19:33:28.123Z */

struct sample {
	enum state state;
	struct address address;
	const char *host;
	const char *name;
	const char *domain;
	const char *os;
	const char *reason;
	const char *why;
};

/* clang-format off */
static const struct sample samples[TELL_ROWS] = {
	{ STATE_INFECTED, { .family = 4, .bytes = { 10, 0, 3, 7 } }, "10.0.3.7",
	  "WARD-3", "HOSPITAL", "Windows XP SP3", "sign-of-test",
	  "It answers as the worm does." },
	{ STATE_NO_SIGN, { .family = 4, .bytes = { 10, 0, 3, 20 } }, "10.0.3.20",
	  "PHARMACY", "HOSPITAL", "Windows Server 2003 R2 SP2", "no-sign-of-test",
	  "It answers as Windows does." },
	{ STATE_INFECTED, { .family = 4, .bytes = { 10, 0, 4, 1 } }, "10.0.4.1",
	  "</td><script>alert(1)</script>", "\"'&<!--]]>", "=cmd|'/c calc'!A1",
	  "sign-of-test", "It answers as the worm does." },
	{ STATE_SUSPECT, { .family = 4, .bytes = { 10, 0, 4, 2 } }, "10.0.4.2",
	  "\x1b]0;owned\a\x1b[2J", "\xc2\x9b" "31m", "\r\n10.9.9.9 clean",
	  "doubt-of-test", "It answers oddly, with \"quotes\", and <tags>." },
	{ STATE_UNKNOWN, { .family = 4, .bytes = { 10, 0, 4, 3 } }, "10.0.4.3",
	  "\xe2\x80\xaegpj.exe", "\xe2\x81\xa6iso\xe2\x81\xa9", "@SUM(1,2)",
	  "silence-of-test", "It said nothing." },
	{ STATE_UNKNOWN, { .family = 4, .bytes = { 10, 0, 4, 4 } }, "10.0.4.4",
	  "\xef\xbf\xbe\xef\xbf\xbf", "+1", "-2+3", "silence-of-test",
	  "It said nothing." },
	{ STATE_NO_SIGN, { .family = 4, .bytes = { 10, 0, 4, 5 } }, "10.0.4.5",
	  "\tTAB,COMMA", "\xe7\x97\x85\xe9\x99\xa2", "Windows\\2000 \xe2\x80\xa8",
	  "no-sign-of-test", "It answers as Windows does." },
	{ STATE_CLEAN,
	  { .family = 6, .bytes = { 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0,
	                            0, 0, 0, 0x10 } },
	  "2001:db8:1::10", "", "", "", "clean-of-test", "Nothing was found inside." },
	{ STATE_ABSENT, { .family = 4, .bytes = { 10, 0, 3, 8 } }, "10.0.3.8",
	  "", "", "", "absent-of-test", "Nobody answered." },
};
/* clang-format on */

static void
fill(struct row *row, const struct sample *s)
{
	struct verdict *v = &row->verdict;

	*row = (struct row){ 0 };
	v->time_ms = STARTED_MS + 1000;
	v->took_ms = 12;
	v->state = s->state;
	address_key(v->key, &s->address);
	text_copy(v->host, sizeof v->host, s->host);
	v->name = said_from_utf8(s->name);
	v->domain = said_from_utf8(s->domain);
	v->os = said_from_utf8(s->os);
	text_copy(v->reasons[v->reason_count++], TRACE_ROOM, s->reason);
	text_copy(v->why, sizeof v->why, s->why);
	if (s->state <= STATE_UNKNOWN)
		text_copy(v->next, sizeof v->next, "Do this & that next.");
	if (s->state == STATE_INFECTED)
		v->variants = VARIANT_A | VARIANT_B | VARIANT_C | VARIANT_D;
}

static void
add_finding(struct row *row)
{
	struct finding *f = &row->findings.at[row->findings.count++];
	const struct verdict *v = &row->verdict;

	*f = (struct finding){ .time_ms = v->time_ms, .variants = v->variants };
	f->grade = v->state == STATE_INFECTED ? GRADE_CONCLUSIVE : GRADE_UNDETERMINED;
	text_copy(f->host, sizeof f->host, v->host);
	text_copy(f->detector, sizeof f->detector, "smb");
	text_copy(f->trace, sizeof f->trace, v->reasons[0]);
	text_copy(f->where, sizeof f->where, "445/tcp");
	finding_number(f, "win32_error", 87);
	finding_text(f, "pipe", v->name.utf8);
}

void
tell_rows(struct row rows[TELL_ROWS])
{
	for (size_t i = 0; i < TELL_ROWS; i++) {
		fill(&rows[i], &samples[i]);
		if (rows[i].verdict.state <= STATE_UNKNOWN)
			add_finding(&rows[i]);
	}
	rows[0].verdict.has_skew = true;
	rows[0].verdict.skew_s = -3600;
}

/* What stands at an address of the made-up network. */
struct kind {
	unsigned weight;
	enum state state;
	const char *reason;
	const char *os;
};

static const struct kind kinds[] = {
	{ 55, STATE_NO_SIGN, "netpath-clean-answer", "Windows XP SP3" },
	{ 12, STATE_INFECTED, "netpath-invalid-parameter", "Windows XP SP2" },
	{ 2, STATE_INFECTED, "netpath-root-accepted", "Windows 2000" },
	{ 2, STATE_SUSPECT, "both-rejected", "Windows Server 2003 SP2" },
	{ 10, STATE_UNKNOWN, "smb1-off", "Windows 10 (build 19045)" },
	{ 8, STATE_UNKNOWN, "need-credentials", "Windows 7 SP1" },
	{ 5, STATE_UNKNOWN, "not-windows", "Samba 4.17.12-Debian" },
	{ 4, STATE_UNKNOWN, "no-reply", "" },
	{ 2, STATE_CLEAN, "netpath-clean-answer", "Windows XP SP3" },
};

static const struct kind *
kind_of(unsigned draw)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (draw < kinds[i].weight)
			return &kinds[i];
		draw -= kinds[i].weight;
	}
	return &kinds[0];
}

/* The machine with this number; the same each time. */
static const struct kind *
kind_at(size_t i)
{
	uint32_t mixed = ((uint32_t)i + 1) * 2654435761u;

	mixed ^= mixed >> 15;
	return kind_of(mixed * 2246822519u / 65536 % 100);
}

static void
network_row(const struct network *n, size_t i, struct row *out)
{
	const struct kind *kind = kind_at(i);
	const struct trace *trace = trace_find(kind->reason);
	uint32_t number = 0x0A000000u + (uint32_t)i * n->spread + 1;
	char host[ADDRESS_ROOM];
	char name[32];

	snprintf(host, sizeof host, "%u.%u.%u.%u", number >> 24, number >> 16 & 255,
	         number >> 8 & 255, number & 255);
	snprintf(name, sizeof name, "WARD%u-PC%02u", number >> 8 & 255, number & 255);
	struct sample s = { .state = kind->state,
		            .host = host,
		            .name = name,
		            .domain = "HOSPITAL",
		            .os = kind->os,
		            .reason = kind->reason,
		            .why = trace ? trace->title : "No trace." };
	s.address = (struct address){ .family = 4 };
	for (unsigned b = 0; b < 4; b++)
		s.address.bytes[b] = (uint8_t)(number >> (24 - 8 * b));
	fill(out, &s);
	if (trace)
		text_copy(out->verdict.next, SENTENCE_ROOM, trace->next);
	add_finding(out);
}

static enum err
network_rewind(struct view *view, enum view_order order)
{
	struct network *n = view->from;

	n->order = order;
	n->state = STATE_INFECTED;
	n->at = 0;
	return OK;
}

static bool
comes_now(const struct network *n)
{
	return n->order == VIEW_BY_ADDRESS || kind_at(n->at)->state == n->state;
}

static enum err
network_next(struct view *view, struct row *out, bool *more)
{
	struct network *n = view->from;

	for (;;) {
		while (n->at < n->hosts && !comes_now(n))
			n->at++;
		if (n->at < n->hosts)
			break;
		if (n->order == VIEW_BY_ADDRESS || n->state == STATE_ABSENT) {
			*more = false;
			return OK;
		}
		n->state++;
		n->at = 0;
	}
	*more = true;
	network_row(n, n->at++, out);
	return OK;
}

void
network_init(struct network *n, size_t hosts, unsigned spread)
{
	static char *words[] = { "confine", "scan", "10.0.0.0/16", "--case",
		                 "ward.case" };

	*n = (struct network){ .hosts = hosts, .spread = spread };
	n->view = (struct view){
		.run = { .started_ms = STARTED_MS,
		         .version = "1.2.3",
		         .command = "scan",
		         .argv = words,
		         .argc = 5 },
		.summary = { .command = "scan",
		             .targets = hosts * spread,
		             .seconds = 1.8 },
		.from = n,
		.rewind = network_rewind,
		.next = network_next,
	};
	for (size_t i = 0; i < hosts; i++)
		n->view.summary.count[kind_at(i)->state]++;
	n->view.summary.count[STATE_ABSENT] = hosts * (spread - 1);
}
