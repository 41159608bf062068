assay_add_unit(make_media LINK assay::media assay::base PkgConfig::LEPT PkgConfig::SNDFILE PkgConfig::JANSSON m
  WRAP malloc calloc realloc)
