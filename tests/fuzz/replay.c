/* Runs a fuzz target over files and the files of folders: what is kept of its corpus, in builds without libFuzzer. */
#include "fuzz.h"

#include "assay/buf.h"
#include "assay/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX ((size_t)64 << 20)

static unsigned long ran;

static int run_file(const char *path)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;
	uint8_t *exact;

	if (assay_file_read(&bytes, AT_FDCWD, path, INPUT_MAX, &err) != ASSAY_OK) {
		(void)fprintf(stderr, "replay: %s: %s\n", path, err.msg);
		return 1;
	}
	/* In memory of exactly its size, so that a sanitizer sees a step beyond it. */
	exact = malloc(bytes.len > 0 ? bytes.len : 1);
	fuzz_assert(exact != NULL);
	if (bytes.len > 0)
		memcpy(exact, bytes.data, bytes.len);
	(void)fprintf(stderr, "%s\n", path);
	(void)LLVMFuzzerTestOneInput(exact, bytes.len);
	free(exact);
	ran++;
	return 0;
}

static int run_folder(const char *path)
{
	struct dirent **names;
	const int n = scandir(path, &names, NULL, alphasort);
	int bad = n < 0;

	for (int i = 0; i < n; i++) {
		char file[4096];

		(void)snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			bad |= run_file(file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		bad |= stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
	}
	(void)printf("%lu inputs\n", ran);
	/* A corpus that went missing must not pass for one that went well. */
	return bad || ran == 0;
}
