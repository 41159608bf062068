set(store_alloc malloc calloc realloc)
foreach(name IN ITEMS store pack large env undo)
  assay_add_unit(${name} LINK assay::lineage PkgConfig::LMDB
    WRAP ${store_alloc} fdatasync fsync pwrite64 renameat unlinkat ftruncate64 mkdirat mmap64 fstatfs64
    mdb_txn_commit mdb_env_open mdb_env_set_mapsize SHA256_Update)
  target_include_directories(test_${name} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/../../lineage/src)
endforeach()
assay_add_unit(time LINK assay::base)
assay_add_unit(params LINK assay::stage WRAP ${store_alloc})
assay_add_unit(chain LINK assay::worker assay::registry WRAP ${store_alloc})
assay_add_unit(scan LINK assay::pipeline assay::pipeline_private assay::registry)
