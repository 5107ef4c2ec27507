#include "cmd/check_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "keep/host_key.h"
#include "keep/past.h"
#include "sys/address.h"
#include "tell/safe.h"

enum err
check_case_open(const char *path, const struct run *run, struct case_file **out)
{
	TRY(case_open(path, CASE_WRITE, out));
	return case_begin_run(*out, run, "[]");
}

/* The hosts of one name, and the only one of them. */
struct namesakes {
	size_t count;
	struct row *row;
};

static enum err
take(void *with, const struct row *row)
{
	struct namesakes *n = with;

	if (n->count++ == 0)
		*n->row = *row;
	return OK;
}

static enum err
find(struct case_file *c, const char *host, const char *name, struct namesakes *out)
{
	struct address a;
	bool found = false;

	if (host && address_read(host, &a)) {
		TRY(case_find(c, host, out->row, &found));
		out->count = found;
		return OK;
	}
	const char *wanted = host ? host : name;
	return wanted[0] ? past_namesakes(c, wanted, take, out) : OK;
}

static enum err
refuse(const char *host, size_t count)
{
	fputs("confine: ", stderr);
	safe_text(stderr, host);
	fprintf(stderr,
	        count == 0 ? ": no such host in the case; see confine case status, or "
	                     "leave --host out\n"
	                   : ": %zu hosts of the case go by that name; name its "
	                     "address with --host\n",
	        count);
	return ERR_REFUSED;
}

/* The newest row that a scan made; older ones were answered by it. */
struct last_scan {
	struct findings *seen; /* NULL: none yet */
};

static enum err
take_scan(void *with, const struct row *row)
{
	struct last_scan *last = with;

	if (last->seen || row->verdict.inside || row->verdict.state == STATE_ABSENT)
		return OK;
	last->seen = malloc(sizeof *last->seen);
	if (!last->seen)
		return ERR_MEMORY;
	*last->seen = row->findings;
	return OK;
}

enum err
check_case_match(struct case_file *c, const char *host, struct verdict *v,
                 struct findings **seen)
{
	OWN(own_mem) struct row *row = calloc(1, sizeof *row);
	struct namesakes found = { .row = row };

	if (!row)
		return ERR_MEMORY;
	host_key_of_name(v->key, v->host);
	TRY(case_commit(c));
	TRY(find(c, host, v->name.utf8, &found));
	if (host && found.count != 1)
		return refuse(host, found.count);
	if (found.count != 1)
		return OK;
	(void)text_copy(v->host, sizeof v->host, row->verdict.host);
	memcpy(v->key, row->verdict.key, sizeof v->key);
	struct last_scan last = { .seen = NULL };
	TRY(past_rows(c, v->host, take_scan, &last));
	*seen = last.seen;
	return OK;
}

enum err
check_case_keep(struct case_file *c, const struct row *row)
{
	TRY(case_add(c, row, "[]"));
	return case_commit(c);
}
