/*
 * The updates that close the worm's door and its neighbours: who needs them, which
 * version of which file shows that they are in place, what replaced them, and which
 * package brings them.  The rows of windows-versions.tsv, patches.tsv,
 * supersedence.tsv and package-languages.tsv.
 */
#ifndef KNOW_PATCHES_H
#define KNOW_PATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum processor {
	PROCESSOR_X86 = 1 << 0,
	PROCESSOR_X64 = 1 << 1,
	PROCESSOR_IA64 = 1 << 2,
	PROCESSOR_ANY = 7,
};

enum role {
	ROLE_CLIENT = 1,
	ROLE_SERVER,
	ROLE_EMBEDDED,
	ROLE_ANY,
};

enum needs {
	NEEDS_NONE = 1, /* the update is not for this Windows */
	NEEDS_YES,
	NEEDS_NO_PACKAGE, /* affected, and another level has to be installed before */
	NEEDS_INCLUDED,
	NEEDS_UNAFFECTED,
	NEEDS_UNKNOWN,
};

/* A Windows at a service pack level. */
struct windows_level {
	const char *id;
	const char *product;         /* as in the other tables */
	const char *name;            /* for people */
	int32_t major, minor, build; /* -1 is any */
	unsigned sp_least, sp_most;
	enum role role;
	unsigned processors;
	enum needs kb958644, kb957097, kb958687;
	enum needs kb967715, kb950582, kb971029;
	const char *support_end; /* "2014-04-08", or "" */
	const char *do_first;    /* what to install before, or "" */
	const char *confidence;
	const char *sources;
	const char *notes;
};

/* How a machine says which it is. */
struct windows_told {
	unsigned major, minor, build;
	unsigned service_pack; /* 0: none, or not told */
	bool is_server, is_embedded;
	enum processor processor;
};

/* NULL where it is in no row. */
const struct windows_level *windows_level(const struct windows_told *);

/* The updates in the order in which people want to read of them; "KB958644". */
#define PATCHES_ASKED 6
extern const char *const patches_asked[PATCHES_ASKED];
enum needs windows_needs(const struct windows_level *, const char *kb);

/* "MS08-067". */
const char *patch_bulletin(const char *kb);

enum branch {
	BRANCH_BOTH = 1, /* one number for both: Windows 2000, XP, 2003 */
	BRANCH_GDR,      /* public updates */
	BRANCH_LDR,      /* hotfixes */
	BRANCH_NONE,     /* no version known: the registry decides */
};

/* Versions are four parts of 16 bits, major uppermost: they compare as numbers. */
struct patch_row {
	const char *id; /* "P003" */
	const char *bulletin;
	const char *kb;
	const char *product;
	unsigned sp;
	enum processor processor;
	enum branch branch;
	const char *file; /* "netapi32.dll" */
	const char *path; /* "System32\netapi32.dll" */
	uint64_t range_from, range_below;
	uint64_t fixed;
	bool wow64;               /* there is one in SysWOW64 as well */
	const char *package;      /* may hold {LANG} */
	const char *package_sha1; /* "enu:5c13…;chs:84f9…", or "" */
	const char *confidence;   /* "2+", "1", "rec", "inf" */
	const char *sources;
};

extern const struct patch_row patch_rows[];
extern const size_t patch_rows_count;

/* The row of this level: its package and its file.  NULL where there is none. */
const struct patch_row *patch_of_level(const char *kb, const struct windows_level *,
                                       enum processor);

/* Any row of the product: where the file lies.  NULL where there is none. */
const struct patch_row *patch_of_product(const char *kb, const struct windows_level *,
                                         enum processor);

/* The row in whose range the version lies, of whatever service pack. */
const struct patch_row *patch_of_version(const char *kb, const struct windows_level *,
                                         enum processor, uint64_t version);

/* Is the range one of a single service pack?  That of Windows 2000 is not. */
bool patch_tells_service_pack(const struct patch_row *);

enum named {
	NAMED_READ = 1, /* the package's name stood in a source */
	NAMED_INFERRED, /* from the names of its neighbours */
	NAMED_NONE,
};

struct supersedence_row {
	const char *id; /* "S009" */
	const char *kb; /* the original */
	const char *product;
	unsigned sp;
	enum processor processor;
	unsigned place; /* in the chain, 1 first; 0: there is none */
	const char *by_bulletin;
	const char *by_kb; /* "KB2705219-v2" */
	const char *file;
	uint64_t fixed_gdr;
	uint64_t fixed_ldr; /* 0: the same */
	const char *package;
	enum named named;
	const char *package_sha1;
	const char *confidence;
	const char *sources;
};

extern const struct supersedence_row supersedence_rows[];
extern const size_t supersedence_rows_count;

/* Does it replace that patch on the same Windows? */
bool supersedes(const struct supersedence_row *, const struct patch_row *);

/* The last of the chain whose version is there; NULL: a hotfix of which we know
 * nothing.  `whole` says whether it is just that version. */
const struct supersedence_row *superseded_by(const struct patch_row *, uint64_t version,
                                             bool *whole);

/* The newest whose package is known by name; NULL where nothing replaces it. */
const struct supersedence_row *superseded_last(const struct patch_row *);

/* 958644 of "KB958644" and of "kb2705219-v2"; 0 for what is no such name. */
uint32_t kb_number(const char *kb);

struct package_language {
	const char *letters; /* "DEU" */
	const char *id;      /* "0407" */
	const char *language;
};

extern const struct package_language package_languages[];
extern const size_t package_languages_count;

/* Of InstallLanguage; NULL where it is not known. */
const struct package_language *package_language(const char *id);

/* The package's name with its language filled in, where that is known.  False where
 * the name has one and it is not. */
bool package_name(const char *package, const char *language, char *to, size_t room);

/* The name of the package that has this SHA-1 (40 small digits); false where it is in
 * no table. */
bool package_of_hash(const char *sha1, char *to, size_t room);

extern const struct windows_level windows_levels[];
extern const size_t windows_levels_count;

#endif
