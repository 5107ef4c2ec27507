/*
 * The files that the worm leaves, with nothing of it in them: its DLL is an inert one
 * (lab/inert_dll.h), its jobs would start that.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "lab/dice.h"
#include "lab/disk_files.h"
#include "lab/inert_dll.h"
#include "lab/job_make.h"

#define INERT_MOST 262144u
#define JOB_MOST 4096u
#define AUTORUN_MOST 131072u
#define AUTORUN_JUNK 56000u /* tens of kilobytes */
#define HIDDEN_ALL (ATTRIBUTE_HIDDEN | ATTRIBUTE_SYSTEM | ATTRIBUTE_READONLY)
#define BIN "RECYCLER\\S-5-3-42-2819952290-8240758988-879315005-3665"

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

static enum err
put_inert(struct disk_tree *t, const struct disk_plan *p, const char *path)
{
	OWN(own_buf) struct buf b = { 0 };

	buf_init(&b, INERT_MOST);
	TRY(inert_dll(&b, dice_mix(p->seed ^ (uint64_t)p->worm.letter)));
	disk_file(t, &(struct disk_file){ .path = path,
	                                  .bytes = buf_span(&b),
	                                  .filetime = p->released,
	                                  .attributes = HIDDEN_ALL,
	                                  .locked = true });
	return OK;
}

static enum err
put_jobs(struct disk_tree *t, const struct disk_plan *p)
{
	OWN(own_buf) struct buf b = { 0 };
	char path[PLAN_PATH_ROOM];
	char parameters[3 * WORM_NAME_ROOM];

	buf_init(&b, JOB_MOST);
	snprintf(parameters, sizeof parameters, "%s,%s", p->worm.file,
	         p->worm.export_name);
	for (unsigned i = 0; i < p->worm.jobs; i++) {
		buf_clear(&b);
		job_make(&b, &(struct job_order){
				 .product = (uint16_t)(p->level->version[0] << 8 |
		                                       p->level->version[1]),
				 .id = dice_mix(p->seed + i),
				 .application = "rundll32.exe",
				 .parameters = parameters,
				 .author = "SYSTEM",
				 .comment = "Created by NetScheduleJobAdd.",
				 .hour = (uint16_t)(i % 24),
				 .year = 2009,
				 .every_day = true });
		if (b.bad)
			return ERR_LIMIT;
		snprintf(path, sizeof path, "%s\\Tasks\\At%u.job", p->level->root,
		         i + 1);
		disk_file(t, &(struct disk_file){ .path = path,
		                                  .bytes = buf_span(&b),
		                                  .filetime = p->worm.at });
	}
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
	static const char *const lines[] = {
		"[AUTorUN\r\n",
		"AcTION=Open folder to view files\r\n",
		"Icon=%systemroot%\\system32\\shell32.dll,4\r\n",
		"\t shelLExECUte \t=\trundll32.exe .\\" BIN
		"\\jwgkvsq.vmx,ahaezedrn\r\n",
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
	if (b.bad)
		return ERR_LIMIT;
	disk_file(t, &(struct disk_file){ .path = "autorun.inf",
	                                  .bytes = buf_span(&b),
	                                  .filetime = p->worm.at,
	                                  .attributes = HIDDEN_ALL });
	TRY(put_inert(t, p, BIN "\\jwgkvsq.vmx"));
	disk_attributes(t, BIN, HIDDEN_ALL);
	disk_attributes(t, "RECYCLER", ATTRIBUTE_HIDDEN | ATTRIBUTE_SYSTEM);
	return OK;
}

enum err
disk_worm_files(struct disk_tree *t, const struct disk_plan *p)
{
	char path[PLAN_PATH_ROOM];

	if (!p->worm.letter)
		return OK;
	TRY(put_inert(t, p, plan_system32(p, p->worm.file, path)));
	TRY(put_jobs(t, p));
	return p->worm.letter == 'B' ? put_autorun(t, p) : OK;
}
