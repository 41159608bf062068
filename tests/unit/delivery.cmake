# The parts of a delivery, by their private headers; the whole is tried by tests/cli/export and tests/cli/verify.
foreach(name sums distribution folder)
  assay_add_unit(${name} LINK assay::delivery WRAP malloc calloc realloc syncfs write)
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/delivery/src)
endforeach()

# What `assay init` looks at and writes, and what `assay diff` compares. None of it needs a registry of stages.
foreach(name annotations changes csv look starter table_correction)
  assay_add_unit(${name} LINK assay_tool)
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tools)
endforeach()

# What comes back from the users of a delivery, over a store.
foreach(name causes evaluation)
  assay_add_unit(${name} LINK assay::delivery WRAP malloc calloc realloc)
endforeach()

# What a report of failures and the import of results are quick by, beside the plain versions.
assay_add_unit(members LINK assay::delivery WRAP malloc calloc realloc)
target_include_directories(test_members PRIVATE ${PROJECT_SOURCE_DIR}/delivery/src)
foreach(name cells keysort ranges)
  assay_add_unit(${name} LINK assay::delivery WRAP calloc)
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/delivery/src)
endforeach()
