/*
 * The scheduled tasks of a machine, out of all three places where Windows keeps
 * them: Tasks\*.job, System32\Tasks (Vista and later), and the registry's TaskCache
 * (only those whose file is gone).
 */
#ifndef LOOK_TASK_LIST_H
#define LOOK_TASK_LIST_H

#include "format/task_xml.h"
#include "look/inside.h"
#include "look/worm_file.h"

struct task {
	char name[NAME_ROOM];   /* "At1", "Microsoft\Windows\Defrag\ScheduledDefrag" */
	char place[PATH_ROOM];  /* its file, or its key */
	enum heard heard;       /* not HEARD: nothing but the two above is known … */
	char because[WHY_ROOM]; /* … and why, with what to do */
	bool is_at;             /* made by way of the AT service */
	bool is_disabled;
	char command[TASK_TEXT_ROOM]; /* "" where it starts no program */
	char arguments[TASK_TEXT_ROOM];
	char author[256];
	char comment[TASK_TEXT_ROOM];
	char schedule[128]; /* for people: "daily at 15:42, every 60 minutes" */
	char last_run[40];  /* in local time; "" never, or not known */
};

/* Each task, by place and then by name; one with several programs comes again. */
typedef enum err task_seen(void *with, const struct task *);
enum err task_list_each(const struct inside *, task_seen *, void *with);

/* The task in this file, as task_list_each tells it; several programs: the first.
 * False where there is no such file, or it lies in neither folder of tasks. */
CHECKED enum err task_list_read(const struct inside *, const char *place,
                                struct task *out, bool *there);

/* The folder of .job files. */
void task_list_folder(const struct inside *, char to[PATH_ROOM]);

/* The command with its arguments, as one line; what is longer is cut. */
#define TASK_LINE_ROOM (2 * TASK_TEXT_ROOM)
void task_line(const struct task *, char to[TASK_LINE_ROOM]);

enum task_is {
	TASK_IS_OTHER = 1,
	TASK_IS_WORM,      /* starts a file that is the worm's */
	TASK_IS_SUSPECT,   /* of the worm's form; what it starts is gone, or suspect */
	TASK_IS_UNDECIDED, /* of the worm's form; what it starts cannot be read */
};

struct task_judged {
	char line[TASK_LINE_ROOM]; /* judged last: the 24 of a day are all alike */
	enum task_is is;
	struct file_judged file; /* what it starts; FILE_IS_ABSENT where it is gone */
	char path[PATH_ROOM];    /* where that lies, or ought to */
};

/* Begin with a zeroed one and keep it: what was judged last is not judged again. */
void task_judge(const struct inside *, const struct task *, struct task_judged *);

#endif
