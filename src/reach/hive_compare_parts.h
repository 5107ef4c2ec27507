/* What comparing two hives is made of (reach/hive_compare.c). */
#ifndef REACH_HIVE_COMPARE_PARTS_H
#define REACH_HIVE_COMPARE_PARTS_H

#include <string.h>

#include "reach/hive_compare.h"
#include "reach/hive_same.h"
#include "reach/regf_read.h"

/* An edit, and what of its key's path is below where we are. */
struct rest {
	const struct reg_edit *edit;
	struct span path;
};

/* Those of a key and of what is below it, in their order. */
struct scope {
	struct rest *at; /* owned */
	size_t count;
	bool is_deleted; /* the key itself, before all of these */
};

bool scope_of_all(const struct hive_comparing *, struct scope *out);
bool scope_of_subkey(const struct scope *, struct span name, struct scope *out);
void own_scope(struct scope *);

/* Does the i-th name a subkey that none before it has named? */
bool scope_names_first(const struct scope *, size_t i, struct span *name);
/* Is the i-th about a value of the key itself, and the last one that is about it? */
bool scope_decides_value(const struct scope *, size_t i);
/* Does any make the key, or something below it that needs it? */
bool scope_makes(const struct scope *);
/* Is any about the key itself, or about whether a subkey is there? */
bool scope_is_near(const struct scope *);

/* The subkeys of a key.  They are not kept open: libregf takes 32 KB for each. */
struct listed_key {
	struct hive_name name;
	size_t cell;   /* where it begins in the file */
	bool is_named; /* by an edit */
};

struct key_list {
	struct listed_key *at;
	size_t count;
};

/* Of NULL there are none.  HIVE_SAME, or what kept it. */
enum hive_differs key_list_read(const struct regf_hive *, libregf_key_t *,
                                enum hive_differs unread, struct key_list *out);
void key_list_free(struct key_list *);

/* Marks those of that name; returns how many, the last one's index in *at. */
size_t key_list_mark(struct key_list *, struct span name, size_t *at);
/* The first from `i` on that no edit names, or count. */
size_t key_list_next(const struct key_list *, size_t i);

/* The same key in both hives. */
struct pair {
	libregf_key_t *key[2]; /* [HIVE_BEFORE] is NULL where it was made */
	libregf_key_t *above;  /* of a key that was made, the one it is in */
	struct scope scope;
};

struct compared {
	struct regf_hive hives[2];
	struct hive_same *same; /* or NULL: all is read */
	struct buf *path;
};

void path_add(struct buf *path, struct hive_name);

#endif
