/* What the file rule is made of: for worm_file.c and the sweep, worm_files.c. */
#ifndef LOOK_WORM_FILE_PARTS_H
#define LOOK_WORM_FILE_PARTS_H

#include "format/pe.h"
#include "look/worm_file.h"
#include "look/worm_files.h"

/*
 * When the machine's copies of kernel32.dll, and a few of its neighbours, were made,
 * and when they came onto the disk.  Found when they are first asked for, once for a
 * sweep.
 */
#define STOCK_MOST 96
struct stock_times {
	bool looked;
	size_t count;
	struct stock_time {
		bool is_kernel32;
		uint64_t created;
		uint64_t written;
		uint64_t came;
	} at[STOCK_MOST];
};

/* Has it the times of a kernel32, and came when none of Windows' own files did? */
bool worm_file_is_time_twin(const struct inside *, struct stock_times *,
                            const char *path, const struct file_facts *);

/* Packed as the worm is.  Only PE_OK and PE_UNREAD come back. */
enum pe_error worm_file_is_packed(const struct pe_source *, const struct pe *,
                                  bool *out);

/* Letters only, as a name that is drawn has them: with ".dll", or any that is told. */
bool worm_file_name_is_drawn(const char *name);

/* Is `path` directly in one of the places of specification 1.1? */
bool worm_file_is_in_a_place(const struct installation *, const char *path);

/* What follows the last backslash. */
const char *worm_file_base(const char *path);

/* Pictures that are programs, in caches of accounts with which nobody surfs. */
enum err worm_file_look_in_caches(const struct inside *);
enum err worm_file_caches_each(const struct inside *, worm_file_seen *, void *with);

/* As worm_file_judge; `facts` are the file's, and `times` are shared. */
void worm_file_judge_found(const struct inside *, struct stock_times *,
                           const char *path, unsigned named, struct file_judged *);

#endif
