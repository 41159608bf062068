/* inbox/audio/: recordings, and truth/audio/: their levels. */
#include "media.h"
#include "sound.h"

#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind { SPEECH, TONE, SILENCE, NOTHING } kind;

enum { SPEECH_RATE = 16000, TONE_RATE = 48000, SECONDS = 6 };

#define SPEECH_PEAK    16422     /* -6 dB */
#define TONE_AMPLITUDE 0.0707946 /* -23 dB: stereo, so -23 LUFS as well (EBU Tech 3341, case 1) */
#define TONE_CLUFS     (-2300)

static const struct recording {
	media_file file;
	kind kind;
	int format; /* libsndfile's */
	int gain, offset;
	unsigned keep_percent;
} recordings[] = {
    {.file = {.path = "inbox/audio/speech.wav",
	      .outcome = "accepted",
	      .truth = "truth/audio/speech.wav.json",
	      .why = "speech-like, 16 kHz, peak at -6 dB"},
     .kind = SPEECH,
     .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16},
    {.file = {.path = "inbox/audio/tone.flac",
	      .outcome = "accepted",
	      .metric = "audio.speech_ratio",
	      .check = "speech",
	      .severity = "warning",
	      .caught_by = "audio",
	      .truth = "truth/audio/tone.flac.json",
	      .why = "997 Hz in both channels at -23 dB, which is -23 LUFS and no speech"},
     .kind = TONE,
     .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
    {.file = {.path = "inbox/audio/clipped.wav",
	      .outcome = "accepted",
	      .metric = "audio.clipping",
	      .check = "clipping",
	      .caught_by = "audio",
	      .truth = "truth/audio/clipped.wav.json",
	      .why = "amplified by 18 dB beyond what 16 bits can hold"},
     .kind = SPEECH,
     .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16,
     .gain = 16},
    {.file = {.path = "inbox/audio/offset.flac",
	      .outcome = "accepted",
	      .metric = "audio.dc_offset",
	      .check = "offset",
	      .severity = "warning",
	      .caught_by = "audio",
	      .truth = "truth/audio/offset.flac.json",
	      .why = "a constant of a tenth of full scale under the sound"},
     .kind = SPEECH,
     .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
     .offset = 3277},
    {.file = {.path = "inbox/audio/silent.wav",
	      .outcome = "accepted",
	      .metric = "audio.silence_ratio",
	      .check = "silence",
	      .caught_by = "audio",
	      .truth = "truth/audio/silent.wav.json",
	      .why = "digital silence"},
     .kind = SILENCE,
     .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16},
    {.file = {.path = "inbox/audio/cut.wav",
	      .outcome = "failed",
	      .failure = "short",
	      .why = "declares six seconds and holds three"},
     .kind = SPEECH,
     .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16,
     .keep_percent = 50},
    {.file = {.path = "inbox/audio/empty.wav",
	      .outcome = "failed",
	      .failure = "empty",
	      .why = "a header without a single sample"},
     .kind = NOTHING,
     .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16},
};

static assay_code make_sound(sound *out, const struct recording *r, assay_err *err)
{
	assay_code rc;

	switch (r->kind) {
	case SPEECH:
		rc = sound_speech(out, SPEECH_RATE, SPEECH_RATE * SECONDS, SPEECH_PEAK, err);
		break;
	case TONE:
		rc = sound_tone(out, TONE_RATE, TONE_RATE * SECONDS / 2, TONE_AMPLITUDE, err);
		break;
	case SILENCE:
		rc = sound_silence(out, SPEECH_RATE, SPEECH_RATE * SECONDS / 3, err);
		break;
	case NOTHING:
	default:
		rc = sound_silence(out, SPEECH_RATE, 0, err);
	}
	if (rc == ASSAY_OK && (r->gain != 0 || r->offset != 0))
		sound_scale(out, r->gain != 0 ? r->gain : 1, r->offset);
	return rc;
}

static assay_code write_sound(const char *path, const sound *s, int format, assay_err *err)
{
	SF_INFO info = {.samplerate = (int)s->rate, .channels = (int)s->channels, .format = format};
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	sf_count_t n;

	if (f == NULL)
		return ASSAY_RAISE(err, ASSAY_EIO, "create '%s': %s", path, sf_strerror(NULL));
	n = s->frames > 0 ? sf_writef_short(f, s->samples, (sf_count_t)s->frames) : 0;
	if (sf_close(f) != 0 || n != (sf_count_t)s->frames)
		return ASSAY_RAISE(err, ASSAY_EIO, "write '%s'", path);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- truth */

static void put(assay_json *j, const char *key, int64_t units, int scale)
{
	assay_json_key(j, key);
	assay_json_decimal(j, (assay_decimal){units, scale});
}

static assay_code write_truth(const media_set *set, const struct recording *r, const sound *s, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_json j;

	assay_json_init(&j, &text, 2);
	assay_json_object(&j);
	assay_json_kstr(&j, "file", r->file.path);
	assay_json_kuint(&j, "sample_rate", s->rate);
	assay_json_kuint(&j, "channels", s->channels);
	assay_json_kuint(&j, "frames", s->frames);
	put(&j, "audio.peak", sound_peak_cdb(s), 2);
	put(&j, "audio.rms", sound_rms_cdb(s), 2);
	put(&j, "audio.dc_offset", llabs(sound_mean_ppm(s)), 6);
	if (r->kind == TONE)
		put(&j, "audio.loudness", TONE_CLUFS, 2);
	assay_json_end(&j);
	assay_buf_putc(&text, '\n');
	return text.failed ? ASSAY_RAISE(err, ASSAY_ENOMEM, "levels")
			   : media_set_write(set, r->file.truth, text.data, text.len, err);
}

static void list(media_set *set, const media_file *file)
{
	media_file f = *file;

	f.modality = "audio";
	media_set_file(set, &f);
	if (strcmp(f.outcome, "failed") != 0)
		media_set_sample(set, "audio", "", &f);
	media_set_end(set);
}

static assay_code make_recording(media_set *set, const struct recording *r, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	sound s = {0};
	assay_code rc;

	ASSAY_TRY(media_set_path(&path, set, r->file.path, err));
	ASSAY_TRY(make_sound(&s, r, err));
	ASSAY_TRY(write_sound(path, &s, r->format, err));
	if (r->keep_percent > 0)
		ASSAY_TRY(media_set_cut(set, r->file.path, r->keep_percent, err));
	if (r->file.truth != NULL)
		ASSAY_TRY(write_truth(set, r, &s, err));
	list(set, &r->file);
fail:
	sound_release(&s);
	return rc;
}

assay_code media_make_recordings(media_set *set, assay_err *err)
{
	for (size_t i = 0; i < ASSAY_COUNT(recordings); i++) {
		const assay_code rc = make_recording(set, &recordings[i], err);
		if (rc != ASSAY_OK)
			return rc;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- streams of any length */

enum { LONG_RATE = 8000, LOOP_SECONDS = 10 };

static assay_code format_of(int *out, const char *path, assay_err *err)
{
	const char *dot = strrchr(path, '.');

	if (dot != NULL && strcmp(dot, ".flac") == 0)
		*out = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
	else if (dot != NULL && strcmp(dot, ".wav") == 0)
		*out = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
	else if (dot != NULL && strcmp(dot, ".w64") == 0)
		*out = SF_FORMAT_W64 | SF_FORMAT_PCM_16;
	else
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s': its name must end in .wav, .w64 or .flac", path);
	return ASSAY_OK;
}

static assay_code write_loops(SNDFILE *f, const char *path, const sound *loop, int64_t frames, assay_err *err)
{
	while (frames > 0) {
		const sf_count_t n = frames < (int64_t)loop->frames ? frames : (int64_t)loop->frames;
		if (sf_writef_short(f, loop->samples, n) != n)
			return ASSAY_RAISE(err, ASSAY_EIO, "write '%s': %s", path, sf_strerror(f));
		frames -= n;
	}
	return ASSAY_OK;
}

assay_code media_make_long_audio(const char *path, int64_t seconds, assay_err *err)
{
	SF_INFO info = {.samplerate = LONG_RATE, .channels = 1};
	sound loop;
	SNDFILE *f;
	assay_code rc = format_of(&info.format, path, err);

	if (rc == ASSAY_OK)
		rc = sound_speech(&loop, LONG_RATE, LONG_RATE * LOOP_SECONDS, SPEECH_PEAK, err);
	if (rc != ASSAY_OK)
		return rc;
	f = sf_open(path, SFM_WRITE, &info);
	if (f == NULL) {
		sound_release(&loop);
		return ASSAY_RAISE(err, ASSAY_EIO, "create '%s': %s", path, sf_strerror(NULL));
	}
	rc = write_loops(f, path, &loop, seconds * LONG_RATE, err);
	sound_release(&loop);
	if (sf_close(f) != 0 && rc == ASSAY_OK)
		rc = ASSAY_RAISE(err, ASSAY_EIO, "write '%s'", path);
	return rc;
}
