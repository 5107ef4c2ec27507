#include "lab/disk_tasks.h"

#include <stdio.h>

#include "base/own.h"
#include "base/text.h"
#include "lab/dice.h"
#include "lab/job_make.h"

#define FILE_MOST 16384u
#define BACKUP_JOBS 2
#define AT_COMMENT "Created by NetScheduleJobAdd."
#define SCHEDULE "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache"

#define EXEC 0x6666 /* an action that starts a program */

struct task {
	char name[16]; /* "At1", or "Backup" */
	char application[32];
	char parameters[96];
	bool is_at;
	unsigned hour;
	uint64_t filetime;
};

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

/* The task of that number; false behind the last. */
static bool
task_at(const struct disk_plan *p, unsigned i, struct task *out)
{
	unsigned at_jobs = p->worm.jobs + (plan_has(p, NOISE_BACKUP) ? BACKUP_JOBS : 0);

	*out = (struct task){ .hour = i % 24, .filetime = p->installed };
	if (i > at_jobs)
		return false;
	if (i == at_jobs) {
		snprintf(out->name, sizeof out->name, "Defrag");
		snprintf(out->application, sizeof out->application, "defrag.exe");
		snprintf(out->parameters, sizeof out->parameters, "C: -b");
		return true;
	}
	out->is_at = true;
	snprintf(out->name, sizeof out->name, "At%u", i + 1);
	if (i < p->worm.jobs) {
		out->filetime = p->worm.at;
		snprintf(out->application, sizeof out->application, "rundll32.exe");
		snprintf(out->parameters, sizeof out->parameters, "%s,%s", p->worm.copy,
		         p->worm.export_name);
		return true;
	}
	snprintf(out->application, sizeof out->application, "cmd");
	snprintf(out->parameters, sizeof out->parameters,
	         "/c ntbackup backup systemstate /f D:\\backup\\day%u.bkf", i % 7);
	return true;
}

static void
put_job(struct disk_tree *t, const struct disk_plan *p, const struct task *task)
{
	OWN(own_buf) struct buf b = { 0 };
	char path[PLAN_PATH_ROOM];
	const uint16_t *version = p->level->version;
	struct job_order job = {
		.product = (uint16_t)(version[0] << 8 | version[1]),
		.id = dice_mix(p->seed + task->hour),
		.application = task->application,
		.parameters = task->parameters,
		.author = task->is_at ? "SYSTEM" : "Works",
		.comment = task->is_at ? AT_COMMENT : "",
		.hour = (uint16_t)task->hour,
		.year = 2009,
		.every_day = task->is_at,
	};

	buf_init(&b, FILE_MOST);
	job_make(&b, &job);
	snprintf(path, sizeof path, "%s\\Tasks\\%s.job", p->level->root, task->name);
	disk_file(t, &(struct disk_file){ .path = path,
	                                  .bytes = buf_span(&b),
	                                  .filetime = task->filetime });
}

/* In the shape of the Task Scheduler Schema. */
static void
put_xml(struct disk_tree *t, const struct disk_plan *p, const struct task *task)
{
	OWN(own_buf) struct buf b = { 0 };
	char path[PLAN_PATH_ROOM];
	char name[24];
	char xml[2048];

	snprintf(
	    xml, sizeof xml,
	    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"
	    "<Task version=\"1.0\" "
	    "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n"
	    "  <RegistrationInfo>\r\n    <Author>%s</Author>\r\n"
	    "    <Description>%s</Description>\r\n  </RegistrationInfo>\r\n"
	    "  <Triggers>\r\n    <CalendarTrigger>\r\n"
	    "      <StartBoundary>2009-01-01T%02u:00:00</StartBoundary>\r\n"
	    "      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>\r\n"
	    "    </CalendarTrigger>\r\n  </Triggers>\r\n"
	    "  <Principals>\r\n    <Principal id=\"Author\">\r\n"
	    "      <UserId>%s</UserId>\r\n    </Principal>\r\n  </Principals>\r\n"
	    "  <Actions Context=\"Author\">\r\n    <Exec>\r\n"
	    "      <Command>%s</Command>\r\n      <Arguments>%s</Arguments>\r\n"
	    "    </Exec>\r\n  </Actions>\r\n</Task>\r\n",
	    task->is_at ? "SYSTEM" : "Works", task->is_at ? AT_COMMENT : "", task->hour,
	    task->is_at ? "@AtServiceAccount" : "S-1-5-18", task->application,
	    task->parameters);
	buf_init(&b, FILE_MOST);
	buf_le16(&b, 0xFEFF);
	buf_utf16(&b, xml);
	snprintf(name, sizeof name, "Tasks\\%s", task->name);
	disk_file(t, &(struct disk_file){ .path = plan_system32(p, name, path),
	                                  .bytes = buf_span(&b),
	                                  .filetime = task->filetime });
}

/* SchedLgU.Txt: what ran, long after the jobs may be gone. */
static void
put_log(struct disk_tree *t, const struct disk_plan *p)
{
	OWN(own_buf) struct buf b = { 0 };
	char path[PLAN_PATH_ROOM];
	char entry[256];
	struct task task;
	/* XP has it beside the folder of the jobs, the others in it. */
	const char *folder = p->level->column == COLUMN_XP ? "" : "Tasks\\";

	buf_init(&b, FILE_MOST);
	buf_le16(&b, 0xFEFF);
	for (unsigned i = 0; task_at(p, i, &task) && i < 8; i++) {
		snprintf(entry, sizeof entry,
		         "\"%s.job\" (%s)\r\n\tStarted 2/12/2009 %u:00:00 AM\r\n"
		         "\"%s.job\" (%s)\r\n\tFinished 2/12/2009 %u:00:01 AM\r\n"
		         "\tResult: The task completed with an exit code of (0).\r\n",
		         task.name, task.application, i + 1, task.name,
		         task.application, i + 1);
		buf_utf16(&b, entry);
	}
	buf_utf16(&b, "[ ***** Most recent entry is above this line ***** ]\r\n\r\n");
	snprintf(path, sizeof path, "%s\\%sSchedLgU.Txt", p->level->root, folder);
	disk_file(t, &(struct disk_file){ .path = path,
	                                  .bytes = buf_span(&b),
	                                  .filetime = p->last_used });
}

void
disk_task_files(struct disk_tree *t, const struct disk_plan *p)
{
	struct task task;

	for (unsigned i = 0; task_at(p, i, &task); i++) {
		/* From Vista on only AT still writes the old form. */
		if (task.is_at || !level_is_6(p->level))
			put_job(t, p, &task);
		if (level_is_6(p->level))
			put_xml(t, p, &task);
	}
	put_log(t, p);
}

static void
put_counted(struct buf *b, const char *text)
{
	struct buf utf16 = { 0 };

	buf_init(&utf16, FILE_MOST);
	buf_utf16(&utf16, text);
	buf_le32(b, (uint32_t)utf16.len);
	buf_put(b, utf16.at, utf16.len);
	buf_free(&utf16);
}

void
disk_task_keys(struct hive_make *h, const struct disk_plan *p)
{
	struct task task;
	char id[48];
	char path[24];

	for (unsigned i = 0; level_is_6(p->level) && task_at(p, i, &task); i++) {
		OWN(own_buf) struct buf actions = { 0 };
		uint64_t dice = dice_mix(p->seed ^ i);

		snprintf(id, sizeof id, "{%08X-%04X-4%03X-8%03X-%012llX}",
		         (unsigned)(dice & 0xFFFFFFFF), (unsigned)(dice >> 32 & 0xFFFF),
		         (unsigned)(dice >> 48 & 0xFFF), i,
		         (unsigned long long)(dice_mix(dice) & 0xFFFFFFFFFFFF));
		snprintf(path, sizeof path, "\\%s", task.name);
		buf_init(&actions, FILE_MOST);
		buf_le16(&actions, 1);
		buf_le16(&actions, EXEC);
		put_counted(&actions, "");
		put_counted(&actions, task.application);
		put_counted(&actions, task.parameters);
		put_counted(&actions, "");
		hive_at(h, SCHEDULE "\\Tree\\%s", task.name);
		hive_text(h, "Id", id);
		hive_u32(h, "Index", 1);
		hive_at(h, SCHEDULE "\\Tasks\\%s", id);
		hive_text(h, "Path", path);
		hive_bytes(h, "Actions", HIVE_BINARY, buf_span(&actions));
	}
}
