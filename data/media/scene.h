/** Moving pictures: scenes that differ from each other far more than their frames do. */
#ifndef ASSAY_MEDIA_SCENE_H
#define ASSAY_MEDIA_SCENE_H

#include <libavutil/frame.h>

enum { SCENE_COUNT = 5, SCENE_BLACK = SCENE_COUNT };

/** Draw frame n of a scene, 0..SCENE_COUNT - 1 or SCENE_BLACK. Integers only. */
void scene_draw(AVFrame *canvas, int scene, int64_t n);

#endif
