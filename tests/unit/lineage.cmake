set(lineage_alloc malloc calloc realloc)
assay_add_unit(content LINK assay::lineage WRAP ${lineage_alloc})
assay_add_unit(recipe LINK assay::lineage WRAP ${lineage_alloc})
assay_add_unit(result LINK assay::lineage WRAP ${lineage_alloc})
# Private headers are tested as well, and rows as the catalog keeps them.
foreach(name IN ITEMS decision feedback filter_set queue record run sample source tag trie unit version
    store_check check_index check_objects check_rows check_versions)
  assay_add_unit(${name} LINK assay::lineage PkgConfig::LMDB WRAP ${lineage_alloc})
  target_include_directories(test_${name} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/../../lineage/src)
endforeach()
