/** The page stages: descriptors of everything in this folder, for the registry. */
#ifndef ASSAY_OCR_H
#define ASSAY_OCR_H

#include "assay/stage.h"

extern const assay_stage assay_stage_page_read;
extern const assay_stage assay_stage_page_orient;
extern const assay_stage assay_stage_page_crop;
extern const assay_stage assay_stage_page_split;
extern const assay_stage assay_stage_page_deskew;
extern const assay_stage assay_stage_page_dewarp;
extern const assay_stage assay_stage_page_resolution;
extern const assay_stage assay_stage_page_upscale;
extern const assay_stage assay_stage_page_normalize;
extern const assay_stage assay_stage_page_despeckle;
extern const assay_stage assay_stage_page_binarize;
extern const assay_stage assay_stage_page_picture;
extern const assay_stage assay_stage_page_quality;
extern const assay_stage assay_stage_ocr_recognize;
extern const assay_stage assay_stage_ocr_tables;

#endif
