# The texts that `assay init` starts from are the examples in data/examples: compiled in, so that there is one of each.
function(assay_embed out symbol file)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n\t" bytes "${bytes}")
  set(${out} "static const unsigned char ${symbol}[] = {\n\t${bytes}0x00};\n\n" PARENT_SCOPE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endfunction()

set(examples ${PROJECT_SOURCE_DIR}/data/examples)
set(starter_text "/* Made from data/examples by tools/starter.cmake. */\n#include \"starter.h\"\n\n")
foreach(one pages/assay.yaml pages/contracts/page.odcs.yaml video/assay.yaml video/contracts/video.odcs.yaml
            audio/assay.yaml audio/contracts/speech.odcs.yaml)
  string(MAKE_C_IDENTIFIER ${one} symbol)
  assay_embed(text ${symbol} ${examples}/${one})
  string(APPEND starter_text "${text}")
endforeach()
string(APPEND starter_text
  "#define TEXT(symbol) ((const char *)(symbol))\n\n"
  "const assay_starter assay_starters[ASSAY_MODALITY_MAX + 1] = {\n"
  "    [ASSAY_MODALITY_PAGE] = {TEXT(pages_assay_yaml), \"contracts/page.odcs.yaml\", TEXT(pages_contracts_page_odcs_yaml)},\n"
  "    [ASSAY_MODALITY_VIDEO] = {TEXT(video_assay_yaml), \"contracts/video.odcs.yaml\", TEXT(video_contracts_video_odcs_yaml)},\n"
  "    [ASSAY_MODALITY_AUDIO] = {TEXT(audio_assay_yaml), \"contracts/speech.odcs.yaml\", TEXT(audio_contracts_speech_odcs_yaml)},\n"
  "};\n")
set(starter_source ${CMAKE_CURRENT_BINARY_DIR}/starter_texts.c)
file(CONFIGURE OUTPUT ${starter_source} CONTENT "${starter_text}" @ONLY)
