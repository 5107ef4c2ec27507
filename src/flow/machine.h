/*
 * The face of a machine: its registry and its files, however it is reached.
 * Detectors stand on this and never know which backend is below.  Nothing here
 * can change a machine.
 *
 * Paths are UTF-8 and as Windows writes them: "HKLM\SYSTEM\ControlSet001\Services",
 * "HKU\S-1-5-21-…\Software", "C:\WINDOWS\system32\kernel32.dll".  Letters of either
 * case are the same; "HKLM\SYSTEM\CurrentControlSet" is not there: Select names
 * the set (flow/installation.h has them).
 *
 * An answer other than HEARD and HEARD_NOTHING (it is not there) leaves in
 * machine_why what could not be read, why, and what to do.  Lack of memory ends as
 * NOT_ASKED, and machine_failed then tells for good.
 */
#ifndef FLOW_MACHINE_H
#define FLOW_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/heard.h"
#include "base/span.h"

#define PATH_ROOM 1024 /* a longest path of 260 units, three bytes each, and more */
#define NAME_ROOM 768  /* one name: 255 units of UTF-16 */
#define WHY_ROOM 480

/* ---- registry */

enum reg_type {
	REG_TYPE_NONE = 0,
	REG_TYPE_SZ = 1,
	REG_TYPE_EXPAND_SZ = 2,
	REG_TYPE_BINARY = 3,
	REG_TYPE_DWORD = 4,
	REG_TYPE_MULTI_SZ = 7,
	REG_TYPE_QWORD = 11,
};

struct reg_value {
	const char *name; /* UTF-8; "" is the default value */
	uint32_t type;
	struct span bytes; /* as in the hive */
};

/* A key with everything in it but the content of its subkeys. */
struct reg_key {
	struct buf memory; /* what the pointers below point into, and the lists */
	int64_t written_ms;
	const struct reg_value *values;
	size_t value_count;
	const char *const *subkeys; /* names, UTF-8, in the order of the hive */
	size_t subkey_count;
	bool has_security;    /* whether this backend can tell */
	struct span security; /* a self-relative security descriptor */
};

void reg_key_free(struct reg_key *); /* also where nothing was heard */

/* NULL where there is none.  Letters A to Z of either case are the same. */
const struct reg_value *reg_value(const struct reg_key *, const char *name);
bool reg_has_subkey(const struct reg_key *, const char *name);

/* False where the value is NULL, of another type, or of another size. */
bool reg_u32(const struct reg_value *, uint32_t *out);

/* REG_SZ or REG_EXPAND_SZ as UTF-8; false also where it did not fit whole. */
bool reg_text(const struct reg_value *, char *to, size_t room);

/*
 * The next string of a REG_MULTI_SZ: begin with rest = value->bytes.  Empty strings
 * in the middle are given out (to[0] is 0), the closing ones are not.  False at the
 * end.  What does not fit is cut.
 */
bool reg_multi_next(struct span *rest, char *to, size_t room);

/* ---- files */

/* As in Windows' FILE_ATTRIBUTE_*. */
#define FILE_READONLY 0x01u
#define FILE_HIDDEN 0x02u
#define FILE_SYSTEM 0x04u

/* FILETIMEs: 100 ns since 1601. */
struct file_times {
	uint64_t created;
	uint64_t written;
	uint64_t changed; /* of the MFT entry; 0 where the file system has none */
	uint64_t read;
};

struct file_facts {
	bool is_folder;
	bool is_link;  /* junction, symbolic link: never followed */
	bool is_other; /* a FIFO, a device: never opened */
	uint64_t size;
	bool has_attributes;
	uint32_t attributes;
	bool has_times;
	struct file_times times; /* $STANDARD_INFORMATION */
	bool has_name_times;
	struct file_times name_times; /* $FILE_NAME */
};

struct file_entry {
	/* As the file system has it: UTF-8, unless somebody wanted it otherwise. */
	const char *name;
	/* Neither of the two: a link, something else, or nobody can tell. */
	bool is_folder;
	bool is_file;
	uint64_t size;
};

struct file_list {
	struct buf memory;
	const struct file_entry *at; /* in no order; without "." and ".." */
	size_t count;
};

void file_list_free(struct file_list *);

/* Streams of an open file. */
struct machine_file {
	uint64_t size;
	uint64_t handle; /* the backend's own */
};

/* ---- the machine */

/* Which places this way of reaching it has; what it lacks is not asked. */
struct machine_can {
	bool attributes;    /* hidden, system */
	bool times;         /* $STANDARD_INFORMATION to 100 ns */
	bool name_times;    /* $FILE_NAME */
	bool file_security; /* descriptors of files */
	bool key_security;  /* descriptors of keys */
};

/* What is to be read of an open file, and to where. */
struct machine_want {
	uint64_t offset;
	void *to;
	size_t len; /* at most; less only at the end of the file */
};

struct machine;

struct machine_ops {
	enum heard (*key)(struct machine *, const char *path, struct reg_key *out);
	enum heard (*stat)(struct machine *, const char *path, struct file_facts *out);
	enum heard (*list)(struct machine *, const char *path, struct file_list *out);
	enum heard (*security)(struct machine *, const char *path, struct buf *out);
	enum heard (*open)(struct machine *, const char *path,
	                   struct machine_file *out);
	enum heard (*read)(struct machine *, const struct machine_file *,
	                   struct machine_want, size_t *got);
	void (*close)(struct machine *, struct machine_file *);
	/* NULL where hives have no files of their own. */
	enum heard (*attach)(struct machine *, const char *path, const char *root);
	void (*free)(struct machine *);
};

/* A user whose hive is there. */
struct machine_user {
	char root[128];          /* "HKU\S-1-5-21-…", or "HKU\.DEFAULT" */
	char profile[PATH_ROOM]; /* "C:\Documents and Settings\Kang", or "" */
};
#define MACHINE_USERS_MOST 1024 /* who shares a machine at a school */

/* A drive of it: the volume that Windows is on, and others that came with it. */
struct machine_drive {
	char root[8];     /* "C:\" */
	char called[128]; /* for people: "partition 2 of disk.img" */
};
#define MACHINE_DRIVES_MOST 8

#define MACHINE_HIVE_DIRTY "writes were pending"

/* Backends begin with one of these; all text is ours or checked UTF-8. */
struct machine {
	const struct machine_ops *ops;
	char called[PATH_ROOM];  /* what the user named */
	char windows[PATH_ROOM]; /* "C:\WINDOWS"; "" where no Windows is on it */
	struct machine_can can;
	struct machine_drive drives[MACHINE_DRIVES_MOST];
	size_t drive_count;
	struct machine_user *users;
	size_t user_count;
	/* Hives that are there and could not be opened, or only in part: each a
	 * sentence "PATH: why, and what to do", PATH as of a file of this machine.
	 * Where writes were pending and no log fits, it goes on after the colon with
	 * MACHINE_HIVE_DIRTY. */
	char (*damaged)[WHY_ROOM];
	size_t damaged_count;
	char why[WHY_ROOM];
	bool failed;

	/* Told by what takes long how far it is; false: the user wants it to stop. */
	bool (*watch)(void *with, const char *what, uint64_t done, uint64_t total);
	void *watch_with;
};

/* *out holds nothing to be freed unless HEARD; freeing it is fine anyway. */
enum heard machine_key(struct machine *, const char *path, struct reg_key *out);
enum heard machine_stat(struct machine *, const char *path, struct file_facts *out);
enum heard machine_list(struct machine *, const char *path, struct file_list *out);

/* A self-relative descriptor appended to `out`; NOT_ASKED where !can.file_security. */
enum heard machine_security(struct machine *, const char *path, struct buf *out);

enum heard machine_open(struct machine *, const char *path, struct machine_file *out);
enum heard machine_read(struct machine *, const struct machine_file *,
                        struct machine_want, size_t *got);
void machine_close_file(struct machine *, struct machine_file *);

/* The first `most` bytes of a file, appended; HEARD also where it is longer. */
enum heard machine_head(struct machine *, const char *path, size_t most,
                        struct buf *out);

/* One value.  HEARD_NOTHING: no such key or value.  HEARD_ODD: of another type. */
enum heard machine_u32(struct machine *, const char *key, const char *value,
                       uint32_t *out);
enum heard machine_text(struct machine *, const char *key, const char *value, char *to,
                        size_t room);

/*
 * To be asked now and then by what takes long (total 0: nobody knows).  HEARD to go
 * on; NOT_ASKED, with the reason, where the user has stopped it.
 */
enum heard machine_goes_on(struct machine *, const char *what, uint64_t done,
                           uint64_t total);

/*
 * From now on the keys of a hive file that Windows keeps, but does not use (a backup
 * of one), are at `root`: "HKLM\confine-1".  One whose pending writes cannot be made up
 * for is HEARD_ODD.  Asking again for the same is fine.
 */
enum heard machine_attach_hive(struct machine *, const char *path, const char *root);

/* For backends: the sentence of the last failure; returns `heard`. */
enum heard machine_because(struct machine *, enum heard heard, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

const char *machine_why(const struct machine *);
bool machine_failed(const struct machine *); /* out of memory, once */
void machine_free(struct machine *);         /* NULL is fine */

/* Joins with one backslash; what does not fit makes `to` "" and gives false. */
bool path_join(char *to, size_t room, const char *folder, const char *name);

#endif
