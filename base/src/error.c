#include "assay/error.h"

#include "utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MSG_SIZE (sizeof((assay_err *)0)->msg)

static assay_code refine(assay_code code, int sys)
{
	if (code != ASSAY_EIO)
		return code;
	switch (sys) {
	case ENOMEM:
		return ASSAY_ENOMEM;
	case ENOSPC:
	case EDQUOT:
		return ASSAY_EFULL;
	case EACCES:
	case EPERM:
		return ASSAY_EPERM;
	default:
		return code;
	}
}

/* text is a buffer of MSG_SIZE that vsnprintf may have filled to the brim. */
static void ASSAY_PRINTF(2, 0) format(char text[MSG_SIZE], const char *fmt, va_list ap)
{
	const int n = vsnprintf(text, MSG_SIZE, fmt, ap);

	if (n < 0)
		text[0] = '\0';
	else if ((size_t)n >= MSG_SIZE)
		text[utf8_trim(text, MSG_SIZE - 1)] = '\0';
}

/* dst = a + b. Formatting goes through a second buffer, since the arguments may point into the message itself. */
static void join(char dst[MSG_SIZE], const char *a, const char *b)
{
	const int n = snprintf(dst, MSG_SIZE, "%s%s", a, b);

	if (n >= 0 && (size_t)n >= MSG_SIZE)
		dst[utf8_trim(dst, MSG_SIZE - 1)] = '\0';
}

static void record(assay_err *err, assay_code code, int sys, const char *file, int line, const char *func)
{
	err->code = code;
	err->sys = sys;
	err->file = file;
	err->line = line;
	err->func = func;
}

assay_code assay_err_raise(assay_err *err, assay_code code, int sys, const char *file, int line, const char *func,
			   const char *fmt, ...)
{
	char text[MSG_SIZE];
	va_list ap;

	code = refine(code, sys);
	if (err == NULL)
		return code;
	va_start(ap, fmt);
	format(text, fmt, ap);
	va_end(ap);
	record(err, code, sys, file, line, func);
	memcpy(err->msg, text, strlen(text) + 1);
	return code;
}

assay_code assay_err_raise_errno(assay_err *err, const char *file, int line, const char *func, const char *fmt, ...)
{
	const int sys = errno;
	const assay_code code = refine(ASSAY_EIO, sys);
	char text[MSG_SIZE], reason[64];
	const char *words = strerrordesc_np(sys); /* unlike strerror: neither locale nor shared buffer */
	va_list ap;

	if (err == NULL)
		return code;
	va_start(ap, fmt);
	format(text, fmt, ap);
	va_end(ap);
	if (words != NULL)
		(void)snprintf(reason, sizeof(reason), ": %s", words);
	else
		(void)snprintf(reason, sizeof(reason), ": errno %d", sys);
	record(err, code, sys, file, line, func);
	join(err->msg, text, reason);
	return code;
}

assay_code assay_err_prefix(assay_err *err, const char *fmt, ...)
{
	char context[MSG_SIZE], text[MSG_SIZE + 2];
	va_list ap;

	if (err == NULL)
		return ASSAY_EINVAL;
	va_start(ap, fmt);
	format(context, fmt, ap);
	va_end(ap);
	(void)snprintf(text, sizeof(text), ": %s", err->msg);
	join(err->msg, context, text);
	return err->code;
}

const char *assay_code_name(assay_code code)
{
	static const char *const names[] = {
	    [ASSAY_OK] = "ok",
	    [ASSAY_EINVAL] = "invalid",
	    [ASSAY_ENOMEM] = "out-of-memory",
	    [ASSAY_EIO] = "io",
	    [ASSAY_ENOENT] = "not-found",
	    [ASSAY_ECORRUPT] = "corrupt",
	    [ASSAY_EFULL] = "full",
	    [ASSAY_EBUSY] = "busy",
	    [ASSAY_EPERM] = "permission",
	    [ASSAY_ECONFIG] = "config",
	    [ASSAY_EUSAGE] = "usage",
	    [ASSAY_EEMPTY] = "empty",
	    [ASSAY_ESHORT] = "short",
	    [ASSAY_EUNSUPPORTED] = "unsupported",
	    [ASSAY_ESTOP] = "stop",
	    [ASSAY_EDIFFER] = "differ",
	};

	return (size_t)code < sizeof(names) / sizeof(*names) ? names[code] : "unknown";
}
