#include "sound.h"

#include "header.h"
#include "track.h"

#include <errno.h>
#include <sndfile.h>
#include <string.h>
#include <unistd.h>

typedef struct file {
	int fd;
	int sys; /* errno of a failed read */
	sf_count_t at, size;
} file;

static sf_count_t on_length(void *user)
{
	return ((file *)user)->size;
}

static sf_count_t on_seek(sf_count_t offset, int whence, void *user)
{
	file *f = user;
	const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? f->at : f->size;
	sf_count_t to;

	if (!__builtin_add_overflow(base, offset, &to) && to >= 0)
		f->at = to;
	return f->at;
}

static sf_count_t on_read(void *p, sf_count_t n, void *user)
{
	file *f = user;
	sf_count_t done = 0;

	while (done < n) {
		const ssize_t r = pread(f->fd, (char *)p + done, (size_t)(n - done), (off_t)(f->at + done));
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			f->sys = errno;
		if (r <= 0)
			break;
		done += r;
	}
	f->at += done;
	return done;
}

static sf_count_t on_write(const void *p, sf_count_t n, void *user)
{
	(void)p, (void)n, (void)user;
	return 0;
}

static sf_count_t on_tell(void *user)
{
	return ((file *)user)->at;
}

/* Codings that libsndfile decodes with integers or not at all. MP3 in WAV is not one: libmpg123 differs by CPU. */
static uint32_t bits_of(int format, bool *known)
{
	*known = true;
	switch (format & SF_FORMAT_SUBMASK) {
	case SF_FORMAT_PCM_S8:
	case SF_FORMAT_PCM_U8:
		return 8;
	case SF_FORMAT_PCM_16:
		return 16;
	case SF_FORMAT_PCM_24:
		return 24;
	case SF_FORMAT_PCM_32:
		return 32;
	case SF_FORMAT_FLOAT:
	case SF_FORMAT_DOUBLE:
	case SF_FORMAT_ULAW:
	case SF_FORMAT_ALAW:
	case SF_FORMAT_IMA_ADPCM:
	case SF_FORMAT_MS_ADPCM:
		return 0;
	default:
		*known = false;
		return 0;
	}
}

static uint32_t bytes_a_sample(int format)
{
	switch (format & SF_FORMAT_SUBMASK) {
	case SF_FORMAT_PCM_S8:
	case SF_FORMAT_PCM_U8:
	case SF_FORMAT_ULAW:
	case SF_FORMAT_ALAW:
		return 1;
	case SF_FORMAT_PCM_16:
		return 2;
	case SF_FORMAT_PCM_24:
		return 3;
	case SF_FORMAT_PCM_32:
	case SF_FORMAT_FLOAT:
		return 4;
	case SF_FORMAT_DOUBLE:
		return 8;
	default: /* compressed: no fixed size */
		return 0;
	}
}

typedef struct sound {
	SNDFILE *sf;
	SF_INFO info;
	file io;
	assay_sound_header head;
	assay_pcm_blocks blocks;
	assay_sink *sink;
} sound;

static assay_code read_samples(sound *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (;;) {
		float *at;
		size_t room;
		sf_count_t n;

		rc = assay_pcm_blocks_room(&s->blocks, &at, &room, err);
		if (rc != ASSAY_OK)
			return rc;
		n = sf_readf_float(s->sf, at, (sf_count_t)room);
		if (s->io.sys != 0)
			return ASSAY_RAISE_SYS(err, ASSAY_EIO, s->io.sys, "read: %s", strerror(s->io.sys));
		if (n <= 0)
			break;
		rc = assay_pcm_blocks_commit(&s->blocks, (size_t)n, s->sink, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	if (sf_error(s->sf) != SF_ERR_NO_ERROR)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "libsndfile: %s", sf_strerror(s->sf));
	return assay_pcm_blocks_flush(&s->blocks, s->sink, err);
}

static assay_code judge(const sound *s, assay_err *err)
{
	const assay_sound_header *h = &s->head;
	const uint64_t there = h->data_at < (uint64_t)s->io.size ? (uint64_t)s->io.size - h->data_at : 0;

	if (h->declared && h->data_bytes > there)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "declares %llu bytes of sound, the file has %llu",
				   (unsigned long long)h->data_bytes, (unsigned long long)there);
	if (s->blocks.first == 0)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "no samples");
	if (s->info.frames > 0 && s->blocks.first < (uint64_t)s->info.frames)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "ends after %llu of %lld sample frames",
				   (unsigned long long)s->blocks.first, (long long)s->info.frames);
	return ASSAY_OK;
}

static assay_code measure(const sound *s, assay_err *err)
{
	const uint64_t frame_bytes = (uint64_t)bytes_a_sample(s->info.format) * s->blocks.channels;
	assay_audio_facts facts = {
	    .frames = s->blocks.first, .rate = s->blocks.rate, .channels = s->blocks.channels, .bits = s->blocks.bits};

	if (s->head.declared && s->head.format != ASSAY_SOUND_OTHER)
		facts.declared = (assay_time){frame_bytes > 0 && s->head.format != ASSAY_SOUND_AIFF &&
						      s->head.format != ASSAY_SOUND_CAF
						  ? (int64_t)(s->head.data_bytes / frame_bytes)
						  : s->info.frames,
					      1, (int32_t)s->blocks.rate};
	return assay_audio_measure(s->sink, s->blocks.root, 0, &facts, err);
}

static assay_code read_all(sound *s, uint32_t bits, assay_err *err)
{
	const int32_t rate = s->info.samplerate;
	uint32_t root;
	assay_code rc;

	if (s->info.channels > 64)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "%d channels (1 to 64 are read)", s->info.channels);
	if (s->info.channels < 1 || rate < 1)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "%d channels at %d Hz", s->info.channels, rate);
	ASSAY_TRY(assay_sample(s->sink, ASSAY_SAMPLE_AUDIO, "", ASSAY_NO_PARENT, &root, err));
	s->blocks = (assay_pcm_blocks){
	    .root = root, .rate = (uint32_t)rate, .channels = (uint32_t)s->info.channels, .bits = bits};
	ASSAY_TRY(read_samples(s, err));
	ASSAY_TRY(judge(s, err));
	ASSAY_TRY(measure(s, err));
	ASSAY_TRY(
	    assay_span(s->sink, root, (assay_time){0, 1, rate}, (assay_time){(int64_t)s->blocks.first, 1, rate}, err));
	return assay_end(s->sink, root, err);
fail:
	return rc;
}

assay_code assay_sound_read(bool *taken, const assay_input *in, assay_sink *sink, assay_err *err)
{
	static SF_VIRTUAL_IO io = {on_length, on_seek, on_read, on_write, on_tell};
	sound s = {.io = {.fd = in->fd, .size = (sf_count_t)in->size}, .sink = sink};
	bool known = false;
	uint32_t bits = 0;
	assay_code rc = assay_sound_header_read(&s.head, in->fd, in->size, err);

	*taken = false;
	if (rc != ASSAY_OK || s.head.format == ASSAY_SOUND_OTHER)
		return rc;
	/* libsndfile believes a length of 0; libav reads on to the end of the file. */
	if (s.head.format == ASSAY_SOUND_WAV && !s.head.declared && s.head.data_bytes == 0 && s.head.data_at > 0)
		return ASSAY_OK;
	s.sf = sf_open_virtual(&io, SFM_READ, &s.info, &s.io);
	if (s.sf != NULL)
		bits = bits_of(s.info.format, &known);
	if (known) {
		*taken = true;
		rc = read_all(&s, bits, err);
	}
	assay_pcm_blocks_release(&s.blocks);
	if (s.sf != NULL)
		(void)sf_close(s.sf);
	return rc;
}

const char *assay_sound_engine(void)
{
	return sf_version_string();
}
