/*
 * A running copy of the worm holds its public RSA key in clear in memory, and so
 * does what memory is written to: page files, crash dumps, images of it.  The file
 * on disk is packed, so a key is a sign that it ran, on this machine or, in an image
 * of a whole disk, wherever what lies there came from.
 *
 * What fools it: a copy of the analysis that the keys were published in, or another
 * tool's table of them, read by somebody as bytes (ours is text).  What it cannot
 * see: a hibernation file since Windows XP is compressed, so no key in hiberfil.sys
 * proves nothing; and a page file holds only what did not fit into memory.
 */
#include "look/inside.h"

#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/rsa_search.h"
#include "know/rsa_keys.h"

#define DETECTOR "memory"

/* The one file of a machine that is nothing but a file (reach/raw.h). */
#define WHOLE_FILE "\\"

static void
own_search(struct rsa_search **s)
{
	rsa_search_free(*s);
}

/* ---- one file */

static void
report(const struct inside *in, const char *place, const struct rsa_key *key,
       const struct rsa_found *found)
{
	bool is_whole = found->whole > 0;
	struct finding *f = NULL;

	if (!is_whole && found->parts == 0)
		return;
	f = look_found(in, is_whole ? "memory-key" : "memory-key-part", place);
	f->variants = key->variants;
	finding_number(f, "offset",
	               (int64_t)(is_whole ? found->whole_at : found->longest_at));
	finding_number(f, "count", (int64_t)(is_whole ? found->whole : found->parts));
	finding_number(f, "bytes",
	               is_whole ? (int64_t)strlen(key->hex) / 2
	                        : (int64_t)found->longest);
}

#define OFTEN (64u * RSA_BLOCK) /* bytes between two words on how far it is */

/* Reads the open file to its end, or to where it cannot be read. */
static enum heard
search(struct machine *m, const struct machine_file *file, const char *called,
       struct rsa_search *s)
{
	enum heard heard = HEARD;
	size_t got = RSA_BLOCK;

	for (uint64_t at = 0; heard == HEARD && got == RSA_BLOCK; at += got) {
		if (at % OFTEN == 0)
			heard = machine_goes_on(m, called, at, file->size);
		if (heard != HEARD)
			break;
		heard = machine_read(
		    m, file, (struct machine_want){ at, rsa_search_room(s), RSA_BLOCK },
		    &got);
		rsa_search_filled(s, got);
	}
	rsa_search_end(s);
	return heard;
}

/* `called`: what people know the path as. */
static enum err
look_into(const struct inside *in, const char *path, const char *called)
{
	OWN(own_search) struct rsa_search *s = NULL;
	const char *keys[RSA_KEYS_MOST];
	struct machine_file file;

	enum heard heard = machine_open(in->machine, path, &file);
	if (heard != HEARD)
		return look_unread(in, DETECTOR, called, heard);
	for (size_t i = 0; i < rsa_keys_count && i < RSA_KEYS_MOST; i++)
		keys[i] = rsa_keys[i].hex;
	enum err err = rsa_search_new(keys, rsa_keys_count, &s);
	if (err == OK)
		heard = search(in->machine, &file, called, s);
	machine_close_file(in->machine, &file);
	if (err != OK)
		return err;
	for (size_t i = 0; i < rsa_keys_count; i++) {
		struct rsa_found found = rsa_search_found(s, i);

		report(in, called, &rsa_keys[i], &found);
	}
	return look_unread(in, DETECTOR, called, heard);
}

static enum err
look_in_folder(const struct inside *in, const char *folder, const char *name)
{
	char path[PATH_ROOM];

	if (!path_join(path, sizeof path, folder, name))
		return OK;
	return look_into(in, path, path);
}

/* ---- where they lie */

/* Small dumps of single crashes, each with some pages of memory. */
static enum err
look_into_small_dumps(const struct inside *in, const char *windows)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	char folder[PATH_ROOM];

	if (!path_join(folder, sizeof folder, windows, "Minidump"))
		return OK;
	enum heard heard = machine_list(in->machine, folder, &list);
	TRY(look_unread(in, DETECTOR, folder, heard));
	for (size_t i = 0; heard == HEARD && i < list.count; i++) {
		const char *name = list.at[i].name;
		size_t len = strlen(name);

		if (list.at[i].is_file && len > 4 && text_same(name + len - 4, ".dmp"))
			TRY(look_in_folder(in, folder, name));
	}
	return OK;
}

enum err
look_memory(const struct inside *in)
{
	static const char *const on_drives[] = { "hiberfil.sys", "pagefile.sys",
		                                 "swapfile.sys" };
	const struct machine *m = in->machine;

	if (m->drive_count == 0)
		return look_into(in, WHOLE_FILE, m->called);
	for (size_t d = 0; d < m->drive_count; d++) {
		for (size_t i = 0; i < sizeof on_drives / sizeof on_drives[0]; i++)
			TRY(look_in_folder(in, m->drives[d].root, on_drives[i]));
	}
	if (!m->windows[0])
		return OK;
	TRY(look_in_folder(in, m->windows, "MEMORY.DMP"));
	return look_into_small_dumps(in, m->windows);
}
