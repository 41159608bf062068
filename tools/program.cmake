# assay_add_program(<target> <name> STAGES <libraries>... [LOOKUP <libraries>...])
#
# The program <name>, and <name>-worker, which it starts to read files. STAGES have the table of stages and their code:
# the worker links them, and writes a catalogue of them, which is all that <name> knows of stages. LOOKUP finds stages in
# a table where the registry's own does not. Libraries that decode media are therefore loaded by workers alone: a verb
# starts some thirty times as fast, and what is not sandboxed has no decoder in its address space.
set(assay_program_dir ${CMAKE_CURRENT_LIST_DIR})
function(assay_add_program target name)
  cmake_parse_arguments(PARSE_ARGV 2 A "" "" "STAGES;LOOKUP")
  add_executable(${target}_worker_program ${assay_program_dir}/worker_main.c ${assay_program_dir}/catalogue.c)
  set_target_properties(${target}_worker_program PROPERTIES OUTPUT_NAME ${name}-worker)
  # The two know each other by it: see spawn_check_build.
  target_link_options(${target}_worker_program PRIVATE LINKER:--build-id)
  target_link_libraries(${target}_worker_program PRIVATE ${A_STAGES} assay::worker assay_flags)

  set(catalogue ${CMAKE_CURRENT_BINARY_DIR}/${name}_catalogue.c)
  add_custom_command(OUTPUT ${catalogue}
    COMMAND ${target}_worker_program catalogue ${name}-worker > ${catalogue}
    DEPENDS ${target}_worker_program
    COMMENT "Writing the catalogue of stages of ${name}" VERBATIM)
  add_executable(${target} ${assay_program_dir}/main.c ${catalogue})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name})
  target_include_directories(${target} PRIVATE ${assay_program_dir})
  # Archives name the libraries of all their members, and the members with stages stay out.
  target_link_options(${target} PRIVATE LINKER:--as-needed)
  target_link_libraries(${target} PRIVATE ${A_LOOKUP} assay_tool assay_flags)
endfunction()
