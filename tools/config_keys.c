#include "config_keys.h"

#include <stddef.h>

#define WEEK ((int64_t)7 * 24 * 3600)

/* A key that the parser learns is added here too; tests/cli/config/schema.sh has the parser try each of them. */
const assay_config_key assay_config_keys[] = {
    {"", "dataset", true, "string", "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", 0, 0, 0, "my-dataset",
     "the name of what is made"},
    {"", "sources", true, "list", NULL, 0, 0, 0, NULL, "which files to read; the first one that matches a file wins"},
    {"sources", "path", true, "string", "^[^/]", 0, 0, 0, NULL,
     "a pattern relative to this file: * and ? within a folder, ** over folders"},
    {"sources", "modality", true, "modality", NULL, 0, 0, 0, NULL, "what the files are: page, video or audio"},
    {"sources", "metadata", false, "map", NULL, 0, 0, 0, "{licence: CC-BY-4.0, language: de}",
     "names and values that every sample of the files carries"},
    {"sources", "sidecars", false, "object", NULL, 0, 0, 0, NULL,
     "files that stand beside a source: {stem}, {name} and {dir} are parts of its path"},
    {"sidecars", "ground_truth", false, "string", NULL, 0, 0, 0, "\"{stem}.gt.txt\"", "the true text of a page"},
    {"sidecars", "transcript", false, "string", NULL, 0, 0, 0, "\"{stem}.txt\"", "what is said in a recording"},
    {"sidecars", "subtitles", false, "string", NULL, 0, 0, 0, "\"{stem}.srt\"", "what is read while a video plays"},
    {"sidecars", "metadata", false, "string", NULL, 0, 0, 0, "\"{stem}.json\"",
     "what is known of the source: names and values"},
    {"", "pipelines", false, "pipelines", NULL, 0, 0, 0, NULL,
     "the stages that each file goes through, by modality; the reader comes first by itself"},
    {"", "contracts", false, "texts", NULL, 0, 0, 0, "contracts/page.odcs.yaml",
     "what samples must meet, as files relative to this one"},
    {"", "remedies", false, "remedies", NULL, 0, 0, 0, NULL,
     "ladders of attempts that may help what a check refuses, or a source that fails; checks name them, or they the "
     "failures"},
    {"", "metadata_files", false, "texts", NULL, 0, 0, 0, "inbox/index.csv",
     "tables (.csv, .jsonl) that say more of sources, by path"},
    {"", "fields", false, "fields", NULL, 0, 0, 0,
     "{licence: text, language: {required: true}, doc_type: {values: [invoice, letter]}}",
     "what metadata must be, by name"},
    {"", "fields_closed", false, "boolean", NULL, 0, 0, 0, "false", "metadata that are not among the fields are wrong"},
    {"", "filters", false, "filters", NULL, 0, 0, 0, "[{name: german-only, keep: {language: de}}]",
     "what metadata keep out of the dataset; the first that hits is named"},
    {"", "lanes", false, "lanes", NULL, 0, 0, 0, "[{name: specialists, severity: error, least: 3}]",
     "who gets a ticket to work on; the first that fits"},
    {"", "limits", false, "object", NULL, 0, 0, 0, NULL, "what one unit of work may use"},
    {"limits", "memory_mib", false, "integer", NULL, 384, 1 << 20, 1024, NULL, "address space, MiB"},
    {"limits", "cpu_s", false, "integer", NULL, 1, WEEK, 600, NULL, "CPU time, seconds"},
    {"limits", "wall_s", false, "integer", NULL, 1, WEEK, 900, NULL, "time by the clock, seconds"},
    {NULL, NULL, false, NULL, NULL, 0, 0, 0, NULL, NULL},
};
