/*
 * A plan: what is to be changed on one machine, in order, and what stays for a
 * person.  Made by mend/plan_for.h, shown, approved, carried out by
 * mend/carry_out.h.  It holds everything that carrying it out needs, so that it can
 * be read and approved on another machine.
 */
#ifndef FLOW_PLAN_H
#define FLOW_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "flow/finding.h"
#include "flow/machine.h"
#include "flow/verdict.h"

enum change_kind {
	CHANGE_SET_VALUE = 1, /* registry-set-value: `after`; missing keys are made */
	CHANGE_DELETE_VALUE,  /* registry-delete-value */
	CHANGE_REMOVE_STRING, /* registry-remove-string: one of a REG_MULTI_SZ */
	CHANGE_DELETE_KEY,    /* registry-delete-key: with all below it */
	CHANGE_MAKE_KEY,      /* registry-make-key */
	CHANGE_QUARANTINE,    /* file-quarantine */
	CHANGE_DELETE_TASK,   /* task-delete: the same, for the file of a task */
	CHANGE_REMOVE_FOLDER, /* folder-remove: only where it is empty by then */
	CHANGE_MAKE_FOLDER,   /* folder-make */
	CHANGE_MAKE_FILE,     /* file-write: of `after`, where there is none */
	CHANGE_RESET_ACL,     /* acl-reset: to that of the file `like` beside it */
};
#define CHANGE_KINDS 11

enum change_state {
	CHANGE_PLANNED = 1,
	CHANGE_NOT_NEEDED, /* it was so already */
	CHANGE_DONE,
	CHANGE_VERIFIED, /* done, and read back */
	CHANGE_FAILED,   /* and put back; `error` says why */
	CHANGE_UNDONE,
};

#define SIGNS_MOST 8
#define SIGN_ROOM 40
#define SHA256_TEXT 65
#define CHANGE_BYTES_MOST (64u << 10) /* of `after` */

struct change {
	unsigned id; /* from 1, in the order of the plan */
	enum change_kind kind;
	enum change_state state;
	/*
	 * A key, or a file: paths as of machine.h.  Text that a disk chose, valid
	 * UTF-8; a path that is none is never planned.
	 */
	char target[PATH_ROOM];
	char name[NAME_ROOM];   /* of a value; "" is the default value */
	char string[NAME_ROOM]; /* CHANGE_REMOVE_STRING: the member, as it is spelled */
	/* CHANGE_RESET_ACL: that file; CHANGE_QUARANTINE: "", or another file that is
	 * the worm's by itself, and has the same content. */
	char like[PATH_ROOM];
	uint32_t type;    /* of `after`, for the registry */
	struct buf after; /* owned */
	/*
	 * SHA-256 of what stands there as the plan was made (mend/standing.h), so that
	 * nothing is changed that somebody has changed since; "" where nothing does.
	 */
	char was[SHA256_TEXT];
	uint64_t size; /* of a file */
	char why[TRACE_ROOM];
	/* What it rests on: traces, and traits of the file; two at least. */
	char signs[SIGNS_MOST][SIGN_ROOM];
	size_t sign_count;
	char says[SENTENCE_ROOM];  /* for people: what is done, in a few words */
	char from[SENTENCE_ROOM];  /* where the new value comes from, or "" */
	char error[SENTENCE_ROOM]; /* CHANGE_FAILED */
};

/* A step that no program can do, or something found that is left alone. */
struct plan_note {
	char why[TRACE_ROOM];   /* "" or the trace */
	char target[PATH_ROOM]; /* "" or the place */
	char says[SENTENCE_ROOM];
};

#define PLAN_CHANGES_MOST 4096
#define PLAN_NOTES_MOST 64

struct plan {
	char host[ADDRESS_ROOM];
	char computer[64];
	char os[SAID_ROOM];
	char called[PATH_ROOM]; /* what the user named */
	int64_t made_ms;
	struct change *at; /* owned; grows by plan_add */
	size_t count, room;
	struct plan_note
	    persons[PLAN_NOTES_MOST]; /* isolate, patch, passwords, restart */
	size_t person_count;
	struct plan_note left[PLAN_NOTES_MOST]; /* found, and not changed, and why */
	size_t left_count;
	/* Something could not be read, so there may be more to do; not in the JSON. */
	bool unread;
};

struct plan *plan_new(void); /* NULL: no memory */
void plan_free(struct plan *);

/* A new change with the next id, CHANGE_PLANNED; NULL: no memory, or too many.  It may
 * move when the next one is added. */
struct change *plan_add(struct plan *, enum change_kind);
/* Adds what does not stand there already; what does not fit is left out. */
void change_sign(struct change *, const char *sign);
void plan_person(struct plan *, const char *why, const char *says);
void plan_leave(struct plan *, const char *why, const char *target, const char *says);

const char *change_kind_name(enum change_kind);           /* "registry-set-value" */
enum change_kind change_kind_from_name(const char *name); /* 0 for none of them */
const char *change_state_name(enum change_state);         /* "planned" */
enum change_state change_state_from_name(const char *name);
bool change_is_registry(enum change_kind);

/* {"type":"change","id":7,"kind":…,"target":…,"why":…,"state":…,…}; only what its kind
 * has is written.  `host` "": of no host. */
void change_json(struct json *, const char *host, const struct change *);
/* {"type":"plan",…,"changes":[…],"persons":[…],"left":[…],"sha256":…} */
void plan_json(struct json *, const struct plan *);

/*
 * SHA-256 over what the plan says: the JSON of its host, its changes without their
 * states, and its notes, but not when it was made and how the machine was called then.
 * The same for a plan that was written and read again; "" where memory ran out.
 */
void plan_hash(const struct plan *, char out[SHA256_TEXT]);

/*
 * The other way (flow/plan_read.c; the text may come from anybody).  A plan whose hash
 * does not fit what it says is refused, as is any path or size out of bounds.  Of a
 * refused one *out is NULL.  Nothing is printed: the caller knows whose text it is.
 */
#define PLAN_JSON_MOST (16u << 20)
CHECKED enum err change_from_json(const char *json, struct change *out);
CHECKED enum err plan_from_json(const char *json, struct plan **out);
void change_free(struct change *);

#endif
