/* Prints the id of a store's latest version, writes it out as a delivery, and checks that. */
#include <assay/delivery.h>
#include <assay/store.h>
#include <assay/version.h>

#include <stdio.h>

int main(int argc, char **argv)
{
	const assay_store_opts read_only = {.read_only = true};
	const assay_delivery_opts to = {.dir = argc > 2 ? argv[2] : ""};
	assay_delivery_summary written = {0};
	assay_delivery_check check = {0};
	assay_version latest = {0};
	assay_store *store = NULL;
	assay_err err = ASSAY_ERR_INIT;
	char hex[ASSAY_DIGEST_HEX];
	assay_code rc;

	if (argc != 3)
		return 64;
	rc = assay_store_open(&store, argv[1], &read_only, &err);
	if (rc == ASSAY_OK)
		rc = assay_version_latest(store, &latest, &err);
	if (rc == ASSAY_OK)
		rc = assay_delivery_write(&written, store, &latest, &to, &err);
	if (rc == ASSAY_OK)
		rc = assay_delivery_verify(&check, argv[2], &err);
	if (rc == ASSAY_OK)
		printf("%s %llu samples, %llu differences\n", assay_digest_hex(&latest.id, hex),
		       (unsigned long long)check.samples, (unsigned long long)check.differences);
	else
		fprintf(stderr, "consumer: %s\n", err.msg);
	assay_delivery_check_release(&check);
	assay_version_release(&latest);
	assay_store_close(store);
	return rc == ASSAY_OK && check.differences == 0 ? 0 : 1;
}
