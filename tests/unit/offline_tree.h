/* A folder with a Windows in it, made by a test, and asked as a machine. */
#ifndef OFFLINE_TREE_H
#define OFFLINE_TREE_H

#include <stdbool.h>

#include "lab/hive_make.h"
#include "reach/offline.h"
#include "temp_tree.h"

#define PROFILES "Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
#define KANG "S-1-5-21-1-2-3-1003"

extern struct temp_tree tree;
extern struct machine *machine; /* NULL: none is open */

struct hive_make *new_hive(void);

/* Writes and frees it. */
void put_hive(const char *name, struct hive_make *);

/* A hive that holds one key, whose one value is called Is. */
void put_small(const char *name, const char *key, const char *is);

/* The beginning of a SOFTWARE. */
struct hive_make *software(const char *root);
void add_profile(struct hive_make *, const char *sid, const char *path);

/* SYSTEM and SOFTWARE of a Windows in `folder`, with one user. */
void put_windows(const char *folder, const char *root);

void open_machine(const char *name);
void text_is(const char *key, const char *is);
enum heard key_is(const char *path);

/* A user of this root whose profile is there. */
bool has_user(const char *root, const char *profile);

#endif
