/*
 * What a decoder needs is small: to read its input, to write its answer, memory
 * and the time.  Landlock takes away the file system and the network by name;
 * seccomp takes away every other system call, whatever it is for.  Either would
 * do alone; together a hole in one is no hole.
 */
#include "reach/cage_walls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reach/cage_child.h"

/*
 * The kernel's struct landlock_ruleset_attr as of version 6; the system's header
 * may be older.  What a kernel does not know has to be zero.
 */
struct ruleset {
	uint64_t files;
	uint64_t network;
	uint64_t scoped;
};

/* The rights that each version added, by their number of bits (landlock.h). */
static uint64_t
file_rights(int version)
{
	int bits = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;

	return (1ULL << bits) - 1;
}

int
cage_landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	                       LANDLOCK_CREATE_RULESET_VERSION);

	return version > 0 ? (int)version : 0;
}

bool
cage_raise_landlock(void)
{
	int version = cage_landlock_version();
	struct ruleset all = {
		.files = file_rights(version),
		.network = version >= 4 ? 3 : 0, /* bind and connect, TCP */
		.scoped = version >= 6 ? 3 : 0,  /* abstract sockets, signals */
	};

	if (version == 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (rules < 0)
		return false;
	/* Without a single rule: everything that was named is forbidden. */
	bool in_force = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return in_force;
}

/* Harmless with any arguments. */
static const int allowed[] = {
	SCMP_SYS(read),           SCMP_SYS(readv),        SCMP_SYS(pread64),
	SCMP_SYS(write),          SCMP_SYS(writev),       SCMP_SYS(lseek),
	SCMP_SYS(_llseek),        SCMP_SYS(fstat),        SCMP_SYS(fstat64),
	SCMP_SYS(close),          SCMP_SYS(brk),          SCMP_SYS(munmap),
	SCMP_SYS(mremap),         SCMP_SYS(madvise),      SCMP_SYS(futex),
	SCMP_SYS(clock_gettime),  SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getrandom),      SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack),  SCMP_SYS(sched_yield),
	SCMP_SYS(getpid),         SCMP_SYS(gettid),       SCMP_SYS(sysinfo),
	SCMP_SYS(exit),           SCMP_SYS(exit_group),   SCMP_SYS(restart_syscall),
};
#define ALLOWED_COUNT (sizeof allowed / sizeof allowed[0])

static bool
allow(scmp_filter_ctx filter, int call)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
}

static bool
allow_when(scmp_filter_ctx filter, int call, struct scmp_arg_cmp condition)
{
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition) == 0;
}

/*
 * Memory never becomes code.  The C library's fstat is newfstatat with an empty
 * path; its flag can be held to that, its path cannot, so the size and the times
 * of a file elsewhere could be asked, but not its content.
 */
static bool
fill(scmp_filter_ctx f)
{
	struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

	for (size_t i = 0; i < ALLOWED_COUNT; i++) {
		if (!allow(f, allowed[i]))
			return false;
	}
	return allow_when(f, SCMP_SYS(mmap), no_code) &&
	       allow_when(f, SCMP_SYS(mmap2), no_code) &&
	       allow_when(f, SCMP_SYS(mprotect), no_code) &&
	       allow_when(f, SCMP_SYS(newfstatat),
	                  SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH, 0)) &&
	       allow_when(f, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0)) &&
	       allow_when(f, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_GETFD, 0));
}

/* The C library's open is one or the other; upper halves of an int are no matter. */
#define FLAGS_THAT_READ (O_CLOEXEC | O_NOCTTY | 0100000 /* O_LARGEFILE */)
#define FLAGS_BARRED (UINT32_MAX & ~(uint32_t)FLAGS_THAT_READ)

/* How a file is opened that is written anew: with all of these flags, and no other. */
#define FLAGS_ANEW (O_WRONLY | O_CREAT | O_TRUNC)

/*
 * A filter sees the address of a name, not its letters: what is held is that it is
 * our constant.  Code that has taken the child over could write new letters there;
 * against that stands Landlock, for which a memfd is no file, but all else is.
 */
static bool
allow_open_as(scmp_filter_ctx f, const char *name, unsigned flags)
{
	struct scmp_arg_cmp open_it[] = {
		SCMP_A0(SCMP_CMP_EQ, (uintptr_t)name, 0),
		SCMP_A1(SCMP_CMP_MASKED_EQ, FLAGS_BARRED, flags),
	};
	struct scmp_arg_cmp openat_it[] = {
		SCMP_A1(SCMP_CMP_EQ, (uintptr_t)name, 0),
		SCMP_A2(SCMP_CMP_MASKED_EQ, FLAGS_BARRED, flags),
	};

	return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(open), 2, open_it) ==
	           0 &&
	       seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 2,
	                              openat_it) == 0;
}

static bool
allow_opening(scmp_filter_ctx f, bool anew)
{
	struct scmp_arg_cmp first_input = SCMP_A0(SCMP_CMP_EQ, CAGE_INPUT_FD, 0);

	return allow_open_as(f, CAGE_MEMFD_NAME, O_RDONLY) &&
	       (!anew || allow_open_as(f, CAGE_MEMFD_NAME, FLAGS_ANEW)) &&
	       allow_when(f, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_SETFD, 0)) &&
	       allow_when(f, SCMP_SYS(ftruncate), first_input);
}

static bool
allow_more(scmp_filter_ctx f, enum cage_leave leave)
{
	switch (leave) {
	case LEAVE_OPENING: return allow_opening(f, false);
	case LEAVE_WRITING: return allow_opening(f, true);
	case LEAVE_TAKING: return allow(f, SCMP_SYS(recvmsg));
	default: return true;
	}
}

/* ---- made once, put up in every child */

#define PROGRAM_MOST 1024 /* instructions; ours have about 200 */

struct program {
	struct sock_filter at[PROGRAM_MOST];
	unsigned short count; /* 0: not made yet */
};

static struct program programs[LEAVES];

static bool
take_program(scmp_filter_ctx f, int fd, struct program *out)
{
	if (seccomp_export_bpf(f, fd) != 0)
		return false;
	ssize_t got = pread(fd, out->at, sizeof out->at, 0);
	if (got <= 0 || (size_t)got == sizeof out->at ||
	    (size_t)got % sizeof out->at[0] != 0)
		return false;
	out->count = (unsigned short)((size_t)got / sizeof out->at[0]);
	return true;
}

static bool
write_out(scmp_filter_ctx f, struct program *out)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	bool made = fd >= 0 && take_program(f, fd, out);

	if (fd >= 0)
		close(fd);
	return made;
}

bool
cage_make_seccomp(enum cage_leave leave)
{
	if (programs[leave].count > 0)
		return true;
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!f)
		return false;
	bool made = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH,
	                             SCMP_ACT_KILL_PROCESS) == 0 &&
	            fill(f) && allow_more(f, leave) && write_out(f, &programs[leave]);
	seccomp_release(f);
	return made;
}

bool
cage_raise_seccomp(enum cage_leave leave)
{
	struct program *program = &programs[leave];
	struct sock_fprog filter = { .len = program->count, .filter = program->at };

	return program->count > 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}
