#include "cmd/facts.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/text.h"
#include "reach/cage.h"

/* Descriptors that are not a host's: case, reports, epoll, standard streams. */
#define NOT_HOSTS 64u

static void
tell_cage(struct fact *f)
{
	struct cage_state cage = { 0 };

	cage_probe(&cage);
	if (!cage.seccomp && !cage.landlock) {
		(void)text_copy(
		    f->value, FACT_ROOM,
		    "NOT in force: this kernel has neither seccomp nor Landlock; "
		    "decode foreign files on another machine");
		return;
	}
	int len = snprintf(f->value, FACT_ROOM, "seccomp %s, Landlock ",
	                   cage.seccomp ? "in force" : "NOT in force");
	if (cage.landlock)
		snprintf(f->value + len, FACT_ROOM - (size_t)len,
		         "in force (version %d)", cage.landlock_abi);
	else
		snprintf(f->value + len, FACT_ROOM - (size_t)len, "NOT in force");
}

static void
tell_open_files(struct fact *f)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		(void)text_copy(f->value, FACT_ROOM, "not told");
		return;
	}
	unsigned long long now = limit.rlim_cur;
	unsigned long long most = limit.rlim_max;
	snprintf(f->value, FACT_ROOM,
	         "%llu now, %llu at most: up to %llu hosts in flight", now, most,
	         most > NOT_HOSTS ? most - NOT_HOSTS : 0);
}

void
facts_of_platform(struct facts *all)
{
	tell_cage(facts_add(all, "cage"));
	tell_open_files(facts_add(all, "descriptors"));
}
