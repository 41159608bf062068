# Private headers of the worker are tested as well.
foreach(name frame answer setup worker sandbox)
  assay_add_unit(${name} LINK assay_worker_harness assay_registry_test assay::worker assay::ocr assay::frames assay::audio)
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/stages/worker/src)
endforeach()
