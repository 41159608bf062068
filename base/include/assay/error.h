/** Error values: a code for the program, a message for the person, a place for the developer. */
#ifndef ASSAY_ERROR_H
#define ASSAY_ERROR_H

#define ASSAY_NODISCARD    __attribute__((warn_unused_result))
#define ASSAY_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define ASSAY_CLEANUP(fn)  __attribute__((cleanup(fn)))

/** What went wrong, as far as a caller can act on it. Values are internal and may be renumbered. */
typedef enum assay_code {
	ASSAY_OK = 0,
	ASSAY_EINVAL,       /* the caller broke the documented precondition: a bug */
	ASSAY_ENOMEM,       /* out of memory */
	ASSAY_EIO,          /* the operating system refused; see .sys */
	ASSAY_ENOENT,       /* expected miss, not a fault */
	ASSAY_ECORRUPT,     /* stored, received or decoded bytes fail their contract */
	ASSAY_EFULL,        /* a declared limit was reached (map size, byte budget, disk) */
	ASSAY_EBUSY,        /* another process holds the lock; try again */
	ASSAY_EPERM,        /* the operating system says this user may not */
	ASSAY_ECONFIG,      /* a file the user wrote is wrong; message has file:line:column */
	ASSAY_EUSAGE,       /* the command line is wrong */
	ASSAY_EEMPTY,       /* input decoded to nothing */
	ASSAY_ESHORT,       /* input ended before what it declares */
	ASSAY_EUNSUPPORTED, /* input is of a form this build does not read */
	ASSAY_ESTOP,        /* a signal asked to stop; work done so far is kept */
	ASSAY_EDIFFER,      /* verification found a difference */
} assay_code;

typedef struct assay_err {
	assay_code code;
	int sys;          /* errno or third-party code, 0 if none */
	const char *file; /* where first raised; static storage */
	const char *func;
	int line;
	char msg[480]; /* always terminated; outermost context first */
} assay_err;

#define ASSAY_ERR_INIT ((assay_err){.code = ASSAY_OK})

/**
 * Record the first cause of a failure.
 *
 * @param err   [out, optional] overwritten
 * @param code  what the caller can act on, not ASSAY_OK
 * @param sys   errno or a library's number, 0 if none; a nonzero errno with
 *              ASSAY_EIO is refined: ENOMEM, ENOSPC/EDQUOT and EACCES/EPERM become
 *              ASSAY_ENOMEM, ASSAY_EFULL and ASSAY_EPERM
 * @return the (refined) code, so that `return ASSAY_RAISE(...)` reads well
 */
assay_code assay_err_raise(assay_err *err, assay_code code, int sys, const char *file, int line, const char *func,
			   const char *fmt, ...) ASSAY_PRINTF(7, 8);

/** Put "context: " before the message already there. Returns err->code (ASSAY_EINVAL when err is NULL). */
assay_code assay_err_prefix(assay_err *err, const char *fmt, ...) ASSAY_PRINTF(2, 3);

/** Name of a code for logs and JSON, e.g. "corrupt". Static storage; never NULL. */
const char *assay_code_name(assay_code code);

#define ASSAY_RAISE(err, code, ...) assay_err_raise((err), (code), 0, __FILE__, __LINE__, __func__, __VA_ARGS__)
#define ASSAY_RAISE_SYS(err, code, sys, ...)                                                                           \
	assay_err_raise((err), (code), (sys), __FILE__, __LINE__, __func__, __VA_ARGS__)
/* An errno failure: "<what>: <strerror>". errno is read before anything else runs. */
#define ASSAY_RAISE_ERRNO(err, ...) assay_err_raise_errno((err), __FILE__, __LINE__, __func__, __VA_ARGS__)
assay_code assay_err_raise_errno(assay_err *err, const char *file, int line, const char *func, const char *fmt, ...)
    ASSAY_PRINTF(5, 6);

/* Needs `assay_code rc` and a `fail:` label; use nowhere else. */
#define ASSAY_TRY(expr)                                                                                                \
	do {                                                                                                           \
		rc = (expr);                                                                                           \
		if (rc != ASSAY_OK)                                                                                    \
			goto fail;                                                                                     \
	} while (0)

#endif
