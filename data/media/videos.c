/* inbox/video/: clips with planted cuts, and truth/video/: where the cuts are. */
#include "media.h"
#include "movie.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

enum { SCENES_MAX = 4 };

static const struct clip {
	media_file file;
	movie_options options;
	int scenes[SCENES_MAX], lengths[SCENES_MAX]; /* in frames; a length of 0 ends the list */
	unsigned keep_percent;
} clips[] = {
    {.file = {.path = "inbox/video/reel.mp4",
	      .outcome = "accepted",
	      .truth = "truth/video/reel.mp4.json",
	      .why = "three hard cuts at 30000/1001 frames a second, MPEG-4 with sound"},
     .options = {.video = AV_CODEC_ID_MPEG4,
		 .audio = AV_CODEC_ID_ALAC,
		 .width = 640,
		 .height = 360,
		 .rate = {30000, 1001},
		 .bit_rate = 1200000},
     .scenes = {0, 1, 2, 3},
     .lengths = {37, 33, 41, 39}},
    {.file = {.path = "inbox/video/archive.mkv",
	      .outcome = "accepted",
	      .truth = "truth/video/archive.mkv.json",
	      .why = "three hard cuts at 25 frames a second, FFV1 and FLAC: nothing is lost"},
     .options = {.video = AV_CODEC_ID_FFV1, .audio = AV_CODEC_ID_FLAC, .width = 480, .height = 360, .rate = {25, 1}},
     .scenes = {4, 2, 1, 0},
     .lengths = {16, 14, 17, 15}},
    {.file = {.path = "inbox/video/broadcast.ts",
	      .outcome = "accepted",
	      .truth = "truth/video/broadcast.ts.json",
	      .why = "three hard cuts among reordered frames, MPEG-2; its clock starts at one second"},
     .options = {.video = AV_CODEC_ID_MPEG2VIDEO,
		 .audio = AV_CODEC_ID_MP2,
		 .width = 480,
		 .height = 360,
		 .rate = {25, 1},
		 .first = 25,
		 .b_frames = 2,
		 .bit_rate = 1500000},
     .scenes = {3, 0, 4, 1},
     .lengths = {26, 29, 22, 23}},
    {.file = {.path = "inbox/video/black.mp4",
	      .outcome = "accepted",
	      .metric = "keyframe.luma",
	      .check = "shot-light",
	      .severity = "warning",
	      .caught_by = "video",
	      .why = "three seconds of black"},
     .options = {.video = AV_CODEC_ID_MPEG4, .width = 640, .height = 360, .rate = {25, 1}, .bit_rate = 200000},
     .scenes = {SCENE_BLACK},
     .lengths = {75}},
    {.file = {.path = "inbox/video/cut.mp4",
	      .outcome = "failed",
	      .failure = "short",
	      .why = "its index names frames beyond the end of the file"},
     .options = {.video = AV_CODEC_ID_MPEG4,
		 .audio = AV_CODEC_ID_ALAC,
		 .width = 640,
		 .height = 360,
		 .rate = {25, 1},
		 .bit_rate = 600000,
		 .index_first = true},
     .scenes = {2, 3},
     .lengths = {30, 30},
     .keep_percent = 60},
    {.file = {.path = "inbox/video/sound_only.mp4",
	      .outcome = "failed",
	      .failure = "empty",
	      .why = "there is no video stream in it"},
     .options = {.audio = AV_CODEC_ID_ALAC, .rate = {25, 1}}},
};

/* ---------------------------------------------------------------- drawing */

static assay_code push_scene(movie *m, int scene, int64_t first, int64_t frames, assay_err *err)
{
	for (int64_t n = 0; n < frames; n++) {
		AVFrame *canvas = movie_canvas(m);
		assay_code rc;

		if (canvas == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "frame");
		scene_draw(canvas, scene, first + n);
		rc = movie_push(m, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	return ASSAY_OK;
}

static assay_code push_clip(movie *m, const struct clip *c, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (c->options.video == AV_CODEC_ID_NONE)
		return movie_push_sound(m, 2 * (int64_t)m->options.sound->rate, err);
	for (int i = 0; rc == ASSAY_OK && i < SCENES_MAX && c->lengths[i] > 0; i++)
		rc = push_scene(m, c->scenes[i], 0, c->lengths[i], err);
	return rc;
}

/* ---------------------------------------------------------------- truth */

/* "90090/30000", as in the key of a shot */
static void format_time(char out[48], const movie *m, int64_t frame)
{
	AVRational base;
	const int64_t ticks = movie_time(m, frame, &base);

	(void)snprintf(out, 48, "%lld/%d", (long long)ticks * base.num, base.den);
}

static assay_code write_truth(const media_set *set, const struct clip *c, const movie *m, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	int64_t frame = 0;
	assay_json j;
	char time[48];

	assay_json_init(&j, &text, 2);
	assay_json_object(&j);
	assay_json_kstr(&j, "file", c->file.path);
	assay_json_kint(&j, "frames", m->video.done);
	assay_json_key(&j, "shots");
	assay_json_array(&j);
	for (int i = 0; i < SCENES_MAX && c->lengths[i] > 0; i++) {
		format_time(time, m, frame);
		assay_json_object(&j);
		assay_json_kint(&j, "frame", frame);
		assay_json_kstr(&j, "time", time);
		assay_json_kint(&j, "frames", c->lengths[i]);
		assay_json_end(&j);
		frame += c->lengths[i];
	}
	assay_json_end(&j);
	assay_json_end(&j);
	assay_buf_putc(&text, '\n');
	return text.failed ? ASSAY_RAISE(err, ASSAY_ENOMEM, "shots")
			   : media_set_write(set, c->file.truth, text.data, text.len, err);
}

/* What a check refuses in a clip is a shot; the clip itself and its sound are without fault. */
static void list(media_set *set, const struct clip *c, const movie *m)
{
	const media_file fine = {.outcome = "accepted"};
	media_file f = c->file;
	int64_t frame = 0;

	f.modality = "video";
	media_set_file(set, &f);
	if (f.failure == NULL) {
		media_set_sample(set, "video", "", &fine);
		for (int i = 0; i < SCENES_MAX && c->lengths[i] > 0; i++) {
			char part[64] = "t=";
			format_time(part + 2, m, frame);
			media_set_sample(set, "shot", part, &f);
			frame += c->lengths[i];
		}
		if (m->audio.enc != NULL)
			media_set_sample(set, "audio", "audio=1", &fine);
	}
	media_set_end(set);
}

static assay_code record(media_set *set, const struct clip *c, movie *m, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(push_clip(m, c, err));
	ASSAY_TRY(movie_finish(m, err));
	if (c->keep_percent > 0)
		ASSAY_TRY(media_set_cut(set, c->file.path, c->keep_percent, err));
	if (c->file.truth != NULL)
		ASSAY_TRY(write_truth(set, c, m, err));
	list(set, c, m);
fail:
	return rc;
}

static assay_code make_clip(media_set *set, const struct clip *c, const sound *s, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	movie_options options = c->options;
	movie m;
	assay_code rc = media_set_path(&path, set, c->file.path, err);

	options.sound = s;
	if (rc == ASSAY_OK)
		rc = movie_open(&m, path, &options, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = record(set, c, &m, err);
	movie_release(&m);
	return rc;
}

assay_code media_make_videos(media_set *set, assay_err *err)
{
	sound s;
	assay_code rc = sound_speech(&s, 16000, 16000 * 6, 16422, err);

	av_log_set_level(AV_LOG_QUIET);
	for (size_t i = 0; rc == ASSAY_OK && i < ASSAY_COUNT(clips); i++)
		rc = make_clip(set, &clips[i], &s, err);
	sound_release(&s);
	return rc;
}

/* ---------------------------------------------------------------- streams of any length */

enum { LONG_FPS = 10, SHOT_SECONDS = 5 };

static assay_code push_long(movie *m, int64_t seconds, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (int64_t at = 0; rc == ASSAY_OK && at < seconds; at += SHOT_SECONDS) {
		const int64_t length = seconds - at < SHOT_SECONDS ? seconds - at : SHOT_SECONDS;
		rc = push_scene(m, (int)(at / SHOT_SECONDS % SCENE_COUNT), at, length * LONG_FPS, err);
	}
	return rc != ASSAY_OK ? rc : movie_finish(m, err);
}

static enum AVCodecID long_sound(const char *path)
{
	const AVOutputFormat *f = av_guess_format(NULL, path, NULL);
	const bool can = f != NULL && avformat_query_codec(f, AV_CODEC_ID_ALAC, FF_COMPLIANCE_NORMAL) == 1;

	return can ? AV_CODEC_ID_ALAC : AV_CODEC_ID_NONE;
}

assay_code media_make_long_video(const char *path, int64_t seconds, assay_err *err)
{
	sound s;
	const movie_options options = {.video = AV_CODEC_ID_MPEG4,
				       .audio = long_sound(path),
				       .width = 160,
				       .height = 120,
				       .rate = {LONG_FPS, 1},
				       .bit_rate = 100000,
				       .sound = &s};
	movie m;
	assay_code rc = sound_speech(&s, 8000, 8000 * 10, 16422, err);

	if (rc != ASSAY_OK)
		return rc;
	av_log_set_level(AV_LOG_QUIET);
	rc = movie_open(&m, path, &options, err);
	if (rc == ASSAY_OK) {
		rc = push_long(&m, seconds, err);
		movie_release(&m);
	}
	sound_release(&s);
	return rc;
}
