/*
 * A scheduled task of Vista and later: the few elements of its XML that tell what it
 * starts and who made it.  Reads what Windows writes (UTF-16LE with its mark, or
 * UTF-8; entities, comments, CDATA, any prefix before a name) and is no general XML
 * reader: there are no document types, and nothing is ever fetched or expanded.
 *
 * Source: Microsoft, Task Scheduler Schema.
 */
#ifndef FORMAT_TASK_XML_H
#define FORMAT_TASK_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"

#define TASK_XML_BYTES_MOST (512u * 1024) /* one of Windows 7 has 2 to 10 KB */
#define TASK_XML_DEPTH 32u
#define TASK_XML_ACTIONS_MOST 32u /* as the schema has it */
#define TASK_TEXT_ROOM 1024

struct task_xml_action { /* Exec; others start no command */
	char command[TASK_TEXT_ROOM];
	char arguments[TASK_TEXT_ROOM];
};

/* Text is UTF-8, trimmed, and cut where it is longer; "" where there is none. */
struct task_xml {
	char author[256];
	char description[TASK_TEXT_ROOM];
	char date[40];
	char user[256];   /* UserId of a principal */
	char trigger[40]; /* the first trigger's element: "LogonTrigger" */
	char begins[40];  /* the first StartBoundary of any trigger */
	bool is_disabled; /* Settings\Enabled is false */
	size_t trigger_count;
	size_t action_count; /* those that start no command as well */
	size_t exec_count;
	struct task_xml_action exec[TASK_XML_ACTIONS_MOST];
};

/*
 * HEARD_SHORT: it ends within an element.  HEARD_ODD: no task, not well-formed (as
 * far as this looks), or beyond a limit above.
 */
enum heard task_xml_read(struct span file, struct task_xml *out);

#endif
