# What the coordinator is made of; its private headers are tested as well.
assay_add_unit(stage_totals LINK assay::pipeline assay::registry)
assay_add_unit(hash_pool LINK assay::pipeline assay::registry WRAP pthread_create pread64 fstat64)
assay_add_unit(cost LINK assay::pipeline assay::registry)
assay_add_unit(progress LINK assay::pipeline assay::registry)
foreach(name stage_totals hash_pool cost progress)
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/stages/pipeline/src)
endforeach()
