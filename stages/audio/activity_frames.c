#include "activity_frames.h"

#include "level_sums.h"

enum {
	BAND_RATE = 8000, /* Hz: least rate of the speech band where the sound has that much */
	SCALE = ASSAY_LEVEL_ONE / ACTIVITY_BAND_ONE,
	FRACTION = 256, /* of the high pass */
	SLOW = 16,      /* its 1 - 1/16 */
};

void activity_meter_init(activity_meter *m, uint32_t rate, uint32_t channels)
{
	*m = (activity_meter){.channels = channels,
			      .hop = rate >= 100 ? rate / 100 : 1,
			      .step = rate >= BAND_RATE ? rate / BAND_RATE : 1};
}

/* |y| < 2^24 (8 full scales, up and down); 2^14 of them, squared, fit 64 bits: 160 groups of 64 channels are fewer. */
static void end_group(activity_meter *m)
{
	for (uint32_t c = 0; c < m->channels; c++) {
		const int64_t x = m->channel[c].sum / m->step / SCALE;
		int64_t s = m->channel[c].state + (x - m->channel[c].last) * FRACTION;
		s -= s / SLOW;
		m->channel[c].sum = 0;
		m->channel[c].last = x;
		m->channel[c].state = s;
		m->energy += (uint64_t)((s / FRACTION) * (s / FRACTION));
	}
	m->in_step = 0;
	m->groups++;
}

static void group(activity_meter *m, const int32_t *q, size_t frames)
{
	while (frames > 0) {
		const uint32_t left = m->step - m->in_step;
		const size_t n = frames < left ? frames : left;
		for (uint32_t c = 0; c < m->channels; c++)
			for (size_t i = 0; i < n; i++)
				m->channel[c].sum += q[i * m->channels + c];
		q += n * m->channels;
		frames -= n;
		m->in_step += (uint32_t)n;
		if (m->in_step == m->step)
			end_group(m);
	}
}

static void add_levels(activity_frame *f, const int32_t *q, size_t n)
{
	uint64_t squares = 0; /* ASSAY_LEVEL_CHUNK of them fit */
	uint32_t peak = f->peak;

	for (size_t i = 0; i < n; i++) {
		const uint32_t m = (uint32_t)(q[i] < 0 ? -q[i] : q[i]);
		squares += (uint64_t)m * m;
		peak = m > peak ? m : peak;
	}
	f->squares += squares;
	f->peak = peak;
}

size_t activity_meter_push(activity_meter *m, const float *x, size_t frames)
{
	const size_t left = m->hop - m->now.frames;
	const size_t taken = frames < left ? frames : left;
	const size_t most = ASSAY_LEVEL_CHUNK / m->channels;
	int32_t q[ASSAY_LEVEL_CHUNK];

	for (size_t at = 0; at < taken; at += most) {
		const size_t n = taken - at < most ? taken - at : most;
		assay_level_integers(q, x + at * m->channels, n * m->channels);
		add_levels(&m->now, q, n * m->channels);
		group(m, q, n);
	}
	m->now.frames += (uint32_t)taken;
	return taken;
}

bool activity_meter_take(activity_meter *m, bool end, activity_frame *out)
{
	if (m->now.frames < m->hop && (!end || m->now.frames == 0))
		return false;
	/* A frame shorter than a group, at very low rates or at the end, is taken to be as loud as the one before. */
	if (m->groups > 0)
		m->now.power = m->energy / ((uint64_t)m->groups * m->channels);
	*out = m->now;
	m->now = (activity_frame){.power = out->power};
	m->groups = 0;
	m->energy = 0;
	return true;
}
