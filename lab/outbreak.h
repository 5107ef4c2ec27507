/*
 * A network on which one machine guesses passwords, as its targets' Security logs tell
 * it: repeatable by a seed, in order of time, and no more in memory than one event.
 *
 * The worm takes its accounts one after the other, with every password of its list (5
 * to 60 a second and target, type 3, NtLmSsp).  On some targets its last guess is
 * right: it logs on, and makes an At job.  Beside it are what is no attack: people who
 * mistype, a service with an old password, a scanner without names, tasks that are
 * scheduled.
 */
#ifndef LAB_OUTBREAK_H
#define LAB_OUTBREAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/evt_write.h"
#include "lab/evtx_write.h"

#define OUTBREAK_NAME_ROOM 24

struct outbreak {
	uint64_t seed;
	uint32_t begins;        /* seconds since 1970 */
	uint32_t seconds;       /* that are told of */
	unsigned machines;      /* 200, at least 4 */
	unsigned targets;       /* of the worm: machines 0 to this, but for itself */
	unsigned accounts;      /* that it knows on each of them */
	unsigned lockout_after; /* so many failures; 0: never */
	bool has_addresses;     /* as Windows 2003 writes its logs */
	/* Of a hundred machines so many are a Windows Vista or later.  With any, there
	 * is a domain controller, and it is one of them. */
	unsigned late;
};

/* Machines with a part of their own. */
unsigned outbreak_worm(const struct outbreak *);
unsigned outbreak_scanner(const struct outbreak *);
unsigned outbreak_service(const struct outbreak *);        /* has the old password */
unsigned outbreak_service_target(const struct outbreak *); /* where it tries it */
unsigned outbreak_controller(const struct outbreak *); /* people log on by Kerberos */

/* Is it a Windows Vista or later?  Then its log is an .evtx. */
bool outbreak_is_late(const struct outbreak *, unsigned machine);

/* "WARD-17" and "10.0.0.27" of a machine. */
void outbreak_machine(unsigned machine, char name[OUTBREAK_NAME_ROOM],
                      char address[OUTBREAK_NAME_ROOM]);

/* Passwords that the worm has for an account. */
unsigned outbreak_tries(void);

/* Does it get into that one of its targets? */
bool outbreak_falls(const struct outbreak *, unsigned target);

/* The event with this id; its texts are valid during the call. */
typedef void (*outbreak_seen)(void *with, uint16_t id, const struct evt_logon *);

/* What the log of a machine has: 529, 539, 540, 602 and 644, at the controller 672 and
 * 675 as well. */
void outbreak_target(const struct outbreak *, unsigned target, outbreak_seen,
                     void *with);

/* The same as a log in a file, by the numbers of its Windows. */
void outbreak_write(const struct outbreak *, unsigned target, struct evt_write *);
CHECKED enum err outbreak_write_late(const struct outbreak *, unsigned target,
                                     struct evtx_write *);

#endif
