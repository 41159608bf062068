/* assay-make-media: sample media for trying Assay and for its tests. */
#include "media.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 64, EXIT_NO_INPUT = 66, EXIT_BUG = 70, EXIT_IO = 74, EXIT_TEMPORARY = 75, EXIT_NOPERM = 77 };
enum { SECONDS_MAX = 1000000 };

static const char usage[] =
    "usage: assay-make-media OUT_DIR\n"
    "       assay-make-media --planted OUT_DIR\n"
    "       assay-make-media --beside LEFT RIGHT OUT.png\n"
    "       assay-make-media --long-video SECONDS FILE   (.mkv .mp4 .mov .avi .ts)\n"
    "       assay-make-media --long-audio SECONDS FILE   (.wav .w64 .flac)\n"
    "\n"
    "Writes sample pages, videos and recordings into OUT_DIR, good ones and ones with a planted fault, with ground\n"
    "truth beside the pages and in truth/, and EXPECTED.json: what Assay should find in each. The same bytes on\n"
    "every run. --planted: pages alone, good ones and ones with a fault that a gate must find. --beside: two pages\n"
    "side by side, small. The other forms write one file of any length, in memory that does not grow with it.\n";

static int exit_code(assay_code rc)
{
	switch ((int)rc) {
	case ASSAY_OK:
		return 0;
	case ASSAY_EUSAGE:
		return EXIT_USAGE;
	case ASSAY_EIO:
	case ASSAY_EFULL:
		return EXIT_IO;
	case ASSAY_ENOENT:
		return EXIT_NO_INPUT;
	case ASSAY_ENOMEM:
		return EXIT_TEMPORARY;
	case ASSAY_EPERM:
		return EXIT_NOPERM;
	default:
		return EXIT_BUG;
	}
}

static int finish(assay_code rc, const assay_err *err)
{
	if (rc != ASSAY_OK)
		(void)fprintf(stderr, "assay-make-media: %s\n", err->msg);
	return exit_code(rc);
}

static int fail_usage(const char *what, const char *value)
{
	(void)fprintf(stderr, "assay-make-media: %s '%s'\n%s", what, value, usage);
	return EXIT_USAGE;
}

static int make_long(char **argv)
{
	assay_err err = ASSAY_ERR_INIT;
	const int video = strcmp(argv[1], "--long-video") == 0;
	char *end;
	long long seconds;

	if (!video && strcmp(argv[1], "--long-audio") != 0)
		return fail_usage("unknown option", argv[1]);
	errno = 0;
	seconds = strtoll(argv[2], &end, 10);
	if (errno != 0 || *end != '\0' || end == argv[2] || seconds < 1 || seconds > SECONDS_MAX)
		return fail_usage("seconds must be a number from 1 to 1000000, not", argv[2]);
	return finish(video ? media_make_long_video(argv[3], seconds, &err)
			    : media_make_long_audio(argv[3], seconds, &err),
		      &err);
}

static int print_help(void)
{
	return fputs(usage, stdout) < 0 || fflush(stdout) != 0 ? EXIT_IO : 0;
}

int main(int argc, char **argv)
{
	assay_err err = ASSAY_ERR_INIT;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return print_help();
	if (argc == 4)
		return make_long(argv);
	if (argc == 5 && strcmp(argv[1], "--beside") == 0)
		return finish(media_make_beside(argv[2], argv[3], argv[4], &err), &err);
	if (argc == 3 && strcmp(argv[1], "--planted") == 0)
		return finish(media_make_planted(argv[2], &err), &err);
	if (argc != 2)
		return fail_usage("wrong number of arguments:", argc > 1 ? argv[argc - 1] : "none");
	if (argv[1][0] == '-')
		return fail_usage("unknown option", argv[1]);
	return finish(media_make_all(argv[1], &err), &err);
}
