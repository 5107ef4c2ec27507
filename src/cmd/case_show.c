/*
 * `case show`: all that the case holds on a host.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/own.h"
#include "cmd/case_command.h"
#include "keep/mends.h"
#include "keep/past.h"
#include "know/traces.h"
#include "sys/address.h"
#include "tell/changes.h"
#include "tell/para.h"
#include "tell/safe.h"
#include "tell/shell.h"
#include "tell/statuses.h"
#include "tell/tell.h"

#define LABEL 14u /* columns of "Decided by" and its blanks */
#define LINE_MOST (64u * 1024)

/* One answer: a name may be that of several hosts. */
struct showing {
	struct case_file *from;
	const struct case_ask *ask;
	struct summary summary;  /* of the hosts shown, for the exit code */
	char host[ADDRESS_ROOM]; /* whose history is told */
	bool newest;             /* the row that comes next is the newest */
};

static void
say_label(const char *label, const char *text)
{
	char first[32];

	if (!*text)
		return;
	snprintf(first, sizeof first, "  %s", label);
	struct para p = para_begin(stdout, first, LABEL);
	para_words(&p, text);
	para_end(&p);
}

static void
say_times(const struct verdict *v)
{
	char when[MOMENT_ROOM];
	char text[96];

	if (v->time_ms == 0)
		return;
	case_moment(when, v->time_ms);
	snprintf(text, sizeof text, "%s, in %.1f s", when, (double)v->took_ms / 1000);
	say_label(v->inside ? "Looked at" : "Asked", v->took_ms > 0 ? text : when);
	if (!v->has_skew)
		return;
	int64_t skew = v->skew_s < 0 ? -(v->skew_s + 1) + 1 : v->skew_s;
	snprintf(text, sizeof text, "%" PRId64 " s %s ours", skew,
	         v->skew_s < 0 ? "behind" : "ahead of");
	say_label("Its clock", skew > 0 ? text : "as ours");
}

static void
say_verdict(const struct verdict *v)
{
	char letters[VARIANTS_ROOM];

	variants_text(letters, v->variants);
	safe_text(stdout, v->host);
	printf(": %s\n", state_name(v->state));
	struct para p = para_begin(stdout, "  ", 2);
	para_words(&p, v->why);
	para_end(&p);
	say_label("Next", v->next);
	say_label("Variants", letters);
	say_label("Name", v->name.utf8);
	say_label("Domain", v->domain.utf8);
	say_label("System", v->os.utf8);
	say_times(v);
	for (size_t i = 0; i < v->reason_count; i++)
		say_label(i == 0 ? "Decided by" : "", v->reasons[i]);
}

static void
say_field(const struct field *field)
{
	char number[48];
	struct para p = para_begin(stdout, "      ", 6);

	/* Codes of Windows are looked up in hexadecimal. */
	if (field->number > 0xFFFF)
		snprintf(number, sizeof number, "%" PRId64 " (0x%" PRIX64 ")",
		         field->number, field->number);
	else
		snprintf(number, sizeof number, "%" PRId64, field->number);
	para_word(&p, field->key);
	para_word(&p, "=");
	para_word(&p, field->is_text ? field->text : number);
	para_end(&p);
}

/* A port, or a place on a disk, which stays whole: it is to be copied. */
static void
say_where(struct para *p, const struct finding *f, bool inside)
{
	char when[MOMENT_ROOM];

	if (inside) {
		para_end(p);
		fputs("    ", stdout);
		safe_text(stdout, f->where);
		fputc('\n', stdout);
		return;
	}
	case_moment(when, f->time_ms);
	para_words(p, "on");
	para_word(p, *f->where ? f->where : "no port in particular");
	para_words(p, "at");
	para_word(p, when);
	para_end(p);
}

static void
say_finding(const struct finding *f, bool inside)
{
	const struct trace *t = trace_find(f->trace);
	char letters[VARIANTS_ROOM];
	char name[TRACE_ROOM + 1];

	variants_text(letters, f->variants);
	fputc('\n', stdout);
	snprintf(name, sizeof name, "%s:", f->trace);
	struct para p = para_begin(stdout, "", 2);
	para_word(&p, name);
	para_words(&p, grade_name(f->grade));
	para_words(&p, *letters ? "for" : "");
	para_words(&p, letters);
	say_where(&p, f, inside);
	p = para_begin(stdout, "    ", 4);
	para_words(&p, t ? t->title : "This confine does not know this sign.");
	para_end(&p);
	for (size_t i = 0; i < f->field_count; i++)
		say_field(&f->fields[i]);
}

/* An older row in one line; the newest has been told in full. */
static enum err
say_earlier(void *with, const struct row *row)
{
	struct showing *s = with;
	const struct verdict *v = &row->verdict;
	char letters[VARIANTS_ROOM];
	char when[MOMENT_ROOM];

	if (s->newest) {
		s->newest = false;
		return OK;
	}
	case_moment(when, v->time_ms);
	variants_text(letters, v->variants);
	char head[64];
	snprintf(head, sizeof head, "  %s  %-8s ", when, state_name(v->state));
	struct para p = para_begin(stdout, head, 4);
	para_word(&p, letters);
	for (size_t i = 0; i < v->reason_count; i++)
		para_word(&p, v->reasons[i]);
	para_end(&p);
	return OK;
}

static enum err
count_row(void *with, const struct row *row)
{
	size_t *count = with;

	(void)row;
	*count += 1;
	return OK;
}

/* What a look inside tells beside the signs. */
static void
say_inside(const struct row *row)
{
	const struct verdict *v = &row->verdict;
	struct style plain = { .color = false };

	if (row->statuses) {
		fputs("\nDefences:\n", stdout);
		statuses_text(stdout, row->statuses, &plain, true);
	}
	if (v->not_asked_count > 0)
		fputs("\nNot looked at, since it was not there to be looked at:\n",
		      stdout);
	for (size_t i = 0; i < v->not_asked_count; i++) {
		struct para p = para_begin(stdout, " ", 4);

		para_words(&p, v->not_asked[i]);
		para_end(&p);
	}
}

static enum err
say_mended(void *with, const struct mended *m)
{
	const struct style *plain = with;

	fputc('\n', stdout);
	mended_text(stdout, m);
	if (m->plan)
		changes_text(stdout, m->plan, plain);
	return OK;
}

static enum err
show_text(struct showing *s, const struct row *row)
{
	struct style plain = { .color = false };
	size_t rows = 0;

	if (s->summary.targets > 1)
		fputc('\n', stdout);
	say_verdict(&row->verdict);
	if (row->findings.count > 0)
		fputs("\nWhat was seen:\n", stdout);
	for (size_t i = 0; i < row->findings.count; i++)
		say_finding(&row->findings.at[i], row->verdict.inside);
	say_inside(row);
	TRY(mends_of(s->from, row->verdict.key, say_mended, &plain));
	TRY(past_rows(s->from, s->host, count_row, &rows));
	if (rows < 2)
		return OK;
	fputs("\nEarlier:\n", stdout);
	s->newest = true;
	return past_rows(s->from, s->host, say_earlier, s);
}

static enum err
earlier_line(void *with, const struct row *row)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_MOST };
	struct showing *s = with;
	const struct verdict *v = &row->verdict;
	struct json j;

	if (s->newest) {
		s->newest = false;
		return OK;
	}
	json_init(&j, &line);
	json_open(&j, '{');
	json_key(&j, "type");
	json_text(&j, "earlier");
	json_key(&j, "time");
	json_when(&j, v->time_ms);
	json_key(&j, "host");
	json_text(&j, v->host);
	json_key(&j, "state");
	json_text(&j, state_name(v->state));
	json_key(&j, "variants");
	variants_json(&j, v->variants);
	json_key(&j, "reasons");
	json_open(&j, '[');
	for (size_t i = 0; i < v->reason_count; i++)
		json_text(&j, v->reasons[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	if (line.bad)
		return ERR_MEMORY;
	puts(buf_string(&line));
	return OK;
}

static enum err
show_row(void *with, const struct row *row)
{
	struct showing *s = with;

	s->summary.targets++;
	s->summary.count[row->verdict.state]++;
	(void)text_copy(s->host, sizeof s->host, row->verdict.host);
	s->host[strcspn(s->host, "%")] = 0; /* the interface is not part of the key */
	if (!s->ask->json)
		return show_text(s, row);
	TRY(format_by_name("json")->row(stdout, row));
	s->newest = true;
	return past_rows(s->from, s->host, earlier_line, s);
}

static enum err
say_not_there(const struct case_ask *ask, const char *host)
{
	OWN(buf_free) struct buf command = { .ceiling = LINE_MOST };

	buf_text(&command, "confine scan ");
	shell_word(&command, host);
	buf_text(&command, " --case ");
	shell_word(&command, ask->path);
	fprintf(stderr, "confine: %s holds nothing on %s; ask it with: %s\n", ask->path,
	        host, buf_string(&command));
	return ERR_REFUSED;
}

static enum err
show_host(struct showing *s, const char *host)
{
	uint64_t before = s->summary.targets;
	struct address address;
	struct row row;
	bool found = false;

	if (!address_read(host, &address)) {
		TRY(past_namesakes(s->from, host, show_row, s));
	} else {
		TRY(case_find(s->from, host, &row, &found));
		if (found)
			TRY(show_row(s, &row));
	}
	return s->summary.targets > before ? OK : say_not_there(s->ask, host);
}

static enum err
show(struct showing *s)
{
	const struct format *json = s->ask->json ? format_by_name("json") : NULL;

	if (json)
		TRY(json->begin(stdout, &s->ask->run));
	for (size_t i = 0; i < s->ask->host_count; i++)
		TRY(show_host(s, s->ask->hosts[i]));
	return json ? json->end(stdout, &s->summary) : OK;
}

int
case_show(struct case_file *c, const struct case_ask *ask)
{
	struct showing s = { .from = c,
		             .ask = ask,
		             .summary = { .command = ask->run.command } };
	enum err err = show(&s);

	if (err == ERR_SYSTEM)
		return case_cannot_write();
	return err == OK ? summary_exit_code(&s.summary) : 2;
}
