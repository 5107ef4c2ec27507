#include "cmd/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"

static bool
is_page(const struct output *out)
{
	return out->format->page != NULL;
}

static const char *
way_out(int error)
{
	switch (error) {
	case EPIPE: return "its reader has gone; name a file with -o";
	case ENOSPC:
	case EDQUOT:
	case EFBIG: return "free some space or name another file with -o";
	default: return "name another file with -o";
	}
}

/* Says so once for each output. */
static enum err
cannot_write(struct output *out)
{
	if (!out->failed)
		fprintf(stderr, "confine: cannot write %s: %s; %s\n",
		        out->path ? out->path : "standard output", strerror(errno),
		        way_out(errno));
	out->failed = true;
	return ERR_REFUSED;
}

/* To be written from its beginning, once it is sure that it will be. */
static int
open_whole(struct output *out, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	out->made = fd >= 0;
	return fd < 0 && errno == EEXIST ? open(path, O_WRONLY | O_CLOEXEC) : fd;
}

static enum err
open_file(struct output *out)
{
	struct stat there;
	const char *path = out->path;

	if (stat(path, &there) == 0 && S_ISDIR(there.st_mode)) {
		fprintf(stderr, "confine: %s is a folder; name a file in it with -o\n",
		        path);
		return ERR_REFUSED;
	}
	/* A pipe or a device is written to; only a file can be replaced whole. */
	if (is_page(out) && (stat(path, &there) != 0 || S_ISREG(there.st_mode))) {
		size_t room = strlen(path) + sizeof ".part";

		out->part = malloc(room);
		if (!out->part)
			return ERR_MEMORY;
		snprintf(out->part, room, "%s.part", path);
		out->file = fopen(out->part, "we");
		return out->file ? OK : cannot_write(out);
	}
	int fd = open_whole(out, path);
	if (fd < 0)
		return cannot_write(out);
	out->file = fdopen(fd, "w");
	if (!out->file)
		close(fd);
	return out->file ? OK : cannot_write(out);
}

static bool
is_named(const struct outputs *o, const char *path)
{
	for (size_t i = 0; i < o->count; i++) {
		const char *other = o->at[i].path;

		if (path && other ? strcmp(path, other) == 0 : path == other)
			return true;
	}
	return false;
}

static enum err
add(struct outputs *o, const char *path, const struct format *format)
{
	if (o->count == OUTPUTS_MOST) {
		fprintf(stderr, "confine: more than %d outputs; leave some -o out\n",
		        OUTPUTS_MOST);
		return ERR_REFUSED;
	}
	if (is_named(o, path)) {
		fprintf(stderr, "confine: -o %s is said twice; name another file\n",
		        path ? path : "-");
		return ERR_REFUSED;
	}
	struct output *out = &o->at[o->count];
	*out = (struct output){ .format = format, .path = path };
	if (!path) {
		out->file = stdout;
		o->count++;
		return OK;
	}
	o->count++; /* from here on outputs_close knows it, opened or not */
	return open_file(out);
}

static const struct format *
standard_format(const char *name)
{
	if (name)
		return format_by_name(name);
	return format_by_name(isatty(STDOUT_FILENO) ? "text" : "json");
}

enum err
outputs_open(struct outputs *o, const struct words *files, const char *format)
{
	*o = (struct outputs){ 0 };
	const struct format *standard = standard_format(format);
	if (!standard) {
		fprintf(stderr,
		        "confine: no format \"%s\"; there are text, json, csv, "
		        "xml and html\n",
		        format);
		return ERR_REFUSED;
	}
	if (files->count == 0)
		return add(o, NULL, standard);
	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->at[i];
		const struct format *f = format_by_suffix(path);

		if (strcmp(path, "-") == 0) {
			TRY(add(o, NULL, standard));
			continue;
		}
		if (!f && !format) {
			fprintf(stderr,
			        "confine: cannot tell the format of %s by its "
			        "name; end it in .jsonl, .csv, .xml, .html or "
			        ".txt, or say --format\n",
			        path);
			return ERR_REFUSED;
		}
		TRY(add(o, path, f ? f : standard));
	}
	return OK;
}

/* What was in the file before goes only now. */
static enum err
empty(struct output *out)
{
	struct stat there;

	if (out->path && !out->part && fstat(fileno(out->file), &there) == 0 &&
	    S_ISREG(there.st_mode) && ftruncate(fileno(out->file), 0) != 0)
		return cannot_write(out);
	out->made = false;
	return OK;
}

static enum err
begin(struct output *out, const struct run *run)
{
	TRY(empty(out));
	return out->format->begin(out->file, run) == OK ? OK : cannot_write(out);
}

enum err
outputs_begin(struct outputs *o, const struct run *run)
{
	for (size_t i = 0; i < o->count; i++) {
		if (!is_page(&o->at[i]))
			TRY(begin(&o->at[i], run));
	}
	return OK;
}

enum err
outputs_row(struct outputs *o, const struct row *row)
{
	for (size_t i = 0; i < o->count; i++) {
		struct output *out = &o->at[i];

		if (!is_page(out) && out->format->row(out->file, row) != OK)
			return cannot_write(out);
	}
	return OK;
}

/* To the disk, and under its own name. */
static enum err
put_in_place(struct output *out)
{
	if (fflush(out->file) != 0 || ferror(out->file))
		return cannot_write(out);
	if (!out->path)
		return OK;
	bool sound = !out->part || fsync(fileno(out->file)) == 0;
	if (fclose(GIVE(out->file)) != 0 || !sound)
		return cannot_write(out);
	if (out->part && rename(out->part, out->path) != 0)
		return cannot_write(out);
	free(GIVE(out->part));
	return OK;
}

static enum err
end(struct output *out, const struct summary *summary)
{
	if (out->failed)
		return ERR_REFUSED;
	if (out->format->end(out->file, summary) != OK)
		return cannot_write(out);
	return put_in_place(out);
}

enum err
outputs_end(struct outputs *o, const struct summary *summary)
{
	enum err worst = OK;

	for (size_t i = 0; i < o->count; i++) {
		if (!is_page(&o->at[i]) && end(&o->at[i], summary) != OK)
			worst = ERR_REFUSED;
	}
	return worst;
}

bool
outputs_on_screen(const struct outputs *o)
{
	for (size_t i = 0; i < o->count; i++) {
		if (!o->at[i].path && isatty(STDOUT_FILENO))
			return true;
	}
	return false;
}

bool
outputs_want_view(const struct outputs *o)
{
	for (size_t i = 0; i < o->count; i++) {
		if (is_page(&o->at[i]))
			return true;
	}
	return false;
}

static enum err
write_whole(struct output *out, struct view *view, const struct style *style)
{
	struct style plain = *style;

	if (out->path)
		plain.color = false;
	TRY(empty(out));
	enum err err = tell_view(out->format, out->file, view, &plain);
	if (err != OK) /* a case that cannot be read has said so itself */
		return err == ERR_SYSTEM ? cannot_write(out) : err;
	return put_in_place(out);
}

/* All of them or the pages only; also where one of them has failed. */
static enum err
write_all(struct outputs *o, bool pages, struct view *view, const struct style *style)
{
	enum err worst = OK;

	for (size_t i = 0; i < o->count; i++) {
		if (pages && !is_page(&o->at[i]))
			continue;
		enum err err = write_whole(&o->at[i], view, style);
		if (err != OK)
			worst = err;
	}
	return worst;
}

enum err
outputs_pages(struct outputs *o, struct view *view, const struct style *style)
{
	return write_all(o, true, view, style);
}

enum err
outputs_view(struct outputs *o, struct view *view, const struct style *style)
{
	return write_all(o, false, view, style);
}

/* One document, of one kind or another. */
struct document {
	const struct told_statuses *statuses;
	const struct told_changes *changes;
	const struct told_logons *logons;
};

static enum err
write_as(struct output *out, const struct document *d, const struct style *style)
{
	const struct format *format = out->format;

	if (d->statuses)
		return format->statuses(out->file, d->statuses, style);
	if (d->changes)
		return format->changes(out->file, d->changes, style);
	return format->logons(out->file, d->logons, style);
}

static enum err
write_document(struct output *out, const struct document *d, const struct style *style)
{
	struct style plain = *style;

	if (out->path)
		plain.color = false;
	if (!out->format->logons_begin || !d->logons) /* else it has been begun */
		TRY(empty(out));
	return write_as(out, d, &plain) == OK ? put_in_place(out) : cannot_write(out);
}

static enum err
write_documents(struct outputs *o, const struct document *d, const struct style *style)
{
	enum err worst = OK;

	for (size_t i = 0; i < o->count; i++) {
		if (write_document(&o->at[i], d, style) != OK)
			worst = ERR_REFUSED;
	}
	return worst;
}

enum err
outputs_statuses(struct outputs *o, const struct told_statuses *told,
                 const struct style *style)
{
	return write_documents(o, &(struct document){ .statuses = told }, style);
}

enum err
outputs_changes(struct outputs *o, const struct told_changes *told,
                const struct style *style)
{
	return write_documents(o, &(struct document){ .changes = told }, style);
}

/* ---- event logs */

enum err
outputs_can_logons(const struct outputs *o)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct output *out = &o->at[i];

		if (out->format->logons)
			continue;
		fprintf(
		    stderr,
		    "confine: logons is not written as %s; name a file that ends in "
		    ".txt, .jsonl, .csv or .html, or say --format\n",
		    out->format->name);
		return ERR_REFUSED;
	}
	return OK;
}

enum err
outputs_logons_begin(struct outputs *o, const struct run *run)
{
	for (size_t i = 0; i < o->count; i++) {
		struct output *out = &o->at[i];

		if (!out->format->logons_begin)
			continue;
		TRY(empty(out));
		if (out->format->logons_begin(out->file, run) != OK)
			return cannot_write(out);
	}
	return OK;
}

enum err
outputs_log(struct outputs *o, const struct log_told *log)
{
	for (size_t i = 0; i < o->count; i++) {
		struct output *out = &o->at[i];

		if (out->format->log && out->format->log(out->file, log) != OK)
			return cannot_write(out);
	}
	return OK;
}

enum err
outputs_logons(struct outputs *o, const struct told_logons *told,
               const struct style *style)
{
	return write_documents(o, &(struct document){ .logons = told }, style);
}

void
outputs_close(struct outputs *o)
{
	for (size_t i = 0; i < o->count; i++) {
		struct output *out = &o->at[i];

		if (out->file && out->path)
			fclose(out->file);
		if (out->part)
			(void)unlink(out->part);
		else if (out->made && out->path)
			(void)unlink(out->path);
		free(out->part);
	}
	o->count = 0;
}

bool
outputs_color(const char *wish)
{
	const char *no_color = getenv("NO_COLOR");

	if (wish && strcmp(wish, "always") == 0)
		return true;
	if ((wish && strcmp(wish, "never") == 0) || (no_color && no_color[0]))
		return false;
	return isatty(STDOUT_FILENO);
}
