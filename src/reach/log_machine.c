#include "reach/log_machine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "reach/log_keep.h"
#include "reach/log_known.h"
#include "reach/volume.h"

#define VOLUMES_MOST 26
#define PIECE (256u << 10)

/* Where a Windows may be; "": the folder is its own. */
static const char *const windows_folders[] = { "WINDOWS", "WINNT", "" };
#define CONFIG "System32\\config"

/* Windows NT 4 to 2003; Vista and later. */
static const char *const log_folders[] = { CONFIG, "System32\\winevt\\Logs" };

struct reading {
	const struct log_walk *to;
	const char *path;   /* that the user named */
	const char *called; /* the path, or the volume and the path */
	bool is_image;
	size_t windows, logs, troubles;
	uint64_t waiting; /* bytes that the taker has not read yet */
	uint8_t piece[PIECE];
};

/* ---- telling */

/* `inner`: a path on the volume, or "". */
static enum err
tell(struct reading *r, const char *inner, int fd, struct log_told *told)
{
	char path[2 * PATH_ROOM];

	(void)snprintf(path, sizeof path, "%s%s%s", r->called, inner[0] ? ":" : "",
	               inner);
	text_end(told->path, sizeof told->path, path);
	return r->to->found(r->to->with, fd, told);
}

static enum err
tell_trouble(struct reading *r, const char *inner, const char *why)
{
	struct log_told told = { .kind = LOG_IS_NONE };

	r->troubles++;
	(void)text_copy_utf8(told.why, sizeof told.why, why);
	return tell(r, inner, -1, &told);
}

/* ---- one log */

struct log_file {
	const char *path;
	struct machine_file file;
};

/* How far it can be read, and kept; *heard says what ended it, and `v->why` why. */
static enum err
copy_bytes(struct reading *r, struct volume *v, const struct log_file *f,
           struct log_keep *keep, enum heard *heard)
{
	bool kept = true;
	size_t got = 1;

	*heard = HEARD;
	while (kept && got > 0 && keep->len < f->file.size) {
		struct machine_want want = { keep->len, r->piece, PIECE };

		*heard = v->ops->read(v, &f->file, want, &got);
		if (*heard != HEARD)
			return OK;
		TRY(log_keep_put(keep, span_of(r->piece, got), r->to->pulse, &kept));
	}
	if (!kept)
		*heard = volume_because(v, HEARD_ODD,
		                        "there is no room to copy it out of the image: "
		                        "%s; set TMPDIR to a folder with more",
		                        strerror(errno));
	return OK;
}

/* What is on an image has to be a file of its own; what came of it before something
 * went wrong is worth having. */
static enum err
copy_out(struct reading *r, struct volume *v, const struct log_file *f,
         struct log_told *told, int *fd)
{
	struct log_keep keep;
	enum heard heard = HEARD;
	enum err err = log_keep_begin(&keep, LOG_KEEP_OF_MANY);

	if (err == OK)
		err = copy_bytes(r, v, f, &keep, &heard);
	if (err == OK && heard != HEARD) {
		(void)text_copy_utf8(told->why, sizeof told->why, v->why);
		told->is_cut = true;
	}
	told->bytes = keep.len;
	if (err == OK)
		*fd = log_keep_end(&keep);
	log_keep_drop(&keep);
	return err == OK && *fd < 0 ? ERR_SYSTEM : err;
}

static enum err
hand_on(struct reading *r, struct volume *v, const struct log_file *f,
        enum log_kind kind)
{
	struct log_told told = { .kind = kind, .bytes = f->file.size };
	int fd = -1;

	if (r->is_image)
		TRY(copy_out(r, v, f, &told, &fd));
	else if (v->ops->descriptor(v, &f->file, 0, &fd) != HEARD)
		return tell_trouble(r, f->path, v->why);
	r->logs++;
	r->waiting += r->is_image ? told.bytes : 0;
	TRY(tell(r, f->path, fd, &told));
	if (r->waiting < LOG_KEEP_WAITING)
		return OK;
	r->waiting = 0;
	return r->to->settle(r->to->with);
}

static bool
is_called_a_log(const char *path)
{
	const char *point = strrchr(path, '.');

	return point && (text_same(point, ".evt") || text_same(point, ".evtx"));
}

/* Hives, and much else, lie there as well; but what is called a log there was one. */
static enum err
take_file(struct reading *r, struct volume *v, const char *path)
{
	struct log_file f = { .path = path };
	size_t got = 0;
	enum heard heard = v->ops->open(v, path, &f.file);

	if (heard != HEARD)
		return tell_trouble(r, path, v->why);
	struct machine_want want = { 0, r->piece, LOG_LEAST };
	heard = f.file.size >= LOG_LEAST ? v->ops->read(v, &f.file, want, &got) : HEARD;
	struct log_known known = log_known(span_of(r->piece, got));
	enum err err = OK;
	if (heard != HEARD)
		err = tell_trouble(r, path, v->why);
	else if (known.kind == LOG_IS_EVT || known.kind == LOG_IS_EVTX)
		err = hand_on(r, v, &f, known.kind);
	else if (is_called_a_log(path))
		err = tell_trouble(r, path,
		                   f.file.size == 0
		                       ? "is empty; look for a copy of it"
		                       : "begins like no event log; copy it, and name "
		                         "the copy, to find what is left in it");
	v->ops->close(v, &f.file);
	return err;
}

/* ---- its folders */

static int
by_name(const void *a, const void *b)
{
	const struct file_entry *one = *(const struct file_entry *const *)a;
	const struct file_entry *other = *(const struct file_entry *const *)b;

	return strcmp(one->name, other->name);
}

static enum err
take_files(struct reading *r, struct volume *v, const char *folder,
           const struct file_list *l)
{
	OWN(own_mem)
	const struct file_entry **sorted = calloc(l->count + 1, sizeof *sorted);
	char path[PATH_ROOM];

	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < l->count; i++)
		sorted[i] = &l->at[i];
	if (l->count > 1)
		qsort(sorted, l->count, sizeof *sorted, by_name);
	for (size_t i = 0; i < l->count; i++) {
		TRY(log_pulse(r->to->pulse, 0));
		if (sorted[i]->is_file &&
		    path_join(path, sizeof path, folder, sorted[i]->name))
			TRY(take_file(r, v, path));
	}
	return OK;
}

static enum err
take_folder(struct reading *r, struct volume *v, const char *folder)
{
	struct file_list l = { .count = 0 };
	enum heard heard = v->ops->list(v, folder, &l);
	enum err err = OK;

	if (heard == HEARD)
		err = take_files(r, v, folder, &l);
	else if (heard != HEARD_NOTHING)
		err = tell_trouble(r, folder, v->why);
	file_list_free(&l);
	return err;
}

/* A path of the volume below one of its folders, or below its root for "". */
static bool
below(char to[PATH_ROOM], const char *folder, const char *name)
{
	return folder[0] ? path_join(to, PATH_ROOM, folder, name)
	                 : text_copy(to, PATH_ROOM, name);
}

static bool
is_windows(struct volume *v, const char *folder)
{
	char path[PATH_ROOM];
	struct file_facts facts;

	return below(path, folder, CONFIG) && v->ops->stat(v, path, &facts) == HEARD &&
	       facts.is_folder;
}

static enum err
take_volume(struct reading *r, struct volume *v)
{
	char path[PATH_ROOM];

	for (size_t i = 0; i < sizeof windows_folders / sizeof windows_folders[0];
	     i++) {
		if (!is_windows(v, windows_folders[i]))
			continue;
		r->windows++;
		for (size_t f = 0; f < sizeof log_folders / sizeof log_folders[0];
		     f++) {
			if (below(path, windows_folders[i], log_folders[f]))
				TRY(take_folder(r, v, path));
		}
	}
	return OK;
}

/* ---- what was named */

static enum err
tell_none(struct reading *r)
{
	r->called = r->path;
	if (r->windows == 0)
		return tell_trouble(r, "",
		                    "is an image of a disk without a Windows; name the "
		                    "event logs, or a folder with some");
	return tell_trouble(r, "",
	                    "holds a Windows, and no event log where Windows keeps "
	                    "them; look for copies of them");
}

enum err
log_machine_folder(const struct log_walk *to, const char *path, bool *is_one)
{
	OWN(own_mem) struct reading *r = calloc(1, sizeof *r);
	struct volume *v = NULL;
	char why[WHY_ROOM];

	*is_one = false;
	if (!r)
		return ERR_MEMORY;
	r->to = to;
	r->path = path;
	r->called = path;
	enum err err = volume_tree_open(path, &v, why);
	if (err != OK) /* the walk tells what is wrong with it */
		return err == ERR_REFUSED ? OK : err;
	err = take_volume(r, v);
	volume_free(v);
	*is_one = r->windows > 0;
	if (err == OK && *is_one && r->logs + r->troubles == 0)
		err = tell_none(r);
	return err;
}

static enum err
take_volumes(struct reading *r, struct volume **volumes, size_t count)
{
	char called[PATH_ROOM];
	enum err err = OK;

	for (size_t i = 0; err == OK && i < count; i++) {
		(void)text_copy(called, sizeof called, r->path);
		if (count > 1)
			(void)text_copy(called, sizeof called, volumes[i]->called);
		r->called = called;
		err = take_volume(r, volumes[i]);
	}
	r->called = r->path;
	return err == OK && r->logs + r->troubles == 0 ? tell_none(r) : err;
}

enum err
log_machine_image(const struct log_walk *to, const char *path, bool *is_one)
{
	OWN(own_mem) struct reading *r = calloc(1, sizeof *r);
	struct volume *volumes[VOLUMES_MOST];
	size_t count = 0;
	char why[WHY_ROOM] = "";

	*is_one = false;
	if (!r)
		return ERR_MEMORY;
	r->to = to;
	r->path = path;
	r->called = path;
	r->is_image = true;
	enum err err = volume_image_open(path, volumes, VOLUMES_MOST, &count, why);
	*is_one = err == ERR_REFUSED || count > 0;
	if (err == ERR_REFUSED)
		return tell_trouble(r, "", why);
	if (err == OK && count > 0)
		err = take_volumes(r, volumes, count);
	for (size_t i = 0; i < count; i++)
		volume_free(volumes[i]);
	return err;
}
