/*
 * The door: a seccomp filter sends each call of the table here as a SIGSYS, but for
 * those that come from our own `syscall` instruction.  It is inherited by children,
 * the cages among them: there it only hands the call on, and a cage's own filter has
 * its say then as ever.
 */
#include "preload.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define LARGE_MAP (1u << 20)
#define FILTER_MOST 320

/* The one place from where the filter lets everything through. */
long past_raw(long number, const long args[6]);
extern const char past_raw_from[];
__asm__(".text\n"
        ".type past_raw, @function\n"
        "past_raw:\n"
        "	mov %rdi, %rax\n"
        "	mov %rsi, %r11\n"
        "	mov (%r11), %rdi\n"
        "	mov 8(%r11), %rsi\n"
        "	mov 16(%r11), %rdx\n"
        "	mov 24(%r11), %r10\n"
        "	mov 32(%r11), %r8\n"
        "	mov 40(%r11), %r9\n"
        "	syscall\n"
        "past_raw_from:\n"
        "	ret\n"
        ".size past_raw, .-past_raw\n");

long
past(long number, const long args[6])
{
	return past_raw(number, args);
}

long
past3(long number, long a, long b, long c)
{
	const long args[6] = { a, b, c };

	return past_raw(number, args);
}

void
say(const char *a, const char *b, const char *c)
{
	const char *parts[] = { "faults: ", a, b, c, "\n" };

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		(void)past3(SYS_write, STDERR_FILENO, (long)parts[i],
		            (long)strlen(parts[i]));
}

void
past_write(int fd, const void *bytes, size_t len)
{
	while (len > 0) {
		long got = past3(SYS_write, fd, (long)bytes, (long)len);

		if (got <= 0) {
			say("what happens cannot be written down", "", "");
			end_aborted();
		}
		bytes = (const char *)bytes + got;
		len -= (size_t)got;
	}
}

_Noreturn void
end_aborted(void)
{
	signal(SIGABRT, SIG_DFL);
	for (;;)
		(void)past3(SYS_kill, getpid(), SIGABRT, 0);
}

static void
on_trap(int sign, siginfo_t *info, void *context)
{
	greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
	int kept = errno;
	struct asked asked = {
		.call = call_of(info->si_syscall),
		.args = { r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8],
		          r[REG_R9] },
	};

	(void)sign;
	r[REG_RAX] = asked.call ? point_pass(&asked)
	                        : past(info->si_syscall, asked.args);
	errno = kept;
}

/* ---- the filter, made instruction by instruction */

struct filter {
	struct sock_filter at[FILTER_MOST];
	unsigned short count;
};

static void
put(struct filter *f, struct sock_filter one)
{
	if (f->count == FILTER_MOST)
		end_aborted();
	f->at[f->count++] = one;
}

static void
load(struct filter *f, size_t offset)
{
	put(f,
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void
jump(struct filter *f, uint16_t how, uint32_t what, uint8_t past_yes, uint8_t past_no)
{
	put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | how | BPF_K, what, past_yes,
	                                    past_no));
}

static void
answer(struct filter *f, uint32_t with)
{
	put(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, with));
}

#define AT(field) offsetof(struct seccomp_data, field)

/* Shared, or large: the little private ones of malloc are none of our business. */
static void
put_map(struct filter *f)
{
	jump(f, BPF_JEQ, SYS_mmap, 0, 7);
	load(f, AT(args[3]));
	jump(f, BPF_JSET, MAP_SHARED, 3, 0);
	load(f, AT(args[1]));
	jump(f, BPF_JGE, LARGE_MAP, 1, 0);
	answer(f, SECCOMP_RET_ALLOW);
	answer(f, SECCOMP_RET_TRAP);
	load(f, AT(nr));
}

static void
put_ioctl(struct filter *f)
{
	static const uint32_t that_change[] = { FICLONE, FICLONERANGE, FS_IOC_SETFLAGS,
		                                FS_IOC_FSSETXATTR };
	const uint8_t count = sizeof that_change / sizeof that_change[0];

	jump(f, BPF_JEQ, SYS_ioctl, 0, (uint8_t)(count + 3));
	load(f, AT(args[1]));
	for (uint8_t i = 0; i < count; i++)
		jump(f, BPF_JEQ, that_change[i], (uint8_t)(count - i), 0);
	answer(f, SECCOMP_RET_ALLOW);
	answer(f, SECCOMP_RET_TRAP);
	load(f, AT(nr));
}

static void
fill(struct filter *f)
{
	uint64_t from = (uint64_t)(uintptr_t)past_raw_from;

	load(f, AT(arch));
	jump(f, BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0);
	answer(f, SECCOMP_RET_ALLOW);
	load(f, AT(instruction_pointer));
	jump(f, BPF_JEQ, (uint32_t)from, 0, 3);
	load(f, AT(instruction_pointer) + 4);
	jump(f, BPF_JEQ, (uint32_t)(from >> 32), 0, 1);
	answer(f, SECCOMP_RET_ALLOW);
	load(f, AT(nr));
	put_map(f);
	put_ioctl(f);
	for (size_t i = 0; i < calls_count; i++) {
		bool is_read = (calls[i].does & DOES_READ) != 0;

		if (is_read && !settings.reads)
			continue;
		jump(f, BPF_JEQ, (uint32_t)calls[i].number, 0, 1);
		answer(f, SECCOMP_RET_TRAP);
	}
	answer(f, SECCOMP_RET_ALLOW);
}

__attribute__((constructor)) static void
begin(void)
{
	static struct filter f;
	struct sigaction action = { .sa_sigaction = on_trap,
		                    .sa_flags = SA_SIGINFO | SA_NODEFER };

	settings_read();
	fill(&f);
	struct sock_fprog program = { .len = f.count, .filter = f.at };

	if (sigaction(SIGSYS, &action, NULL) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
		say("this kernel gives no filter", "", "");
		end_aborted();
	}
}
