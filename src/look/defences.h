/*
 * How a machine's defences stand: what `check` shows beside its findings, and the
 * status commands show alone.  Nothing here changes a state of infection, except
 * that defence_patches may add the finding fake-patch to in->out.
 *
 * Each adds its statuses (flow/status.h), with `says` and `next` in plain words; a
 * thing that could not be read is a status of NEED_TELLING that says why.
 */
#ifndef LOOK_DEFENCES_H
#define LOOK_DEFENCES_H

#include "flow/status.h"
#include "look/inside.h"

/* Fields: kb, bulletin, state (present, superseded, missing, not-needed, unknown),
 * evidence, package, newest (the package that closes more, or ""), restart. */
enum err defence_patches(const struct inside *, struct statuses *);

/* Fields: setting (IniFileMapping, NoDriveTypeAutoRun, HonorAutorunSetting, …),
 * value, covers, leaves. */
enum err defence_autorun(const struct inside *, struct statuses *);

/* Fields: category ("Logon", "Account Logon", "Account Management"), success,
 * failure, wanted, evidence. */
enum err defence_audit(const struct inside *, struct statuses *);

/* Fields: name, kind ("at", "task"), command, arguments, author, comment, next_run
 * or schedule, last_run, file, verdict ("worm", "suspect", "other"). */
enum err defence_tasks(const struct inside *, struct statuses *);

#endif
