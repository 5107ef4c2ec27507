#include "cmd/outputs.h"

#include <errno.h>
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

static enum err
cannot_write(const struct output *out)
{
	fprintf(
	    stderr,
	    "confine: cannot write %s: %s; free some space or name another with -o\n",
	    out->path ? out->path : "standard output", strerror(errno));
	return ERR_REFUSED;
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
		path = out->part;
	}
	out->file = fopen(path, "we");
	return out->file ? OK : cannot_write(out);
}

static enum err
add(struct outputs *o, const char *path, const struct format *format)
{
	if (o->count == OUTPUTS_MOST) {
		fprintf(stderr, "confine: more than %d outputs; leave some -o out\n",
		        OUTPUTS_MOST);
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

enum err
outputs_begin(struct outputs *o, const struct run *run)
{
	for (size_t i = 0; i < o->count; i++) {
		struct output *out = &o->at[i];

		if (!is_page(out) && out->format->begin(out->file, run) != OK)
			return cannot_write(out);
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

enum err
outputs_end(struct outputs *o, const struct summary *summary)
{
	for (size_t i = 0; i < o->count; i++) {
		struct output *out = &o->at[i];

		if (is_page(out))
			continue;
		if (out->format->end(out->file, summary) != OK)
			return cannot_write(out);
		TRY(put_in_place(out));
	}
	return OK;
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
	if (tell_view(out->format, out->file, view, &plain) != OK)
		return cannot_write(out);
	return put_in_place(out);
}

enum err
outputs_pages(struct outputs *o, struct view *view, const struct style *style)
{
	for (size_t i = 0; i < o->count; i++) {
		if (is_page(&o->at[i]))
			TRY(write_whole(&o->at[i], view, style));
	}
	return OK;
}

enum err
outputs_view(struct outputs *o, struct view *view, const struct style *style)
{
	for (size_t i = 0; i < o->count; i++)
		TRY(write_whole(&o->at[i], view, style));
	return OK;
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
