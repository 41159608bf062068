set(contracts_alloc malloc calloc realloc)
assay_add_unit(yaml LINK assay::base WRAP ${contracts_alloc})
assay_add_unit(contract LINK assay::contracts WRAP ${contracts_alloc})
assay_add_unit(judge LINK assay::contracts WRAP realloc)
# Brings a registry of its own, so that the one of this build is not linked.
assay_add_unit(config LINK assay::config WRAP ${contracts_alloc})
assay_add_unit(glob LINK assay::config)
assay_add_unit(examples LINK assay::config)
target_compile_definitions(test_examples PRIVATE ASSAY_EXAMPLES="${PROJECT_SOURCE_DIR}/data/examples")
