/*
 * TaskCache\Tasks\{…}\Actions: what a task of Vista or later starts, as the registry
 * keeps it beside the XML.  Only its simple form, of one program, is taken apart.
 *
 * Nobody has published this format; what is read here is what public tools for
 * examining such machines agree on.
 */
#ifndef FORMAT_TASK_CACHE_H
#define FORMAT_TASK_CACHE_H

#include <stdbool.h>

#include "base/heard.h"
#include "base/span.h"

struct task_cache_action { /* UTF-16LE, pointing into the value */
	struct span command;
	struct span arguments;
};

/*
 * The first action.  HEARD_NOTHING: there is none, or it starts no program.
 * HEARD_SHORT and HEARD_ODD: not of the form that is known.
 */
enum heard task_cache_read(struct span value, struct task_cache_action *out);

#endif
