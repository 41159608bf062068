#include "activity_floor.h"

enum { BLOCKS = sizeof((activity_floor){0}.least) / sizeof(uint64_t) };
_Static_assert(ACTIVITY_RING > (ACTIVITY_REACH + 2) * ACTIVITY_BLOCK, "frames that wait would be overwritten");
_Static_assert(BLOCKS > 2 * ACTIVITY_REACH + 2, "blocks within reach would be overwritten");

#define DIGITAL_SILENCE 1100 /* 10^-9 of 2^40 */
#define DROPOUT         50   /* frames: silence that lasts this long is no dropout, but a pause */

static uint64_t power_at(const activity_floor *f, uint64_t n)
{
	return f->ring[n % ACTIVITY_RING].frame.power;
}

/* Frame n and those beside it that exist. */
static void smooth(activity_floor *f)
{
	const uint64_t n = f->smoothed++;
	const uint64_t from = n > 0 ? n - 1 : 0;
	const uint64_t to = n + 1 < f->pushed ? n + 1 : n;
	uint64_t *least = &f->least[n / ACTIVITY_BLOCK % BLOCKS];
	uint64_t sum = 0;
	bool sounds = true;

	for (uint64_t i = from; i <= to; i++) {
		sum += power_at(f, i);
		sounds = sounds && power_at(f, i) >= DIGITAL_SILENCE;
	}
	sum /= to - from + 1;
	f->ring[n % ACTIVITY_RING].power = sum;
	if (n % ACTIVITY_BLOCK == 0)
		*least = UINT64_MAX;
	if (sounds && sum < *least)
		*least = sum;
	f->silent = power_at(f, n) < DIGITAL_SILENCE ? f->silent + 1 : 0;
	if (f->silent >= DROPOUT)
		*least = 0;
}

void activity_floor_push(activity_floor *f, const activity_frame *frame)
{
	f->ring[f->pushed++ % ACTIVITY_RING].frame = *frame;
	if (f->pushed >= 2)
		smooth(f);
}

static uint64_t floor_of(const activity_floor *f, uint64_t block)
{
	const uint64_t last = (f->smoothed - 1) / ACTIVITY_BLOCK;
	const uint64_t from = block > ACTIVITY_REACH ? block - ACTIVITY_REACH : 0;
	const uint64_t to = block + ACTIVITY_REACH < last ? block + ACTIVITY_REACH : last;
	uint64_t least = UINT64_MAX;

	for (uint64_t b = from; b <= to; b++)
		least = f->least[b % BLOCKS] < least ? f->least[b % BLOCKS] : least;
	return least == UINT64_MAX ? 0 : least;
}

bool activity_floor_take(activity_floor *f, bool end, activity_sound *out)
{
	const uint64_t block = f->taken / ACTIVITY_BLOCK;

	if (end && f->smoothed < f->pushed)
		smooth(f);
	if (f->taken == f->pushed || (!end && f->smoothed < (block + ACTIVITY_REACH + 1) * ACTIVITY_BLOCK))
		return false;
	if (f->taken % ACTIVITY_BLOCK == 0)
		f->floor = floor_of(f, block);
	*out = (activity_sound){.frame = f->ring[f->taken % ACTIVITY_RING].frame,
				.power = f->ring[f->taken % ACTIVITY_RING].power,
				.floor = f->floor};
	f->taken++;
	return true;
}
