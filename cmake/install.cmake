# What is installed, in two components: `runtime` is the program, `dev` the libraries that read and check stores,
# contracts and deliveries. CPack makes a Debian package of each.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# ---- the program

install(TARGETS assay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
# `assay` finds it from where it lies itself, so that the tree can be moved.
install(TARGETS assay_worker_program RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/assay COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/docs/manual.md ${PROJECT_SOURCE_DIR}/docs/formats.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/models DESTINATION ${CMAKE_INSTALL_DATADIR}/assay COMPONENT runtime)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/assay COMPONENT runtime)
# Written by the program itself: target assay-man.
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT runtime)
install(FILES ${PROJECT_BINARY_DIR}/completion/assay.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME assay COMPONENT runtime)
install(FILES ${PROJECT_BINARY_DIR}/completion/_assay
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT runtime)
install(FILES ${PROJECT_BINARY_DIR}/completion/assay.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT runtime)

# ---- the libraries

set(libraries base lineage contracts delivery)
foreach(name IN LISTS libraries)
  set_target_properties(assay_${name} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS assay_${name} EXPORT assay
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${name}/include/assay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/assay)
install(EXPORT assay NAMESPACE assay:: DESTINATION ${package_dir} COMPONENT dev FILE assay-targets.cmake)
configure_package_config_file(cmake/assay-config.cmake.in assay-config.cmake INSTALL_DESTINATION ${package_dir})
# Formats are versioned by numbers of their own; the interface may change with each release until 1.0.
write_basic_package_version_file(assay-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/assay-config.cmake ${PROJECT_BINARY_DIR}/assay-config-version.cmake
  DESTINATION ${package_dir} COMPONENT dev)

# Relative, so that the folder can be moved.
file(RELATIVE_PATH PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" PREFIX_FROM_PC ${PREFIX_FROM_PC})
configure_file(cmake/assay.pc.in assay.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/assay.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

# ---- Debian packages: cpack in the build folder

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The Assay contributors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "dataset curation for pages, video and audio")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME assay)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION science)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
# Models and fonts are files that recipes name; no library depends on them.
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS "tesseract-ocr-eng, fonts-dejavu-core, fonts-urw-base35")
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
  "Measures every sample of scanned pages, video and audio, judges it against
a written contract, and makes dataset versions that can be explained sample
by sample and made again bit for bit.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libassay-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
  "libssl-dev, libfyaml-dev, libutf8proc-dev, liblmdb-dev, libjansson-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION
  "Static libraries and headers that read Assay's stores and contracts, and write
and check its deliveries.")
include(CPack)
