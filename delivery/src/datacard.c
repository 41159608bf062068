/* README.md of a delivery: for a team that nobody of ours will ever meet. */
#include "card.h"

#include "assay/program.h"

#include <inttypes.h>
#include <string.h>

/* A cell of a table: what would end it is escaped. */
static void cell(assay_buf *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '|' || *p == '\\' || *p == '`' || *p == '<')
			assay_buf_putc(out, '\\');
		assay_buf_putc(out, (unsigned char)*p < 0x20 ? ' ' : *p);
	}
}

static void numbers(assay_buf *out, const card *c)
{
	const assay_counts *n = &c->counts;
	static const char *const names[] = {"quarantined", "duplicate", "filtered", "failed sources"};
	static const char *const ways[] = {[ASSAY_WAY_REMEDY] = "repaired by a remedy",
					   [ASSAY_WAY_CORRECTED] = "corrected by a person",
					   [ASSAY_WAY_REPLACED] = "made from another file, which is delivered"};
	const uint64_t others[] = {n->quarantined, n->duplicate, n->filtered, n->failed_sources};

	assay_buf_printf(out, "| | |\n|---|---|\n| version | `sha256:");
	{
		char hex[ASSAY_DIGEST_HEX];

		assay_buf_printf(out, "%s` |\n", assay_digest_hex(&c->version->id, hex));
	}
	assay_buf_printf(out, "| samples | %" PRIu64 " |\n", n->accepted + n->waived);
	for (unsigned k = 1; k <= ASSAY_SAMPLE_KIND_MAX; k++)
		if (c->kinds[k] > 0)
			assay_buf_printf(out, "| of kind %s | %" PRIu64 " |\n", assay_sample_kind_name(k), c->kinds[k]);
	if (n->waived > 0)
		assay_buf_printf(out, "| waived by a person | %" PRIu64 " |\n", n->waived);
	for (unsigned w = ASSAY_WAY_REMEDY; w <= ASSAY_WAY_REPLACED; w++)
		if (c->ways[w] > 0)
			assay_buf_printf(out, "| %s | %" PRIu64 " |\n", ways[w], c->ways[w]);
	for (size_t i = 0; i < ASSAY_COUNT(others); i++)
		if (others[i] > 0)
			assay_buf_printf(out, "| not delivered: %s | %" PRIu64 " |\n", names[i], others[i]);
	assay_buf_puts(out, "\n");
	if (c->version->incomplete)
		assay_buf_puts(out,
			       "The version is incomplete: attempts were still to be made, or something failed for "
			       "want of time or memory, or by a crash. Another run may bring more.\n\n");
}

static bool is_licence(const char *key)
{
	return strcmp(key, "licence") == 0 || strcmp(key, "license") == 0;
}

static void licence(assay_buf *out, const card *c)
{
	const uint64_t samples = c->counts.accepted + c->counts.waived;
	bool told = false;

	assay_buf_puts(out, "## Licence\n\n");
	for (size_t i = 0; i < c->metadata_count; i++) {
		const card_metadata *m = &c->metadata[i];

		if (!is_licence(m->key))
			continue;
		told = true;
		if (m->uniform && m->samples == samples) {
			assay_buf_puts(out, "All samples: ");
			cell(out, m->value);
			assay_buf_puts(out, ".\n\n");
		} else {
			assay_buf_printf(
			    out, "Differs from sample to sample: see `metadata.%s` in `manifest.jsonl`.\n\n", m->key);
		}
	}
	if (!told)
		assay_buf_puts(out, "Not stated in the samples' metadata. Ask whoever gave you this.\n\n");
}

static void metadata(assay_buf *out, const card *c)
{
	if (c->metadata_count == 0)
		return;
	assay_buf_puts(out, "## Metadata\n\n| name | samples | values |\n|---|---|---|\n");
	for (size_t i = 0; i < c->metadata_count; i++) {
		const card_metadata *m = &c->metadata[i];

		assay_buf_puts(out, "| ");
		cell(out, m->key);
		assay_buf_printf(out, " | %" PRIu64 " | ", m->samples);
		for (size_t k = 0; k < m->value_count && !m->many; k++) {
			assay_buf_puts(out, k > 0 ? ", " : "");
			cell(out, m->values[k].text);
			assay_buf_printf(out, " (%" PRIu64 ")", m->values[k].samples);
		}
		assay_buf_puts(out, m->many ? "more than 20 |\n" : " |\n");
	}
	assay_buf_puts(out, "\n");
}

static void files(assay_buf *out)
{
	assay_buf_puts(
	    out,
	    "## Files\n\n"
	    "| file | what |\n|---|---|\n"
	    "| `manifest.jsonl` | one JSON object per sample, in order of `key` |\n"
	    "| `others.jsonl` | every sample and source that is not delivered, and why |\n"
	    "| `artifacts/` | texts, key frames and other files that the samples name, by SHA-256 |\n"
	    "| `contracts/` | what the samples had to meet |\n"
	    "| `decisions/` | what people decided about samples, where they did |\n"
	    "| `recipes/` | how they were processed: stages, parameters, engines, models |\n"
	    "| `version.json` | counts, and how every measurement is distributed |\n"
	    "| `*.cbor` | the records that the version's id is made of |\n"
	    "| `SHA256SUMS` | digests of all of these |\n\n"
	    "## A line of manifest.jsonl\n\n"
	    "| field | what |\n|---|---|\n"
	    "| `key` | names the sample: path of its source, `#`, its part |\n"
	    "| `kind` | page, table, video, shot, audio or segment |\n"
	    "| `outcome` | accepted, or waived: a person let it pass |\n"
	    "| `treatment` | plain: as the pipeline makes it; repaired: by a remedy, see `recipe`; corrected: people "
	    "wrote its text; replaced: another file was put in place of its source |\n"
	    "| `waiver` | of a waived sample `expires`, null where it never does; `findings` has what it fails; null "
	    "for all others |\n"
	    "| `source` | `path` as it was found and `sha256` of the whole file; sources are not part of the "
	    "delivery; of a replaced sample `sha256` of the other file, `file` where it is, and `original`, the digest "
	    "of the "
	    "source |\n"
	    "| `part` | which part of the source: a page, the start of a shot; empty for all of it |\n"
	    "| `span` | `start` and `end` (exclusive), in seconds: ticks * num / den; null where there is no time |\n"
	    "| `text` | of a page: its text, also among the artifacts |\n"
	    "| `measurements` | exact decimals; null where undefined |\n"
	    "| `undefined` | why a measurement has no value |\n"
	    "| `artifacts` | `role`, `stage`, `media_type`, `path`, `bytes`, `sha256` |\n"
	    "| `metadata` | what the owner of the dataset said of the source; null where it is no longer known |\n"
	    "| `findings` | checks of the contracts that it missed, none of them of severity error unless waived |\n"
	    "| `work_key`, `recipe`, `content` | for tracing it back: what was done, how, and what came of it |\n\n");
}

static void decimal_cell(assay_buf *out, int64_t units, int scale)
{
	char text[ASSAY_DECIMAL_TEXT];

	assay_buf_printf(out, " %s |", assay_decimal_format((assay_decimal){units, scale}, text));
}

static void measurements(assay_buf *out, card *c)
{
	if (c->distributions.count == 0)
		return;
	assay_buf_puts(out,
		       "## Measurements\n\n| metric | unit | samples | undefined | min | p10 | median | p90 | max | "
		       "mean |\n|---|---|---|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < c->distributions.count; i++) {
		distribution *d = &c->distributions.items[i];

		assay_buf_printf(out, "| %s | %s | %zu | %" PRIu64 " |", d->name, d->unit, d->count, d->undefined);
		if (d->count > 0) {
			const distribution_summary s = distribution_of(d);
			const int64_t values[] = {s.min, s.p10, s.p50, s.p90, s.max, s.mean};

			for (size_t k = 0; k < ASSAY_COUNT(values); k++)
				decimal_cell(out, values[k], d->scale);
		} else {
			assay_buf_puts(out, " | | | | | |");
		}
		assay_buf_putc(out, '\n');
	}
	assay_buf_putc(out, '\n');
}

static void recipes(assay_buf *out, const card *c)
{
	assay_buf_puts(out, "## How it was made\n\n| sources | stage | version | engine |\n|---|---|---|---|\n");
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		const assay_recipe *r = c->reader->recipes[m];

		for (size_t i = 0; r != NULL && i < r->step_count; i++) {
			const assay_recipe_step *s = &r->steps[i];

			assay_buf_printf(out, "| %s | %s | %" PRIu32 " | ", assay_modality_name(m), s->stage,
					 s->version);
			cell(out, s->engine != NULL ? s->engine : "");
			assay_buf_puts(out, " |\n");
		}
	}
	assay_buf_putc(out, '\n');
}

static void contracts(assay_buf *out, const card *c)
{
	if (c->reader->contract_count == 0) {
		assay_buf_puts(out, "No contract: every sample that could be read is delivered.\n\n");
		return;
	}
	assay_buf_puts(out, "| contract | version | id | checks |\n|---|---|---|---|\n");
	for (size_t i = 0; i < c->reader->contract_count; i++) {
		const assay_contract *k = c->reader->contracts[i];

		assay_buf_puts(out, "| ");
		cell(out, k->name);
		assay_buf_puts(out, " | ");
		cell(out, k->version);
		assay_buf_puts(out, " | ");
		cell(out, k->id);
		assay_buf_printf(out, " | %zu |\n", k->check_count + k->dataset_count);
	}
	assay_buf_putc(out, '\n');
}

/* What Markdown reads of "<" is escaped. */
static void check_bound(assay_buf *out, const assay_dataset_result *r)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	assay_dataset_bound_text(&text, r->aggregate, &r->bound);
	cell(out, assay_buf_str(&text));
}

static void age_cell(assay_buf *out, assay_decimal seconds)
{
	assay_buf_putc(out, ' ');
	assay_dataset_age_text(out, seconds);
	assay_buf_puts(out, " |");
}

static void dataset_checks(assay_buf *out, const card *c)
{
	if (c->checks.count == 0)
		return;
	assay_buf_puts(out, "## Checks of the whole dataset\n\n| check | what | of | value | must be | result "
			    "|\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < c->checks.count; i++) {
		const assay_dataset_result *r = &c->checks.items[i];

		assay_buf_puts(out, "| ");
		cell(out, r->check);
		assay_buf_puts(out, " | ");
		cell(out, r->subject);
		assay_buf_printf(out, " | %s |", r->kind != 0 ? assay_sample_kind_name(r->kind) : "all kinds");
		if (!r->defined)
			assay_buf_puts(out, " unknown |");
		else if (r->aggregate == ASSAY_AGGREGATE_AGE)
			age_cell(out, r->value);
		else
			decimal_cell(out, r->value.units, r->value.scale);
		assay_buf_putc(out, ' ');
		check_bound(out, r);
		assay_buf_printf(out, " | %s", assay_dataset_verdict_name(r->verdict));
		if (r->verdict == ASSAY_DATASET_FAILED)
			assay_buf_printf(out, " (%s)", assay_severity_name(r->severity));
		assay_buf_puts(out, " |\n");
	}
	assay_buf_puts(out,
		       "\nValues are rounded, results are not: `dataset_checks` in `version.json` has all of it.\n\n");
}

void card_readme(assay_buf *out, card *c)
{
	assay_buf_puts(out, "# ");
	cell(out, c->version->dataset != NULL ? c->version->dataset : "dataset");
	assay_buf_puts(
	    out, "\n\nEvery sample was measured and judged against written contracts; what passed is here, what did\n"
		 "not is listed in `others.jsonl`. Written by Assay " ASSAY_PROGRAM_VERSION ".\n\n");
	numbers(out, c);
	licence(out, c);
	metadata(out, c);
	files(out);
	measurements(out, c);
	dataset_checks(out, c);
	recipes(out, c);
	contracts(out, c);
	assay_buf_puts(out, "## Is it complete and unchanged?\n\n"
			    "    sha256sum -c --quiet SHA256SUMS\n\n"
			    "or, with Assay, also every line against the version's id:\n\n"
			    "    assay verify .\n");
}
