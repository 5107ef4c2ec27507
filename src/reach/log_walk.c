/*
 * The way through folders is a stack of those that are open: each with its names, and
 * how many of them were looked at.  What a name is, is asked before it is opened: to
 * open a device can do something.  What was opened is asked again.
 */
#include "reach/log_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "format/log_carve.h"
#include "reach/log_known.h"
#include "reach/log_machine.h"
#include "reach/log_names.h"
#include "reach/log_packed.h"
#include "reach/log_spool.h"

#define DEPTH_MOST 64
#define PATH_MOST (32u << 10) /* more than 64 names and where they begin */
#define OPENING (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

struct folder {
	int fd;
	struct log_names names;
	size_t next;
	size_t path_len; /* of its own path */
};

struct walk {
	const struct log_walk *to;
	struct buf path; /* of what is looked at */
	struct buf text; /* of all names */
	struct folder folders[DEPTH_MOST];
	size_t depth;
	struct log_told told; /* of it */
};

/* What is looked at: a name in a folder, or a path that the user named. */
struct place {
	int folder;
	const char *name;
	bool is_named;
	struct stat is; /* what it is */
};

/* ---- telling */

static enum err
tell(struct walk *w, int fd, enum log_kind kind, uint64_t bytes)
{
	w->told.kind = kind;
	w->told.bytes = bytes;
	text_end(w->told.path, sizeof w->told.path, buf_string(&w->path));
	return w->path.bad ? ERR_MEMORY : w->to->found(w->to->with, fd, &w->told);
}

static enum err
tell_none(struct walk *w, const char *why)
{
	(void)text_copy_utf8(w->told.why, sizeof w->told.why, why);
	return tell(w, -1, LOG_IS_NONE, 0);
}

/* errno says why. */
static enum err
tell_failure(struct walk *w)
{
	char why[WHY_ROOM];
	const char *now = "copy it, and name the copy";

	switch (errno) {
	case EMFILE:
	case ENFILE:
	case ENOMEM: return ERR_SYSTEM;
	case EACCES:
	case EPERM: now = "run as root, or copy it"; break;
	case ENOENT:
	case ENOTDIR: now = "see how it is spelled"; break;
	default: break;
	}
	(void)snprintf(why, sizeof why, "cannot be read: %s; %s", strerror(errno), now);
	return tell_none(w, why);
}

static const char *
words_for(mode_t mode)
{
	if (S_ISBLK(mode) || S_ISCHR(mode))
		return "is a device and no event log; name one (.evt, .evtx, XML, "
		       "JSON, CSV)";
	if (S_ISSOCK(mode))
		return "is a socket and no event log; name one (.evt, .evtx, XML, "
		       "JSON, CSV)";
	return "is no event log (.evt, .evtx, XML, JSON, CSV); name one, or a "
	       "folder with some";
}

/* ---- files */

/* What is no event log is passed over, but where it was named. */
static enum err
not_a_log(struct walk *w, const struct place *p, const struct stat *is)
{
	if (!p->is_named)
		return OK;
	if (S_ISREG(is->st_mode) && is->st_size == 0)
		return tell_none(
		    w, "is empty; name an event log (.evt, .evtx, XML, JSON, CSV)");
	return tell_none(w, words_for(is->st_mode));
}

static enum err
take_packed(struct walk *w, const struct place *p, int fd)
{
	struct log_packed job = { w->to, &log_packed_usual, buf_string(&w->path),
		                  p->is_named };

	return log_packed_read(&job, fd);
}

/* Whoever names a file that begins like none means what is in it. */
static bool
is_to_be_carved(const struct place *p, const struct stat *is)
{
	return p->is_named && S_ISREG(p->is.st_mode) && is->st_size >= LOG_CARVE_LEAST;
}

/* What was named and is no log may be a disk's image, which has some. */
static enum err
take_image(struct walk *w, const struct place *p, const struct stat *is, bool *is_one)
{
	*is_one = false;
	if (!p->is_named || strcmp(p->name, "-") == 0 ||
	    !(S_ISBLK(is->st_mode) || (S_ISREG(is->st_mode) && is->st_size > 0)))
		return OK;
	return log_machine_image(w->to, p->name, is_one);
}

/* fd -1: it is opened by its name only. */
static enum err
take_other(struct walk *w, const struct place *p, int fd, const struct stat *is)
{
	bool is_image = false;
	enum err err = take_image(w, p, is, &is_image);

	if (err == OK && !is_image && is_to_be_carved(p, is))
		return tell(w, fd, LOG_IS_CARVED, (uint64_t)is->st_size);
	if (err == OK && !is_image)
		err = not_a_log(w, p, is);
	if (fd >= 0)
		close(fd);
	return err;
}

/* One that is open, and closed here or by the taker. */
static enum err
take(struct walk *w, const struct place *p, int fd)
{
	struct log_known known = { .kind = LOG_IS_NONE };
	struct stat is;

	bool is_read = fstat(fd, &is) == 0 &&
	               (!S_ISREG(is.st_mode) || log_known_of(fd, &known));
	if (is_read && known.kind != LOG_IS_NONE)
		return tell(w, fd, known.kind, (uint64_t)is.st_size);
	if (is_read && known.is_packed)
		return take_packed(w, p, fd);
	if (is_read && !known.is_other)
		return take_other(w, p, fd, &is);
	enum err err = is_read ? tell_none(w, LOG_OTHER_WHY) : tell_failure(w);
	close(fd);
	return err;
}

static enum err
take_file(struct walk *w, const struct place *p)
{
	int fd = openat(p->folder, p->name, OPENING | (p->is_named ? 0 : O_NOFOLLOW));

	return fd < 0 ? tell_failure(w) : take(w, p, fd);
}

/* ---- pipes, which somebody has named */

static enum err
take_stream(struct walk *w, const struct place *p, int from)
{
	int fd = -1;

	TRY(log_spool(from, w->to->pulse, &fd, w->told.why));
	return fd < 0 ? tell(w, -1, LOG_IS_NONE, 0) : take(w, p, fd);
}

static enum err
take_pipe(struct walk *w, const struct place *p)
{
	int fd = openat(p->folder, p->name, OPENING);

	if (fd < 0)
		return tell_failure(w);
	enum err err = take_stream(w, p, fd);
	close(fd);
	return err;
}

/* A file that the shell has opened needs no copy. */
static enum err
take_stdin(struct walk *w)
{
	struct place p = { .name = "-", .is_named = true };

	if (fstat(STDIN_FILENO, &p.is) != 0)
		return tell_failure(w);
	if (S_ISDIR(p.is.st_mode))
		return tell_none(w, "standard input is a folder; name it instead");
	if (!S_ISREG(p.is.st_mode))
		return take_stream(w, &p, STDIN_FILENO);
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? tell_failure(w) : take(w, &p, fd);
}

/* ---- folders */

static void
leave(struct walk *w)
{
	struct folder *f = &w->folders[--w->depth];

	log_names_free(&f->names, &w->text);
	close(f->fd);
}

static enum err
enter(struct walk *w, const struct place *p)
{
	struct folder *f = &w->folders[w->depth];

	if (w->depth == DEPTH_MOST)
		return tell_none(w, "lies deeper than 64 folders; name it itself");
	*f = (struct folder){ .path_len = w->path.len };
	f->fd = openat(p->folder, p->name,
	               OPENING | O_DIRECTORY | (p->is_named ? 0 : O_NOFOLLOW));
	if (f->fd < 0)
		return tell_failure(w);
	enum err err = log_names_read(f->fd, &w->text, &f->names);
	if (err == OK) {
		w->depth++;
		return OK;
	}
	if (err == ERR_SYSTEM)
		err = tell_failure(w);
	else if (err == ERR_LIMIT)
		err = tell_none(w, "has more names in it than are sorted here, 24 MB; "
		                   "put them into several folders");
	close(f->fd);
	return err;
}

/* A folder that a Windows is in is a machine, where it was named. */
static enum err
take_folder(struct walk *w, const struct place *p)
{
	bool is_machine = false;

	if (p->is_named)
		TRY(log_machine_folder(w->to, p->name, &is_machine));
	return is_machine ? OK : enter(w, p);
}

static enum err
visit(struct walk *w, struct place *p)
{
	int flags = p->is_named ? 0 : AT_SYMLINK_NOFOLLOW;

	if (fstatat(p->folder, p->name, &p->is, flags) != 0) {
		/* One that was in a folder a moment ago has gone. */
		return errno == ENOENT && !p->is_named ? OK : tell_failure(w);
	}
	if (S_ISDIR(p->is.st_mode))
		return take_folder(w, p);
	if (S_ISFIFO(p->is.st_mode) && p->is_named)
		return take_pipe(w, p);
	/* A short one need not be opened to know what it is not. */
	if (S_ISBLK(p->is.st_mode))
		return take_other(w, p, -1, &p->is);
	if (!S_ISREG(p->is.st_mode) || p->is.st_size < LOG_LEAST)
		return not_a_log(w, p, &p->is);
	return take_file(w, p);
}

static enum err
visit_next(struct walk *w, struct folder *f)
{
	struct place p = { .folder = f->fd };

	p.name = log_names_get(&f->names, &w->text, f->next++);
	w->told = (struct log_told){ .kind = LOG_IS_NONE };
	w->path.len = f->path_len;
	if (w->path.at[w->path.len - 1] != '/')
		buf_text(&w->path, "/");
	buf_text(&w->path, p.name);
	TRY(log_pulse(w->to->pulse, 0));
	return w->path.bad ? ERR_LIMIT : visit(w, &p);
}

static enum err
walk_down(struct walk *w)
{
	while (w->depth > 0) {
		struct folder *f = &w->folders[w->depth - 1];

		if (f->next < f->names.count)
			TRY(visit_next(w, f));
		else
			leave(w);
	}
	return OK;
}

static enum err
visit_named(struct walk *w, const char *path)
{
	struct place p = { .folder = AT_FDCWD, .name = path, .is_named = true };

	w->told = (struct log_told){ .kind = LOG_IS_NONE };
	buf_clear(&w->path);
	buf_text(&w->path, path);
	TRY(log_pulse(w->to->pulse, 0));
	if (w->path.bad)
		return ERR_LIMIT;
	return strcmp(path, "-") == 0 ? take_stdin(w) : visit(w, &p);
}

enum err
log_walk(const struct log_walk *to, const char *const *paths, size_t count)
{
	OWN(own_mem) struct walk *w = calloc(1, sizeof *w);
	enum err err = OK;

	if (!w)
		return ERR_MEMORY;
	w->to = to;
	buf_init(&w->path, PATH_MOST);
	buf_init(&w->text, LOG_NAMES_MOST);
	for (size_t i = 0; err == OK && i < count; i++) {
		err = visit_named(w, paths[i]);
		if (err == OK)
			err = walk_down(w);
	}
	while (w->depth > 0)
		leave(w);
	buf_free(&w->path);
	buf_free(&w->text);
	return err;
}
