/*
 * nmap's XML output, valid against its DTD, so that what reads nmap reads us:
 * one host element a host, with the verdict as the output of a host script.
 * The DTD knows one scanner name only; `profile_name` says who we are.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/when.h"
#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/html_text.h" /* the same escapes do for XML */
#include "tell/shell.h"
#include "tell/statuses.h"

static void
attribute(FILE *f, const char *name, const char *utf8)
{
	fprintf(f, " %s=\"", name);
	html_text(f, utf8);
	fputc('"', f);
}

static void
elem(FILE *f, const char *key, const char *utf8)
{
	fputs("<elem", f);
	if (key)
		attribute(f, "key", key);
	fputc('>', f);
	html_text(f, utf8);
	fputs("</elem>", f);
}

static void
elem_number(FILE *f, const char *key, int64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, number);
	elem(f, key, text);
}

static enum err
head(FILE *f, const struct run *run)
{
	OWN(buf_free) struct buf args = { .ceiling = 16u * 1024 * 1024 };
	char started[WHEN_ROOM];

	when_text(started, run->started_ms);
	shell_command(&args, run);
	const char *words = buf_string(&args);
	if (args.bad)
		return ERR_MEMORY;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n"
	      "<nmaprun scanner=\"nmap\"",
	      f);
	attribute(f, "args", words);
	fprintf(f, " start=\"%" PRId64 "\"", run->started_ms / 1000);
	attribute(f, "startstr", started);
	attribute(f, "version", run->version);
	fputs(" profile_name=\"confine\" xmloutputversion=\"1.05\">\n"
	      "<verbose level=\"0\"/>\n<debugging level=\"0\"/>\n",
	      f);
	return OK;
}

struct port {
	unsigned long number;
	const char *protocol;
};

/* "445/tcp", "139/nbt" (a NetBIOS session, so TCP as well), "31328/udp". */
static bool
port_read(const char *where, struct port *out)
{
	char *rest = NULL;

	if (*where < '0' || *where > '9')
		return false;
	out->number = strtoul(where, &rest, 10);
	if (strcmp(rest, "/tcp") == 0 || strcmp(rest, "/nbt") == 0)
		out->protocol = "tcp";
	else if (strcmp(rest, "/udp") == 0)
		out->protocol = "udp";
	else
		return false;
	return out->number > 0 && out->number <= 65535;
}

/* Whether an answer came from there: only then do we call the port open. */
static bool
is_open(const struct finding *finding, struct port *out)
{
	static const char *const answers[] = {
		"p2p-answer", "p2p-bad-sum", "p2p-deep-answer",
		"p2p-echo",   "p2p-short",   "p2p-two-bad-sums",
	};
	bool answered = strcmp(finding->detector, "smb") == 0;

	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		if (strcmp(finding->trace, answers[i]) == 0)
			answered = true;
	}
	return answered && port_read(finding->where, out);
}

static bool
is_in(const struct port *ports, size_t count, const struct port *p)
{
	for (size_t i = 0; i < count; i++) {
		if (ports[i].number == p->number &&
		    strcmp(ports[i].protocol, p->protocol) == 0)
			return true;
	}
	return false;
}

static void
port_element(FILE *f, const struct port *p)
{
	const char *service = p->number == 445   ? "microsoft-ds"
	                      : p->number == 139 ? "netbios-ssn"
	                                         : NULL;

	fprintf(f, "<port protocol=\"%s\" portid=\"%lu\">", p->protocol, p->number);
	fprintf(f, "<state state=\"open\" reason=\"%s\" reason_ttl=\"0\"/>",
	        strcmp(p->protocol, "udp") == 0 ? "udp-response" : "syn-ack");
	if (service)
		fprintf(f, "<service name=\"%s\" method=\"table\" conf=\"3\"/>",
		        service);
	fputs("</port>\n", f);
}

static void
ports(FILE *f, const struct findings *findings)
{
	struct port known[FINDINGS_MOST];
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		struct port p = { 0 };

		if (!is_open(&findings->at[i], &p) || is_in(known, count, &p))
			continue;
		fputs(count == 0 ? "<ports>\n" : "", f);
		port_element(f, &p);
		known[count++] = p;
	}
	fputs(count > 0 ? "</ports>\n" : "", f);
}

static void
variants_table(FILE *f, variants set)
{
	fputs("<table key=\"variants\">", f);
	for (unsigned i = 0; i < VARIANT_COUNT; i++) {
		char letter[VARIANTS_ROOM];

		variants_text(letter, set & (variants)(1u << i));
		if (*letter)
			elem(f, NULL, letter);
	}
	fputs("</table>\n", f);
}

static void
finding_table(FILE *f, const struct finding *finding)
{
	fputs("<table>", f);
	elem(f, "trace", finding->trace);
	elem(f, "grade", grade_name(finding->grade));
	elem(f, "where", finding->where);
	for (size_t i = 0; i < finding->field_count && i < FIELDS_MOST; i++) {
		const struct field *field = &finding->fields[i];

		if (field->is_text)
			elem(f, field->key, field->text);
		else
			elem_number(f, field->key, field->number);
	}
	fputs("</table>\n", f);
}

static void
status_table(FILE *f, const struct status *s)
{
	fputs("<table>", f);
	elem(f, "type", status_kind_name(s->kind));
	for (size_t i = 0; i < s->field_count; i++) {
		const struct status_field *field = &s->fields[i];

		if (field->is == STATUS_TEXT)
			elem(f, field->key, field->text);
		else if (field->is == STATUS_BOOL)
			elem(f, field->key, field->number ? "true" : "false");
		else
			elem_number(f, field->key, field->number);
	}
	elem(f, "need", status_need_name(s->need));
	elem(f, "says", s->says);
	elem(f, "next", s->next);
	fputs("</table>\n", f);
}

static void
statuses_table(FILE *f, const struct statuses *all)
{
	fputs("<table key=\"defences\">\n", f);
	for (size_t i = 0; all && i < all->count; i++)
		status_table(f, &all->at[i]);
	fputs("</table>\n", f);
}

static void
mended_table(FILE *f, const struct row *row)
{
	const struct mended *m = row->mended;
	const char *place = mended_place(m, &row->verdict);

	fputs("<table key=\"mended\">", f);
	elem(f, "command", m->command);
	elem(f, "state", mended_state_name(m->state));
	elem(f, "before", m->before);
	elem(f, "after", m->after);
	elem_number(f, "changes", (int64_t)m->changes);
	elem_number(f, "done", (int64_t)m->done);
	elem(f, "journal", m->journal);
	elem(f, "place", place ? place : "");
	fputs("</table>\n", f);
}

static void
script(FILE *f, const struct row *row)
{
	const struct verdict *v = &row->verdict;
	char letters[VARIANTS_ROOM];

	variants_text(letters, v->variants);
	fprintf(f, "<script id=\"confine\" output=\"&#xa;  %s%s%s&#xa;  ",
	        tell_state(v->state), *letters ? ": Conficker " : "", letters);
	html_text(f, v->why);
	fputs(*v->next ? "&#xa;  " : "", f);
	html_text(f, v->next);
	fputs("\">\n", f);
	elem(f, "state", tell_state(v->state));
	variants_table(f, v->variants);
	fputs("<table key=\"reasons\">", f);
	for (size_t i = 0; i < v->reason_count && i < REASONS_MOST; i++)
		elem(f, NULL, v->reasons[i]);
	fputs("</table>\n", f);
	elem(f, "why", v->why);
	elem(f, "next", v->next);
	elem(f, "domain", v->domain.utf8);
	fputs("\n<table key=\"findings\">", f);
	for (size_t i = 0; i < row->findings.count; i++)
		finding_table(f, &row->findings.at[i]);
	fputs("</table>\n", f);
	if (row->statuses)
		statuses_table(f, row->statuses);
	if (row->mended)
		mended_table(f, row);
	fputs("</script>", f);
}

/* What was looked at from inside may have a name alone. */
static const char *
address_type(const char *host)
{
	if (strchr(host, ':'))
		return "ipv6";
	return strspn(host, "0123456789.") == strlen(host) ? "ipv4" : "name";
}

static void
host(FILE *f, const struct row *row)
{
	const struct verdict *v = &row->verdict;
	bool up = v->state != STATE_ABSENT;

	fprintf(f, "<host starttime=\"%" PRId64 "\" endtime=\"%" PRId64 "\">",
	        (v->time_ms - v->took_ms) / 1000, v->time_ms / 1000);
	fprintf(f, "<status state=\"%s\" reason=\"%s\" reason_ttl=\"0\"/>\n",
	        up ? "up" : "unknown",
	        !up         ? "no-response"
	        : v->inside ? "user-set"
	                    : "syn-ack");
	fputs("<address", f);
	attribute(f, "addr", v->host);
	fprintf(f, " addrtype=\"%s\"/>\n<hostnames>", address_type(v->host));
	if (!said_is_empty(&v->name)) {
		fputs("<hostname", f);
		attribute(f, "name", v->name.utf8);
		fputs("/>", f);
	}
	fputs("</hostnames>\n", f);
	ports(f, &row->findings);
	if (!said_is_empty(&v->os)) {
		fputs("<os><osmatch", f); /* its own word for itself, so certain */
		attribute(f, "name", v->os.utf8);
		fputs(" accuracy=\"100\" line=\"0\"/></os>\n", f);
	}
	fputs("<hostscript>", f);
	script(f, row);
	fputs("</hostscript>\n</host>\n", f);
}

static void
tail(FILE *f, const struct run *run, const struct summary *s)
{
	int64_t finished_ms = run->started_ms + (int64_t)(s->seconds * 1000);
	uint64_t absent = s->count[STATE_ABSENT];
	char finished[WHEN_ROOM];

	when_text(finished, finished_ms);
	fprintf(f, "<runstats><finished time=\"%" PRId64 "\"", finished_ms / 1000);
	attribute(f, "timestr", finished);
	fprintf(f, " elapsed=\"%.2f\" exit=\"success\"/>", s->seconds);
	fprintf(f,
	        "<hosts up=\"%" PRIu64 "\" down=\"%" PRIu64 "\" total=\"%" PRIu64
	        "\"/>\n</runstats>\n</nmaprun>\n",
	        s->targets > absent ? s->targets - absent : 0, absent, s->targets);
}

static enum err
page(FILE *f, struct view *view, const struct style *style)
{
	struct row row = { 0 };
	bool more = false;

	TRY(head(f, &view->run));
	TRY(view->rewind(view, VIEW_BY_ADDRESS));
	for (;;) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			break;
		host(f, &row);
	}
	tail(f, &view->run, &view->summary);
	return tell_flush(f);
}

/* A machine of which no more is known than its name. */
static void
host_begin(FILE *f, const char *name)
{
	fputs("<host><status state=\"unknown\" reason=\"user-set\" "
	      "reason_ttl=\"0\"/>\n<address",
	      f);
	attribute(f, "addr", name);
	fprintf(f, " addrtype=\"%s\"/>\n", address_type(name));
}

static void
statuses_script(FILE *f, const char *command, const struct statuses *all)
{
	fputs("<script id=\"confine\"", f);
	attribute(f, "output", command);
	fputs(">\n", f);
	statuses_table(f, all);
	fputs("</script>", f);
}

enum err
statuses_xml(FILE *f, const struct told_statuses *told, const struct style *style)
{
	(void)style;
	TRY(head(f, told->run));
	host_begin(f, told->of ? told->of->host : "-");
	fputs("<hostscript>", f);
	statuses_script(f, told->run->command, told->statuses);
	fputs("</hostscript>\n</host>\n", f);
	tail(f, told->run, &(struct summary){ .targets = 1, .seconds = told->seconds });
	return tell_flush(f);
}

static void
change_table(FILE *f, const struct change *c)
{
	fputs("<table>", f);
	elem_number(f, "id", c->id);
	elem(f, "kind", change_kind_name(c->kind));
	elem(f, "target", c->target);
	elem(f, "name", c->name);
	elem(f, "string", c->string);
	elem(f, "why", c->why);
	elem(f, "state", change_state_name(c->state));
	elem(f, "says", c->says);
	elem(f, "error", c->error);
	fputs("</table>\n", f);
}

/* What was changed, as a script of its own beside the last verdict. */
static void
changes_script(FILE *f, const struct told_changes *told)
{
	fputs("<script id=\"confine-changes\"", f);
	attribute(f, "output", told->outcome);
	fputs(">\n", f);
	elem(f, "journal", told->journal);
	fputs("<table key=\"changes\">\n", f);
	for (size_t i = 0; i < told->plan->count; i++)
		change_table(f, &told->plan->at[i]);
	fputs("</table>\n</script>", f);
}

enum err
changes_xml(FILE *f, const struct told_changes *told, const struct style *style)
{
	const struct row *now = told->after ? told->after : told->before;

	(void)style;
	TRY(head(f, told->run));
	host_begin(f, told->host);
	fputs("<hostscript>", f);
	if (now && told->judged)
		script(f, now);
	changes_script(f, told);
	if (now && !told->judged && now->statuses)
		statuses_script(f, told->run->command, now->statuses);
	fputs("</hostscript>\n</host>\n", f);
	tail(f, told->run, &(struct summary){ .targets = 1, .seconds = told->seconds });
	return tell_flush(f);
}

const struct format nmap_xml_format = {
	.name = "xml",
	.suffix = ".xml",
	.page = page,
	.statuses = statuses_xml,
	.changes = changes_xml,
};
