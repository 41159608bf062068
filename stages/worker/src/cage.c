#include "cage.h"

#include "assay/file.h"
#include "landlock.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

assay_code cage_build(cage *c, const setup *s, assay_err *err)
{
	const bool ask = (s->omit_layers & (ASSAY_SANDBOX_BROKER | ASSAY_SANDBOX_SECCOMP)) == 0;
	assay_code rc = ASSAY_OK;

	*c = (cage){.limits = s->limits, .readable = &s->readable, .omit = s->omit_layers, .ruleset = -1};
	if ((c->omit & ASSAY_SANDBOX_LANDLOCK) == 0)
		c->ruleset = landlock_build(&s->readable);
	if (rc == ASSAY_OK && ask)
		rc = seccomp_program_build(&c->program, SECCOMP_OPENS_ASK, CAGE_HANDOFF_FD, err);
	/* A kernel too old for notifications may still have filters. */
	if (rc == ASSAY_OK && c->program.code == NULL)
		rc = cage_without_broker(c, err);
	return rc;
}

assay_code cage_without_broker(cage *c, assay_err *err)
{
	const seccomp_opens opens = c->ruleset >= 0 ? SECCOMP_OPENS_READ_ONLY : SECCOMP_OPENS_NONE;

	seccomp_program_release(&c->program);
	if ((c->omit & ASSAY_SANDBOX_SECCOMP) != 0)
		return ASSAY_OK;
	return seccomp_program_build(&c->program, opens, CAGE_HANDOFF_FD, err);
}

void cage_release(cage *c)
{
	assay_closep(&c->ruleset);
	seccomp_program_release(&c->program);
}

/* ---------------------------------------------------------------- entering */

static bool limit(int resource, uint64_t soft, uint64_t hard)
{
	const struct rlimit r = {.rlim_cur = soft, .rlim_max = hard};

	return setrlimit((__rlimit_resource_t)resource, &r) == 0;
}

uint64_t cage_memory_limit(const cage *c)
{
#ifdef ASSAY_SANITIZED /* the sanitizers' shadow memory alone is terabytes */
	(void)c;
	return 0;
#else
	return (c->omit & ASSAY_SANDBOX_RLIMITS) == 0 ? c->limits.memory_bytes : 0;
#endif
}

static bool set_limits(const cage *c)
{
	const assay_worker_limits *l = &c->limits;
	const uint64_t memory = cage_memory_limit(c);
	bool ok = true;

	if (memory != 0)
		ok = limit(RLIMIT_AS, memory, memory);
	if (l->cpu_s != 0)
		ok = limit(RLIMIT_CPU, l->cpu_s, (uint64_t)l->cpu_s + 1) && ok;
	return limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_CORE, 0, 0) &&
	       limit(RLIMIT_NOFILE, CAGE_NOFILE, CAGE_NOFILE) && ok;
}

static bool hand_over(int listener)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.bytes = {0}};
	char byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {
	    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof listener);
	memcpy(CMSG_DATA(c), &listener, sizeof listener);
	return sendmsg(CAGE_HANDOFF_FD, &msg, 0) == 1;
}

static unsigned enter_filter(const cage *c)
{
	int listener;
	bool handed;

	if (!seccomp_program_load(&c->program, getpid(), &listener))
		return 0;
	if (listener < 0)
		return ASSAY_SANDBOX_SECCOMP;
	handed = hand_over(listener);
	(void)close(listener);
	/* Without a broker that listens, the first open would wait for ever. */
	if (!handed)
		_exit(EXIT_STATUS_SANDBOX);
	return ASSAY_SANDBOX_SECCOMP | ASSAY_SANDBOX_BROKER;
}

unsigned cage_enter(const cage *c)
{
	unsigned layers = 0;

	if ((c->omit & ASSAY_SANDBOX_NO_NEW_PRIVS) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		layers |= ASSAY_SANDBOX_NO_NEW_PRIVS;
	if ((c->omit & ASSAY_SANDBOX_RLIMITS) == 0 && set_limits(c))
		layers |= ASSAY_SANDBOX_RLIMITS;
	if (landlock_enter(c->ruleset))
		layers |= ASSAY_SANDBOX_LANDLOCK;
	layers |= enter_filter(c);
	(void)close(CAGE_HANDOFF_FD);
	return layers;
}

/* ---------------------------------------------------------------- proving */

static bool can_open(const char *path)
{
	ASSAY_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd >= 0;
}

unsigned cage_prove(const cage *c, unsigned layers)
{
	ASSAY_AUTO_FD probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool opens_hold = !can_open("/");

	if (probe >= 0)
		layers &= ~(unsigned)(ASSAY_SANDBOX_SECCOMP | ASSAY_SANDBOX_BROKER);
	/* A folder that this user may not read at all proves nothing; access(2) is decided outside of both layers. */
	for (size_t i = 0; i < c->readable->count && opens_hold; i++)
		opens_hold = access(c->readable->paths[i], R_OK) != 0 || can_open(c->readable->paths[i]);
	/* Both decide on opens; which of them failed does not matter, since neither is then what it should be. */
	if (!opens_hold && (layers & ASSAY_SANDBOX_BROKER) != 0)
		layers &= ~(unsigned)ASSAY_SANDBOX_BROKER;
	else if (!opens_hold)
		layers &= ~(unsigned)ASSAY_SANDBOX_LANDLOCK;
	return layers;
}
