/* audio.read: libsndfile for uncompressed files, libav for everything else. */
#include "audio.h"
#include "libav.h"
#include "sound.h"
#include "track.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct params {
	int64_t max_streams;
	int64_t max_damage;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, max_streams, "32", 1, 1000, "1", "files with more audio streams fail the unit (limit)"),
    ASSAY_PARAM_ROW_DECIMAL(params, max_damage, "0.02", 4, 0, 10000, "1",
			    "fail a file (decode) when more than this share of a stream's packets is damaged"),
    {0},
};

static const assay_metric metrics[] = {ASSAY_AUDIO_METRIC_ROWS, {0}};

typedef struct reader {
	const params *p;
	assay_part part; /* of the file that is read */
	assay_av_input *in;
	assay_sink *sink;
	assay_av_track *tracks;
	unsigned count;
	int *track_of; /* stream index -> track, -1 for others */
	unsigned streams;
} reader;

static bool is_audio(const AVStream *st)
{
	return st->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
}

static assay_code open_track(reader *r, unsigned stream, unsigned ordinal, assay_err *err)
{
	char part[24] = "";

	if (ordinal > 1)
		(void)snprintf(part, sizeof part, "audio=%u", ordinal);
	r->track_of[stream] = (int)r->count++;
	return assay_av_track_open(&r->tracks[r->track_of[stream]], r->in, r->in->format->streams[stream], ordinal,
				   part, r->sink, err);
}

static assay_code open_tracks(reader *r, assay_err *err)
{
	AVFormatContext *f = r->in->format;
	unsigned count = 0;
	assay_code rc = ASSAY_OK;

	for (unsigned i = 0; i < f->nb_streams; i++) {
		count += is_audio(f->streams[i]);
		if (!is_audio(f->streams[i]))
			f->streams[i]->discard = AVDISCARD_ALL;
	}
	if (count == 0)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "no audio stream");
	if (count > r->p->max_streams)
		return ASSAY_RAISE(err, ASSAY_EFULL, "%u audio streams exceed max_streams %lld", count,
				   (long long)r->p->max_streams);
	r->streams = f->nb_streams;
	r->tracks = assay_alloc(count, sizeof *r->tracks);
	r->track_of = assay_alloc(r->streams, sizeof *r->track_of);
	if (r->tracks == NULL || r->track_of == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "stream table");
	for (unsigned i = 0, ordinal = 0; i < r->streams && rc == ASSAY_OK; i++) {
		r->track_of[i] = -1;
		if (!is_audio(f->streams[i]))
			continue;
		ordinal++;
		if (r->part.stream == ASSAY_PART_AUDIO && r->part.audio != ordinal)
			f->streams[i]->discard = AVDISCARD_ALL;
		else
			rc = open_track(r, i, ordinal, err);
	}
	if (rc == ASSAY_OK && r->count == 0)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "no audio stream %u", r->part.audio);
	return rc;
}

static assay_code pump(reader *r, assay_err *err)
{
	AVPacket *pkt = av_packet_alloc();
	assay_code rc = ASSAY_OK;

	if (pkt == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "packet");
	for (;;) {
		bool end = false;
		rc = assay_av_next(r->in, pkt, &end, err);
		if (rc != ASSAY_OK || end)
			break;
		if ((unsigned)pkt->stream_index < r->streams && r->track_of[pkt->stream_index] >= 0)
			rc = assay_av_track_push(&r->tracks[r->track_of[pkt->stream_index]], pkt, r->sink, err);
		av_packet_unref(pkt);
		if (rc != ASSAY_OK)
			break;
	}
	av_packet_free(&pkt);
	return rc;
}

static assay_code finish_track(reader *r, assay_av_track *t, assay_err *err)
{
	int32_t rate;
	assay_code rc;

	ASSAY_TRY(assay_av_track_finish(t, r->in, 0, r->p->max_damage, r->sink, err));
	rate = (int32_t)t->blocks.rate; /* of a short stream the decoder may have given nothing before its end */
	if (!t->rejected)
		ASSAY_TRY(assay_span(r->sink, t->root, (assay_time){t->blocks.origin, 1, rate},
				     (assay_time){t->blocks.origin + (int64_t)t->blocks.first, 1, rate}, err));
	return assay_end(r->sink, t->root, err);
fail:
	return rc;
}

static assay_code run(reader *r, const assay_input *in, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(assay_av_open(&r->in, in, err));
	ASSAY_TRY(open_tracks(r, err));
	ASSAY_TRY(pump(r, err));
	if (r->in->cut)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "the file ends within a packet");
	for (unsigned i = 0; i < r->count; i++)
		ASSAY_TRY(finish_track(r, &r->tracks[i], err));
	return ASSAY_OK;
fail:
	return rc;
}

static assay_code read_container(const params *p, const assay_input *in, assay_sink *sink, assay_err *err)
{
	reader r = {.p = p, .part = in->part, .sink = sink};
	const assay_code rc = run(&r, in, err);

	for (unsigned i = 0; i < r.count; i++)
		assay_av_track_release(&r.tracks[i]);
	free(r.tracks);
	free(r.track_of);
	assay_av_close(r.in);
	return rc;
}

static assay_code read_audio(void *shared, const void *p, const assay_input *in, assay_sink *sink, assay_err *err)
{
	bool taken;
	const assay_code rc = assay_sound_read(&taken, in, sink, err);

	(void)shared;
	return rc != ASSAY_OK || taken ? rc : read_container(p, in, sink, err);
}

static const char *engine(void)
{
	static char text[160];

	(void)snprintf(text, sizeof text, "%s, %s", assay_sound_engine(), assay_av_engine());
	return text;
}

static const assay_metric_note notes[] = {
    {.metric = "audio.duration", .recall = ASSAY_RECALL_MORE},
    {0},
};

const assay_stage assay_stage_audio_read = {
    .abi = ASSAY_STAGE_ABI,
    .name = "audio.read",
    .version = 2,
    .modality = ASSAY_MODALITY_AUDIO,
    .summary = "decodes the audio streams of a file",
    .reference = "",
    .emits = ASSAY_VALUE_PCM,
    .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO),
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .notes = notes,
    .engine = engine,
    .read = read_audio,
};
