#include "assay/registry.h"

#include "audio/audio.h"
#include "frames/frames.h"
#include "ocr/ocr.h"

const assay_stage *const assay_stages[] = {
    &assay_stage_page_read,        &assay_stage_page_orient,     &assay_stage_page_quality,
    &assay_stage_page_crop,        &assay_stage_page_split,      &assay_stage_page_deskew,
    &assay_stage_page_dewarp,      &assay_stage_page_resolution, &assay_stage_page_normalize,
    &assay_stage_page_despeckle,   &assay_stage_page_upscale,    &assay_stage_page_binarize,
    &assay_stage_page_picture,     &assay_stage_ocr_recognize,   &assay_stage_ocr_tables,
    &assay_stage_video_read,       &assay_stage_video_shots,     &assay_stage_video_quality,
    &assay_stage_video_keyframes,  &assay_stage_video_subtitles, &assay_stage_audio_read,
    &assay_stage_audio_levels,     &assay_stage_audio_loudness,  &assay_stage_audio_activity,
    &assay_stage_audio_transcript, &assay_stage_audio_picture,   NULL,
};

const assay_stages_home assay_stages_at = {.program = NULL};
