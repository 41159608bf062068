# What the coordinator is made of; its private headers are tested as well.
assay_add_unit(stage_totals LINK assay::pipeline assay::pipeline_private assay::registry)
assay_add_unit(hash_pool LINK assay::pipeline assay::pipeline_private assay::registry WRAP pthread_create pread64 fstat64)
assay_add_unit(cost LINK assay::pipeline assay::pipeline_private assay::registry)
assay_add_unit(progress LINK assay::pipeline assay::pipeline_private assay::registry)
assay_add_unit(pace LINK assay::pipeline assay::pipeline_private assay::registry)
assay_add_unit(past LINK assay::pipeline assay::pipeline_private assay::registry WRAP malloc calloc realloc)
# Judging works on stores that no run has made.
assay_add_unit(judging LINK assay::pipeline assay::pipeline_private assay::registry PkgConfig::LMDB WRAP malloc calloc realloc)
target_sources(test_judging PRIVATE ${PROJECT_SOURCE_DIR}/tests/bench/pages_store.c)
target_include_directories(test_judging PRIVATE ${PROJECT_SOURCE_DIR}/tests/bench ${PROJECT_SOURCE_DIR}/lineage/src)
# What has threads is run under the thread sanitizer as well (preset tsan).
add_custom_target(threads DEPENDS test_hash_pool)
set_tests_properties(unit.hash_pool PROPERTIES LABELS "unit;threads")
assay_add_unit(original LINK assay::pipeline assay::pipeline_private assay::registry WRAP assay_sources_with malloc calloc realloc)
target_include_directories(test_original PRIVATE ${PROJECT_SOURCE_DIR}/lineage/src)
assay_add_unit(trial LINK assay::pipeline assay::pipeline_private assay::registry WRAP malloc calloc realloc)
target_sources(test_trial PRIVATE ${PROJECT_SOURCE_DIR}/tests/bench/pages_store.c)
target_include_directories(test_trial PRIVATE ${PROJECT_SOURCE_DIR}/tests/bench)
