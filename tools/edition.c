#include "edition.h"

#include "assay/trie.h"
#include "assay/version_results.h"

void assay_edition_release(assay_edition *x)
{
	for (unsigned m = 0; m <= ASSAY_MODALITY_MAX; m++)
		assay_recipe_close(x->recipes[m]);
	assay_contract_set_release(&x->contracts);
	assay_decision_list_release(&x->decisions);
	assay_dataset_results_release(&x->results);
	assay_tags_release(&x->tags);
	assay_version_release(&x->version);
}

assay_code assay_edition_learn(assay_edition *x, assay_store *s, assay_err *err)
{
	const assay_version *v = &x->version;
	assay_code rc;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (v->has_recipe[m])
			ASSAY_TRY(assay_recipe_load(&x->recipes[m], s, &v->recipes[m], err));
	ASSAY_TRY(assay_contract_set_of(&x->contracts, s, v->contracts, v->contract_count, err));
	ASSAY_TRY(assay_decision_list_load(&x->decisions, s, v, err));
	ASSAY_TRY(assay_version_results(&x->results, s, v, err));
	ASSAY_TRY(assay_run_note_of(&x->run, s, v->run, err));
	ASSAY_TRY(assay_tags_load(&x->tags, s, err));
	ASSAY_TRY(assay_trie_count(s, &v->accepted, &x->delivered, err));
	ASSAY_TRY(assay_trie_count(s, &v->others, &x->others, err));
fail:
	return rc;
}
