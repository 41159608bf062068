#include "clock.h"

#include <libavutil/mathematics.h>

/*
 * What a file claims is not to be computed with before it is bounded: times within 2^61 ticks and 10^10 s (300 years,
 * so that a clock's time of day may be one) of zero, frames of at most a day. Sums and differences then fit.
 */
static int64_t ticks_of(int64_t seconds, AVRational tb)
{
	const int64_t n = av_rescale_q(seconds, (AVRational){1, 1}, tb);

	return n < 0 || n > INT64_MAX / 4 ? INT64_MAX / 4 : n; /* below 0: it did not fit */
}

static bool is_time(int64_t t, AVRational tb)
{
	const int64_t most = ticks_of(10000000000, tb);

	return t >= -most && t <= most;
}

static bool is_length(int64_t length, AVRational tb)
{
	return length > 0 && length <= ticks_of(86400, tb);
}

void assay_frame_clock_init(assay_frame_clock *c, const AVStream *st)
{
	const AVRational rate = st->avg_frame_rate.num > 0 ? st->avg_frame_rate : st->r_frame_rate;

	*c = (assay_frame_clock){.tb = st->time_base, .guess = 1, .step_min = INT64_MAX};
	if (rate.num > 0 && rate.den > 0)
		c->guess = av_rescale_q(1, av_inv_q(rate), c->tb);
	c->guess = is_length(c->guess, c->tb) ? c->guess : 1;
}

static int64_t retime(assay_frame_clock *c, const AVFrame *f)
{
	const bool first = !c->begun;
	const int64_t step = c->length > 0 ? c->length : c->guess;
	int64_t t = f->best_effort_timestamp;

	if (t == AV_NOPTS_VALUE) {
		t = first ? 0 : c->last + step;
		c->repaired++;
	} else if (!first && t <= c->last) {
		t = c->last + 1;
		c->repaired++;
	}
	if (first) {
		c->first = t;
	} else {
		const int64_t d = t - c->last;
		c->step_min = d < c->step_min ? d : c->step_min;
		c->step_max = d > c->step_max ? d : c->step_max;
	}
	c->begun = true;
	c->last = t;
	c->length = is_length(f->pkt_duration, c->tb) ? f->pkt_duration : 0;
	return t;
}

bool assay_frame_clock_tick(assay_frame_clock *c, int64_t *t, const AVFrame *f)
{
	if (f->best_effort_timestamp != AV_NOPTS_VALUE && !is_time(f->best_effort_timestamp, c->tb))
		return false;
	*t = retime(c, f);
	return is_time(*t, c->tb);
}

int64_t assay_frame_clock_last(const assay_frame_clock *c)
{
	if (c->length > 0)
		return c->length;
	return c->step_max > 0 && c->guess <= 1 ? c->step_min : c->guess;
}
