/*
 * The files that the worm leaves, with nothing of it in them: its DLL is an inert one
 * (lab/inert_dll.h), its jobs would start that.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "lab/dice.h"
#include "lab/disk_files.h"
#include "lab/disk_hives.h"
#include "lab/inert_dll.h"

#define INERT_MOST 262144u
#define AUTORUN_MOST 131072u
#define AUTORUN_JUNK 56000u /* tens of kilobytes */
#define HIDDEN_ALL (ATTRIBUTE_HIDDEN | ATTRIBUTE_SYSTEM | ATTRIBUTE_READONLY)
#define BIN "RECYCLER\\S-5-3-42-2819952290-8240758988-879315005-3665"

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

struct inert_place {
	const char *path;
	uint64_t filetime;
	bool is_guarded; /* hidden, and administrators may not read it */
};

static enum err
put_inert(struct disk_tree *t, const struct disk_plan *p,
          const struct inert_place *place)
{
	OWN(own_buf) struct buf b = { 0 };

	buf_init(&b, INERT_MOST);
	TRY(inert_dll(&b, dice_mix(p->seed ^ (uint64_t)p->worm.letter)));
	disk_file(t,
	          &(struct disk_file){ .path = place->path,
	                               .bytes = buf_span(&b),
	                               .filetime = place->filetime,
	                               .attributes = place->is_guarded ? HIDDEN_ALL : 0,
	                               .locked = place->is_guarded });
	return OK;
}

/* Lines that count, drowned in comments of any bytes. */
static void
put_junk(struct buf *b, uint64_t *dice, size_t len)
{
	size_t end = b->len + len;

	while (!b->bad && b->len < end) {
		size_t line = 20 + dice_next(dice) % 200;

		buf_u8(b, ';');
		for (size_t i = 0; i < line; i++) {
			uint8_t byte = (uint8_t)dice_next(dice);

			buf_u8(b,
			       byte == 0 || byte == '\r' || byte == '\n' ? 'x' : byte);
		}
		buf_text(b, "\r\n");
	}
}

static enum err
put_autorun(struct disk_tree *t, const struct disk_plan *p)
{
	static const char starts[] = "\t shelLExECUte \t=\trundll32.exe .\\" BIN
				     "\\jwgkvsq.vmx,ahaezedrn\r\n";
	static const char *const lines[] = {
		"[AUTorUN\r\n",
		"AcTION=Open folder to view files\r\n",
		"Icon=%systemroot%\\system32\\shell32.dll,4\r\n",
		starts,
		"useAuTopLAY=1\r\n",
	};
	OWN(own_buf) struct buf b = { 0 };
	uint64_t dice = dice_mix(p->seed ^ 0x696E66);
	size_t count = sizeof lines / sizeof *lines;

	buf_init(&b, AUTORUN_MOST);
	for (size_t i = 0; i < count; i++) {
		put_junk(&b, &dice, AUTORUN_JUNK / count);
		buf_text(&b, lines[i]);
	}
	put_junk(&b, &dice, AUTORUN_JUNK / count);
	disk_file(t, &(struct disk_file){ .path = "autorun.inf",
	                                  .bytes = buf_span(&b),
	                                  .filetime = p->worm.at,
	                                  .attributes = HIDDEN_ALL });
	TRY(put_inert(t, p,
	              &(struct inert_place){ BIN "\\jwgkvsq.vmx", p->worm.at, true }));
	disk_attributes(t, BIN, HIDDEN_ALL);
	disk_attributes(t, "RECYCLER", ATTRIBUTE_HIDDEN | ATTRIBUTE_SYSTEM);
	return OK;
}

/* Under an image's name in the cache of the service that fetched it. */
static enum err
put_download(struct disk_tree *t, const struct disk_plan *p)
{
	char profile[PLAN_PATH_ROOM];
	char path[2 * PLAN_PATH_ROOM];

	snprintf(path, sizeof path, "%s\\%s\\Content.IE5\\K3QN8XW1\\%s[1].jpg",
	         disk_user_profile(p, DISK_SERVICE, profile),
	         plan_place(p, PLACE_CACHE), p->worm.run_value);
	return put_inert(t, p, &(struct inert_place){ path, p->worm.at, false });
}

enum err
disk_worm_files(struct disk_tree *t, const struct disk_plan *p)
{
	const struct disk_worm *w = &p->worm;
	char path[PLAN_PATH_ROOM];

	if (!w->letter)
		return OK;
	/* Its times are those of kernel32.dll. */
	TRY(put_inert(t, p, &(struct inert_place){ w->dll + 3, p->released, true }));
	if (w->letter == 'A')
		return put_inert(
		    t, p,
		    &(struct inert_place){ plan_system32(p, "x", path), w->at, false });
	if (w->letter == 'D')
		return OK;
	plan_system32(p, w->copy, path);
	TRY(put_inert(t, p, &(struct inert_place){ path, p->released, true }));
	TRY(put_download(t, p));
	return put_autorun(t, p);
}
