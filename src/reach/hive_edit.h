/*
 * Changing a registry hive: on a copy, in a cage, by the hive library; then verified
 * in another cage, by an independent reader (libregf), every key that is not the same
 * to the byte: only what the edits name may differ.  Nothing is ever written to the
 * file itself here.
 */
#ifndef REACH_HIVE_EDIT_H
#define REACH_HIVE_EDIT_H

#include "flow/machine.h"
#include "reach/hive.h"

enum reg_edit_kind {
	REG_EDIT_SET = 1,      /* a value; missing keys are made */
	REG_EDIT_DELETE_VALUE, /* not there: nothing is done */
	REG_EDIT_DELETE_KEY,   /* with all below it */
	REG_EDIT_MAKE_KEY,
};

struct reg_edit {
	enum reg_edit_kind kind;
	uint32_t type;    /* of the value */
	const char *key;  /* below the hive's root: "ControlSet001\Services\foo" */
	const char *name; /* of the value; "" the default one */
	struct span bytes;
};
#define REG_EDITS_MOST 4096

/*
 * States of a hive, in memory of their own, with hive_states_close.  Where it was not
 * dirty, the first two are one.
 */
struct hive_states {
	int before; /* memfd: the hive as it lies on the disk */
	int ready; /* memfd: the same with its logs replayed; what the edits stand on */
	int after; /* memfd: with the edits; no shorter than `ready` */
	bool was_dirty;
	const struct reg_edit *edits; /* the caller's, until hive_edit_end */
	size_t count;
	/* NULL: not begun.  They are gone when this is closed. */
	struct cage *editing;
	struct cage *comparing; /* the last two */
	bool is_over;
};
#define HIVE_STATES_NONE                               \
	{                                              \
		.before = -1, .ready = -1, .after = -1 \
	}

/*
 * Not HEARD: `why` says what is wrong and what to do: a hive whose logs are missing or
 * do not fit, one that the library or the reader refuses, an edit that could not be
 * done (the handle is thrown away), a difference that no edit asked for.
 */
enum heard hive_edit(const struct hive_files *, const struct reg_edit *, size_t count,
                     struct hive_states *out, char why[WHY_ROOM]);
void hive_states_close(struct hive_states *);

/*
 * The same in three parts, so that several hives are changed and compared side by side:
 * the first begins the changes, the second waits for them and begins to compare, the
 * third waits for that.  `after` has the edits from the second on, and is not verified
 * before the third is HEARD.
 */
enum heard hive_edit_begin(const struct hive_files *, const struct reg_edit *,
                           size_t count, struct hive_states *out, char why[WHY_ROOM]);
enum heard hive_edit_compare(struct hive_states *, const char *called,
                             char why[WHY_ROOM]);
enum heard hive_edit_end(struct hive_states *, const char *called, char why[WHY_ROOM]);

/*
 * The same question for two hives that are there: do they differ in nothing but what
 * the edits name?  Used by hive_edit itself, and for reading back what was written.
 */
enum heard hive_differ_only_in(int before, int after, const struct reg_edit *,
                               size_t count, char why[WHY_ROOM]);

#endif
