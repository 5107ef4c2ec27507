/*
 * The services of svchost's netsvcs group that Windows does not bring, judged: for
 * the detector (look/services.c), and for who takes them away.
 */
#ifndef LOOK_SERVICES_H
#define LOOK_SERVICES_H

#include "look/inside.h"
#include "look/worm_file.h"

#define SVCHOST_KEY "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SvcHost"
#define SVCHOST_GROUP "netsvcs"
#define SERVICE_MEMBER_ROOM 260

/* What its key looks like. */
struct service_signs {
	bool is_locked; /* administrators may not read it */
	bool has_display_words;
	bool has_made_up_name;
	char display[128];
	char copied_from[NAME_ROOM]; /* the service that has the same description */
};

/* Its file. */
struct service_target {
	char said[PATH_ROOM]; /* as the registry has it; "" for none */
	char path[PATH_ROOM]; /* on this machine */
	struct file_judged file;
	bool has_computed_name;
	variants of_name; /* that compute it */
};

struct service_judged {
	const char *set;  /* "HKLM\SYSTEM\ControlSet001"; "" where there is no key */
	const char *name; /* as the key has it, or the group */
	const char *path; /* of the key; "" */
	const struct reg_key *key; /* NULL where there is none */
	bool is_member;            /* of netsvcs */
	bool starts_svchost;       /* its command line is that of the group, exactly */
	const char *trace;         /* NULL where there is nothing to be said of it */
	struct service_signs signs;
	struct service_target target;
};

/* Each, in every control set; then the members of the group that have no key. */
typedef enum err service_seen(void *with, const struct service_judged *);
enum err services_each(const struct inside *, service_seen *, void *with);

/* How many of the worm's marks the key itself has. */
int service_signs_count(const struct service_signs *);

/* Does it run in the netsvcs group, by its command line? */
bool service_starts_svchost(const struct installation *, const struct reg_key *);

/* One service, of whatever name: the same judge. */
struct services_budget;
CHECKED enum err service_judge(const struct inside *, struct services_budget *,
                               struct service_judged *);

#endif
