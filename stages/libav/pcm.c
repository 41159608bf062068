#include "pcm.h"

#include <libavutil/samplefmt.h>

/* One pair of loops per element type: `x` is the stored sample. */
#define CONVERTER(name, type, expr)                                                                                    \
	static void name##_packed(float *restrict out, const type *restrict in, size_t n)                              \
	{                                                                                                              \
		for (size_t i = 0; i < n; i++) {                                                                       \
			const type x = in[i];                                                                          \
			out[i] = (expr);                                                                               \
		}                                                                                                      \
	}                                                                                                              \
	static void name##_planar(float *restrict out, const type *restrict in, size_t n, size_t step)                 \
	{                                                                                                              \
		for (size_t i = 0; i < n; i++) {                                                                       \
			const type x = in[i];                                                                          \
			out[i * step] = (expr);                                                                        \
		}                                                                                                      \
	}                                                                                                              \
	static void name(float *out, const AVFrame *f, size_t from, size_t n, size_t channels, bool planar)            \
	{                                                                                                              \
		if (!planar) {                                                                                         \
			name##_packed(out, (const type *)(const void *)f->extended_data[0] + from * channels,          \
				      n * channels);                                                                   \
			return;                                                                                        \
		}                                                                                                      \
		for (size_t c = 0; c < channels; c++)                                                                  \
			name##_planar(out + c, (const type *)(const void *)f->extended_data[c] + from, n, channels);   \
	}

CONVERTER(from_u8, uint8_t, (float)((int)x - 128) * 0x1p-7F)
CONVERTER(from_s16, int16_t, (float)x * 0x1p-15F)
CONVERTER(from_s32, int32_t, (float)x * 0x1p-31F)
CONVERTER(from_s64, int64_t, (float)x * 0x1p-63F)
CONVERTER(from_f32, float, x)
CONVERTER(from_f64, double, (float)x)

bool assay_pcm_known(int format)
{
	return format >= AV_SAMPLE_FMT_U8 && format <= AV_SAMPLE_FMT_S64P;
}

void assay_pcm_interleave(float *out, const AVFrame *f, size_t from, size_t n, size_t channels)
{
	const enum AVSampleFormat fmt = av_get_packed_sample_fmt((enum AVSampleFormat)f->format);
	const bool planar = av_sample_fmt_is_planar((enum AVSampleFormat)f->format);

	if (fmt == AV_SAMPLE_FMT_U8)
		from_u8(out, f, from, n, channels, planar);
	else if (fmt == AV_SAMPLE_FMT_S16)
		from_s16(out, f, from, n, channels, planar);
	else if (fmt == AV_SAMPLE_FMT_S32)
		from_s32(out, f, from, n, channels, planar);
	else if (fmt == AV_SAMPLE_FMT_FLT)
		from_f32(out, f, from, n, channels, planar);
	else if (fmt == AV_SAMPLE_FMT_DBL)
		from_f64(out, f, from, n, channels, planar);
	else
		from_s64(out, f, from, n, channels, planar);
}
