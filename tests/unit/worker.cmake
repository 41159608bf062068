# Private headers of the worker are tested as well.
foreach(name frame answer setup worker sandbox)
  assay_add_unit(${name} LINK assay_worker_harness assay_registry_test assay::worker assay::ocr assay::frames assay::audio)
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/stages/worker/src)
endforeach()

assay_add_unit(about LINK assay_registry_alone assay::worker assay::stage WRAP malloc calloc realloc)
target_include_directories(test_about PRIVATE ${PROJECT_SOURCE_DIR}/stages/worker/src)

# What `assay` knows of the stages is what their own tables say.
assay_add_unit(catalogue LINK assay_catalogue_described assay::registry)
