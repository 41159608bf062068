#include "track.h"

#include "pcm.h"

#include "assay/decimal.h"

#include <libavutil/cpu.h>
#include <libavutil/mathematics.h>

#include <stdlib.h>
#include <string.h>

/* No stream's clock is farther from zero, in 1/rate: what is added to it then fits. 2^61 ticks last 10^6 years. */
#define FARTHEST (INT64_MAX / 4)

enum { BLOCK_SAMPLES = 1 << 14 }; /* 64 KiB of floats: stays in the cache, below malloc's mmap threshold */

/* ---------------------------------------------------------------- measuring */

static assay_code measure_declared(assay_sink *sink, uint32_t sample, unsigned row, assay_time t, assay_err *err)
{
	const assay_time zero = {0, t.num, t.den};

	if (t.ticks <= 0)
		return assay_undefined(sink, sample, row, "no header declares it", err);
	return assay_measure(sink, sample, row, assay_time_diff(t, zero, 6), err);
}

assay_code assay_audio_measure(assay_sink *sink, uint32_t sample, unsigned base, const assay_audio_facts *f,
			       assay_err *err)
{
	const int64_t duration = assay_round_ratio((int64_t)f->frames, (int64_t)f->rate, 6);
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, sample, base + ASSAY_AUDIO_DURATION, duration, err));
	ASSAY_TRY(measure_declared(sink, sample, base + ASSAY_AUDIO_DURATION_DECLARED, f->declared, err));
	ASSAY_TRY(assay_measure(sink, sample, base + ASSAY_AUDIO_SAMPLE_RATE, f->rate, err));
	ASSAY_TRY(assay_measure(sink, sample, base + ASSAY_AUDIO_CHANNELS, f->channels, err));
	if (f->bits > 0)
		ASSAY_TRY(assay_measure(sink, sample, base + ASSAY_AUDIO_BITS, f->bits, err));
	else
		ASSAY_TRY(assay_undefined(sink, sample, base + ASSAY_AUDIO_BITS, "lossy or floating point", err));
	ASSAY_TRY(assay_measure(sink, sample, base + ASSAY_AUDIO_DECODE_ERRORS, (int64_t)f->errors, err));
	if (f->timed)
		return assay_measure(sink, sample, base + ASSAY_AUDIO_TIMESTAMP_GAPS, (int64_t)f->gaps, err);
	return assay_undefined(sink, sample, base + ASSAY_AUDIO_TIMESTAMP_GAPS, "no time stamps", err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- blocks */

static void free_samples(assay_value *v)
{
	free(v->owner);
}

static assay_code start_block(assay_pcm_blocks *b, assay_err *err)
{
	assay_value *v = assay_value_new(ASSAY_VALUE_PCM, b->root);

	if (v == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "block of sound");
	b->cap = b->channels < BLOCK_SAMPLES ? BLOCK_SAMPLES / b->channels : 1;
	b->samples = malloc(b->cap * b->channels * sizeof *b->samples); /* channels <= 64: no overflow */
	if (b->samples == NULL) {
		assay_value_unref(v);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "block of %zu samples", b->cap * b->channels);
	}
	v->owner = b->samples;
	v->free_payload = free_samples;
	v->time = (assay_time){b->origin + (int64_t)b->first, 1, (int32_t)b->rate};
	v->u.pcm = (assay_pcm){
	    .samples = b->samples, .channels = b->channels, .rate = b->rate, .bits = b->bits, .first = b->first};
	b->value = v;
	b->used = 0;
	return ASSAY_OK;
}

assay_code assay_pcm_blocks_room(assay_pcm_blocks *b, float **at, size_t *room, assay_err *err)
{
	if (b->value == NULL) {
		const assay_code rc = start_block(b, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	*at = b->samples + b->used * b->channels;
	*room = b->cap - b->used;
	return ASSAY_OK;
}

assay_code assay_pcm_blocks_commit(assay_pcm_blocks *b, size_t n, assay_sink *sink, assay_err *err)
{
	b->used += n;
	return b->used == b->cap ? assay_pcm_blocks_flush(b, sink, err) : ASSAY_OK;
}

assay_code assay_pcm_blocks_flush(assay_pcm_blocks *b, assay_sink *sink, assay_err *err)
{
	if (b->value == NULL || b->used == 0)
		return ASSAY_OK;
	b->value->u.pcm.frames = b->used;
	b->first += b->used;
	b->used = 0;
	return assay_emit(sink, ASSAY_STEAL(&b->value), err);
}

void assay_pcm_blocks_release(assay_pcm_blocks *b)
{
	assay_value_unref(b->value);
	b->value = NULL;
}

/* ---------------------------------------------------------------- which decoder */

static const struct exact_decoder {
	enum AVCodecID id;
	const char *name;
} exact_decoders[] = {
    {AV_CODEC_ID_MP3, "mp3"},       {AV_CODEC_ID_MP2, "mp2"},       {AV_CODEC_ID_MP1, "mp1"},
    {AV_CODEC_ID_AAC, "aac_fixed"}, {AV_CODEC_ID_AC3, "ac3_fixed"}, {AV_CODEC_ID_OPUS, "libopus"},
};

/* Integer decoders first; a lossless one has one right answer; for the rest the CPU's extensions are turned off. */
static const AVCodec *exact_decoder(enum AVCodecID id)
{
	for (size_t i = 0; i < ASSAY_COUNT(exact_decoders); i++)
		if (exact_decoders[i].id == id)
			return avcodec_find_decoder_by_name(exact_decoders[i].name);
	return NULL;
}

static bool is_lossless(enum AVCodecID id)
{
	const AVCodecDescriptor *d = avcodec_descriptor_get(id);

	return d != NULL && (d->props & AV_CODEC_PROP_LOSSLESS) && !(d->props & AV_CODEC_PROP_LOSSY);
}

/*
 * Floating-point decoders round differently in their SIMD versions. The flag is the process's, so it is off only
 * while such a decoder runs; video decoders, which are exact, keep theirs.
 */
static int cpu_enter(bool simd)
{
	const int saved = av_get_cpu_flags();

	if (!simd)
		av_force_cpu_flags(0);
	return saved;
}

static void cpu_leave(bool simd, int saved)
{
	if (!simd)
		av_force_cpu_flags(saved);
}

static assay_code open_decoder(assay_av_track *t, assay_err *err)
{
	const enum AVCodecID id = t->st->codecpar->codec_id;
	const AVCodec *codec = exact_decoder(id);
	assay_code rc = ASSAY_EUNSUPPORTED;
	int saved;

	t->simd = codec != NULL || is_lossless(id);
	if (codec != NULL)
		rc = assay_av_decoder_open(&t->dec, codec, t->st, 0, err);
	if (rc == ASSAY_OK || rc == ASSAY_ENOMEM)
		return rc;
	/* The integer AAC decoder lacks some profiles that the floating-point one has. */
	t->simd = is_lossless(id);
	codec = avcodec_find_decoder(id);
	if (codec == NULL)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "no decoder for '%s'", avcodec_get_name(id));
	saved = cpu_enter(t->simd);
	rc = assay_av_decoder_open(&t->dec, codec, t->st, 0, err);
	cpu_leave(t->simd, saved);
	return rc;
}

/* ---------------------------------------------------------------- a track */

static assay_code reject(assay_av_track *t, assay_failure failure, const char *why, assay_sink *sink, assay_err *err)
{
	t->rejected = true;
	return assay_reject(sink, t->root, failure, err, "audio stream %u: %s", t->ordinal, why);
}

assay_code assay_av_track_open(assay_av_track *t, const assay_av_input *in, AVStream *st, unsigned ordinal,
			       const char *part, assay_sink *sink, assay_err *err)
{
	assay_code rc;

	*t = (assay_av_track){.st = st, .ordinal = ordinal, .declared = assay_av_declared(in, (unsigned)st->index)};
	rc = assay_sample(sink, ASSAY_SAMPLE_AUDIO, part, ASSAY_NO_PARENT, &t->root, err);
	if (rc != ASSAY_OK)
		return rc;
	if (assay_av_encrypted(st, NULL))
		return reject(t, ASSAY_FAILURE_UNSUPPORTED, "it is encrypted", sink, err);
	t->frame = av_frame_alloc();
	if (t->frame == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "frame");
	rc = open_decoder(t, err);
	if (rc == ASSAY_EUNSUPPORTED)
		return reject(t, ASSAY_FAILURE_UNSUPPORTED, err != NULL ? err->msg : "no decoder", sink, err);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "audio stream %u", ordinal);
	return rc;
}

void assay_av_track_release(assay_av_track *t)
{
	assay_pcm_blocks_release(&t->blocks);
	av_frame_free(&t->frame);
	avcodec_free_context(&t->dec);
}

/* The decoder's word for bits when it is lossless; a lossy decoder's integers are no property of the source. */
static uint32_t stored_bits(const assay_av_track *t, const AVFrame *f)
{
	const enum AVCodecID id = t->st->codecpar->codec_id;
	const enum AVSampleFormat packed = av_get_packed_sample_fmt((enum AVSampleFormat)f->format);

	if (!is_lossless(id) || packed == AV_SAMPLE_FMT_FLT || packed == AV_SAMPLE_FMT_DBL)
		return 0;
	if (t->dec->bits_per_raw_sample > 0)
		return (uint32_t)t->dec->bits_per_raw_sample;
	if (av_get_exact_bits_per_sample(id) > 0)
		return (uint32_t)av_get_exact_bits_per_sample(id);
	return (uint32_t)av_get_bytes_per_sample(packed) * 8u;
}

static assay_code start_stream(assay_av_track *t, const AVFrame *f, assay_err *err)
{
	const int channels = f->ch_layout.nb_channels;
	int64_t origin = 0;

	if (!assay_pcm_known(f->format) || f->sample_rate <= 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "audio stream %u: no valid sample format", t->ordinal);
	if (channels < 1 || channels > 64)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "audio stream %u: %d channels (1 to 64 are read)",
				   t->ordinal, channels);
	t->timed = f->best_effort_timestamp != AV_NOPTS_VALUE;
	if (t->timed)
		origin = av_rescale_q(f->best_effort_timestamp, t->st->time_base, (AVRational){1, f->sample_rate});
	if (origin > FARTHEST || origin < -FARTHEST)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "audio stream %u: its first time is out of range", t->ordinal);
	t->blocks = (assay_pcm_blocks){.root = t->root,
				       .rate = (uint32_t)f->sample_rate,
				       .channels = (uint32_t)channels,
				       .bits = stored_bits(t, f),
				       .origin = origin};
	return ASSAY_OK;
}

static void count_gap(assay_av_track *t, const AVFrame *f)
{
	const assay_pcm_blocks *b = &t->blocks;
	int64_t at, off;

	if (!t->timed || f->best_effort_timestamp == AV_NOPTS_VALUE)
		return;
	at = av_rescale_q(f->best_effort_timestamp, t->st->time_base, (AVRational){1, (int)b->rate});
	if (at > FARTHEST || at < -FARTHEST ||
	    __builtin_sub_overflow(at, b->origin + t->drift + (int64_t)(b->first + b->used), &off))
		return; /* no clock says this */
	if (off > (int64_t)b->rate / 10 || off < -(int64_t)b->rate / 10)
		t->gaps++;
	t->drift += off; /* the next frame is compared with where this one lies: one gap counts once */
}

static assay_code take_frame(assay_av_track *t, const AVFrame *f, assay_sink *sink, assay_err *err)
{
	assay_pcm_blocks *b = &t->blocks;
	size_t left = (size_t)f->nb_samples;
	assay_code rc = ASSAY_OK;

	if (b->rate == 0)
		rc = start_stream(t, f, err);
	else if ((uint32_t)f->sample_rate != b->rate || (uint32_t)f->ch_layout.nb_channels != b->channels)
		rc = ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "audio stream %u: changes from %u Hz, %u channels to %d, %d",
				 t->ordinal, b->rate, b->channels, f->sample_rate, f->ch_layout.nb_channels);
	if (rc != ASSAY_OK)
		return rc;
	count_gap(t, f);
	while (rc == ASSAY_OK && left > 0) {
		float *at;
		size_t room;
		rc = assay_pcm_blocks_room(b, &at, &room, err);
		if (rc != ASSAY_OK)
			break;
		room = room < left ? room : left;
		assay_pcm_interleave(at, f, (size_t)f->nb_samples - left, room, b->channels);
		left -= room;
		rc = assay_pcm_blocks_commit(b, room, sink, err);
	}
	return rc;
}

static assay_code receive_all(assay_av_track *t, bool *bad, assay_sink *sink, assay_err *err)
{
	for (;;) {
		const int saved = cpu_enter(t->simd);
		const int r = avcodec_receive_frame(t->dec, t->frame);
		assay_code rc;

		cpu_leave(t->simd, saved);
		if (r == AVERROR(EAGAIN) || r == AVERROR_EOF)
			return ASSAY_OK;
		if (r == AVERROR(ENOMEM) || r == AVERROR_PATCHWELCOME)
			return assay_av_raise(err, r, "audio stream %u: decode", t->ordinal);
		if (r < 0) {
			*bad = true;
			return ASSAY_OK;
		}
		*bad = *bad || (t->frame->flags & AV_FRAME_FLAG_CORRUPT) || t->frame->decode_error_flags != 0;
		rc = take_frame(t, t->frame, sink, err);
		av_frame_unref(t->frame);
		if (rc != ASSAY_OK)
			return rc;
	}
}

assay_code assay_av_track_push(assay_av_track *t, const AVPacket *pkt, assay_sink *sink, assay_err *err)
{
	bool bad = pkt != NULL && (pkt->flags & AV_PKT_FLAG_CORRUPT);
	assay_code rc;
	int saved, r;

	if (t->rejected)
		return pkt != NULL ? assay_drop(sink, "a packet of a rejected audio stream", 1, err) : ASSAY_OK;
	if (pkt != NULL && assay_av_encrypted(t->st, pkt))
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "audio stream %u: it is encrypted", t->ordinal);
	t->packets += pkt != NULL;
	assay_av_log_clear();
	saved = cpu_enter(t->simd);
	r = avcodec_send_packet(t->dec, pkt);
	cpu_leave(t->simd, saved);
	if (r == AVERROR(ENOMEM) || r == AVERROR_PATCHWELCOME)
		return assay_av_raise(err, r, "audio stream %u: decode", t->ordinal);
	bad = bad || (r < 0 && r != AVERROR_EOF);
	rc = receive_all(t, &bad, sink, err);
	t->errors += bad || assay_av_log_errors() > 0;
	return rc;
}

static bool format_is_in(const assay_av_input *in, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(in->format->iformat->name, *names) == 0)
			return true;
	return false;
}

static bool ends_early(const assay_av_track *t, const assay_av_input *in)
{
	static const char *const exact[] = {"flac", "tta", "wv", "ape", "wav", "w64", "aiff", NULL};
	const AVRational per_sample = {1, (int)t->blocks.rate};
	const int64_t have = av_rescale_q((int64_t)t->blocks.first, per_sample, t->st->time_base);

	if (t->declared == ASSAY_AV_UNDECLARED)
		return false;
	/* These headers count sample frames of lossless sound: one missing is one lost. */
	if (format_is_in(in, exact) && is_lossless(t->st->codecpar->codec_id) &&
	    av_cmp_q(t->st->time_base, per_sample) == 0)
		return have < t->declared;
	return assay_av_is_short(t->declared, have, t->st->time_base);
}

/* A stream without a container has one packet too many where a tag or a cut frame follows its last whole frame. */
static bool is_damaged(const assay_av_track *t, const assay_av_input *in, int64_t max_damage)
{
	static const char *const bare[] = {"mp3", "aac", "ac3", "eac3", "dts", "truehd", "loas", NULL};
	const uint64_t spare = format_is_in(in, bare) ? 1 : 0;

	return t->errors > spare && t->errors * 10000 > (uint64_t)max_damage * t->packets;
}

static assay_code judge(const assay_av_track *t, const assay_av_input *in, int64_t max_damage, assay_err *err)
{
	if (t->blocks.first == 0 && t->errors == 0)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "audio stream %u: no samples", t->ordinal);
	if (t->blocks.first == 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "audio stream %u: none of %llu packets decodes", t->ordinal,
				   (unsigned long long)t->packets);
	if (ends_early(t, in))
		return ASSAY_RAISE(err, ASSAY_ESHORT, "audio stream %u: ends after %.3f s of %.3f s declared",
				   t->ordinal, (double)t->blocks.first / t->blocks.rate,
				   (double)t->declared * av_q2d(t->st->time_base));
	if (is_damaged(t, in, max_damage))
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "audio stream %u: %llu of %llu packets are damaged", t->ordinal,
				   (unsigned long long)t->errors, (unsigned long long)t->packets);
	return ASSAY_OK;
}

assay_code assay_av_track_finish(assay_av_track *t, const assay_av_input *in, unsigned base, int64_t max_damage,
				 assay_sink *sink, assay_err *err)
{
	assay_audio_facts facts;
	assay_code rc;

	if (t->rejected)
		return ASSAY_OK;
	if (t->packets == 0)
		return reject(t, ASSAY_FAILURE_EMPTY, "it has no packets", sink, err);
	ASSAY_TRY(assay_av_track_push(t, NULL, sink, err));
	ASSAY_TRY(assay_pcm_blocks_flush(&t->blocks, sink, err));
	ASSAY_TRY(judge(t, in, max_damage, err));
	facts = (assay_audio_facts){.frames = t->blocks.first,
				    .rate = t->blocks.rate,
				    .channels = t->blocks.channels,
				    .bits = t->blocks.bits,
				    .errors = t->errors,
				    .gaps = t->gaps,
				    .declared = assay_av_declared_length(in, (unsigned)t->st->index),
				    .timed = t->timed};
	return assay_audio_measure(sink, t->root, base, &facts, err);
fail:
	return rc;
}
