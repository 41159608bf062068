# What the coordinator is made of; its private headers are tested as well.
foreach(name stage_totals)
  assay_add_unit(${name} LINK assay::pipeline assay::registry)
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/stages/pipeline/src)
endforeach()
