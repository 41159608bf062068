#include "seccomp.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Stands for the child's process id; beyond the largest one the kernel gives out (2^22). */
#define SELF 0x5e1f5e1fu

#define IOCTL_TCGETS   0x5401
#define IOCTL_FIONREAD 0x541b
#define IOCTL_FIOCLEX  0x5451

/* Calls that pass whatever their arguments. None writes to a file, opens a way out or reaches another process. */
static const int allowed[] = {
    /* its descriptors; the answer socket and /dev/null are all that can be written */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(close_range),
    SCMP_SYS(lseek),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(fadvise64),
    SCMP_SYS(readahead),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(getdents64),
    /* what is there: names and sizes may be asked for, contents may not be opened */
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    /* memory; mapping and protecting are below */
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(mincore),
    /* itself */
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(membarrier),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrusage),
    SCMP_SYS(times),
    SCMP_SYS(getrlimit),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    /* the machine */
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
};

/* Calls that are refused as if the kernel were older, so that glibc takes the way that is filtered. */
static const int absent[] = {SCMP_SYS(openat2), SCMP_SYS(clone3)};

static const int opening[] = {SCMP_SYS(open), SCMP_SYS(openat)};

typedef struct allow_if {
	int call;
	unsigned count;
	struct scmp_arg_cmp arg[2];
} allow_if;

#define EQ(n, value)                                                                                                   \
	{                                                                                                              \
		(n), SCMP_CMP_EQ, (value), 0                                                                           \
	}
#define BITS(n, mask, set)                                                                                             \
	{                                                                                                              \
		(n), SCMP_CMP_MASKED_EQ, (mask), (set)                                                                 \
	}

static const allow_if conditions[] = {
    /* no code but what was loaded before: a hostile file shall not bring its own */
    {SCMP_SYS(mmap), 1, {BITS(2, PROT_EXEC, 0)}},
    {SCMP_SYS(mprotect), 1, {BITS(2, PROT_EXEC, 0)}},
    {SCMP_SYS(ioctl), 1, {EQ(1, IOCTL_TCGETS)}},
    {SCMP_SYS(ioctl), 1, {EQ(1, IOCTL_FIONREAD)}},
    {SCMP_SYS(ioctl), 1, {EQ(1, IOCTL_FIOCLEX)}},
    {SCMP_SYS(fcntl), 1, {EQ(1, F_DUPFD)}},
    {SCMP_SYS(fcntl), 1, {EQ(1, F_DUPFD_CLOEXEC)}},
    {SCMP_SYS(fcntl), 1, {EQ(1, F_GETFD)}},
    {SCMP_SYS(fcntl), 1, {EQ(1, F_SETFD)}},
    {SCMP_SYS(fcntl), 1, {EQ(1, F_GETFL)}},
    /* reading limits is fine, setting them is not */
    {SCMP_SYS(prlimit64), 2, {EQ(0, 0), EQ(2, 0)}},
    {SCMP_SYS(prctl), 1, {EQ(0, PR_SET_NAME)}},
    {SCMP_SYS(prctl), 1, {EQ(0, PR_SET_VMA)}},
    {SCMP_SYS(tgkill), 1, {EQ(0, SELF)}},
    {SCMP_SYS(kill), 1, {EQ(0, SELF)}},
};

static assay_code failed(assay_err *err, int rc, const char *what)
{
	return ASSAY_RAISE_SYS(err, rc == -ENOMEM ? ASSAY_ENOMEM : ASSAY_EIO, -rc, "system call filter: %s: %s", what,
			       strerror(-rc));
}

/* ---------------------------------------------------------------- rules */

static int add_opens(scmp_filter_ctx ctx, seccomp_opens opens)
{
	const unsigned writes = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
	int rc = 0;

	for (size_t i = 0; i < ASSAY_COUNT(opening) && rc == 0; i++) {
		const struct scmp_arg_cmp read_only[] = {BITS(opening[i] == SCMP_SYS(open) ? 1 : 2, writes, 0)};

		if (opens == SECCOMP_OPENS_ASK)
			rc = seccomp_rule_add_array(ctx, SCMP_ACT_NOTIFY, opening[i], 0, NULL);
		else if (opens == SECCOMP_OPENS_READ_ONLY)
			rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, opening[i], 1, read_only);
		else
			rc = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EACCES), opening[i], 0, NULL);
	}
	return rc;
}

static int add_rules(scmp_filter_ctx ctx, seccomp_opens opens, int handoff)
{
	const struct scmp_arg_cmp on_handoff[] = {EQ(0, (scmp_datum_t)handoff)};
	int rc = 0;

	for (size_t i = 0; i < ASSAY_COUNT(allowed) && rc == 0; i++)
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, allowed[i], 0, NULL);
	for (size_t i = 0; i < ASSAY_COUNT(absent) && rc == 0; i++)
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(ENOSYS), absent[i], 0, NULL);
	for (size_t i = 0; i < ASSAY_COUNT(conditions) && rc == 0; i++)
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, conditions[i].call, conditions[i].count,
					    conditions[i].arg);
	if (rc == 0)
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 1, on_handoff);
	return rc == 0 ? add_opens(ctx, opens) : rc;
}

/* ---------------------------------------------------------------- the program */

static assay_code read_program(seccomp_program *p, int fd, assay_err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return ASSAY_RAISE_ERRNO(err, "system call filter");
	p->count = (size_t)st.st_size / sizeof *p->code;
	p->code = assay_alloc(p->count, sizeof *p->code);
	if (p->code == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "system call filter");
	return assay_pread_all(fd, p->code, p->count * sizeof *p->code, 0, err);
}

static assay_code export_program(seccomp_program *p, scmp_filter_ctx ctx, assay_err *err)
{
	ASSAY_AUTO_FD fd = memfd_create("filter", MFD_CLOEXEC);
	int rc;

	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "memory file");
	rc = seccomp_export_bpf(ctx, fd);
	return rc != 0 ? failed(err, rc, "export") : read_program(p, fd, err);
}

/* A machine without seccomp, or without notifications, is no error: the program stays empty. */
static bool is_supported(seccomp_opens opens)
{
	const unsigned action = opens == SECCOMP_OPENS_ASK ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

assay_code seccomp_program_build(seccomp_program *p, seccomp_opens opens, int handoff, assay_err *err)
{
	scmp_filter_ctx ctx;
	assay_code rc;
	int src;

	*p = (seccomp_program){.opens = opens};
	if (!is_supported(opens))
		return ASSAY_OK;
	ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (ctx == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "system call filter");
	/* Calls by the 32-bit tables are no calls of ours. */
	src = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (src == 0)
		src = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (src == 0)
		src = add_rules(ctx, opens, handoff);
	rc = src != 0 ? failed(err, src, "rules") : export_program(p, ctx, err);
	seccomp_release(ctx);
	if (rc != ASSAY_OK)
		seccomp_program_release(p);
	return rc;
}

void seccomp_program_release(seccomp_program *p)
{
	free(p->code);
	*p = (seccomp_program){0};
}

bool seccomp_program_load(const seccomp_program *p, pid_t self, int *listener)
{
	const struct sock_fprog prog = {.len = (unsigned short)p->count, .filter = p->code};
	const unsigned flags = p->opens == SECCOMP_OPENS_ASK ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
	long rc;

	*listener = -1;
	if (p->code == NULL)
		return false;
	/* The child's own copy of the program: memory is not shared over fork. */
	for (size_t i = 0; i < p->count; i++)
		if (p->code[i].k == SELF)
			p->code[i].k = (unsigned)self;
	rc = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
	if (rc >= 0 && flags != 0)
		*listener = (int)rc;
	return rc >= 0;
}
