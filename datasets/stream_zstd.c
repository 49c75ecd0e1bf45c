/* stream_zstd.c - zstd as the codec of stream.c; see stream.h. */
#include "datasets/stream.h"

#include <stdlib.h>
#include <zstd.h>

struct codec {
	ZSTD_CCtx *c;
	ZSTD_DCtx *d;
	bool between; /* decompressing: the last frame is whole */
};

bool codec_there(void)
{
	return true;
}

struct codec *codec_new(bool compress)
{
	struct codec *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->between = true;
	if (compress) {
		k->c = ZSTD_createCCtx();
		if (k->c)
			ZSTD_CCtx_setParameter(k->c, ZSTD_c_checksumFlag, 1);
	} else {
		k->d = ZSTD_createDCtx();
		/* a frame that wants a window over 128 MiB is refused: hostile sizes cost no memory */
		if (k->d)
			ZSTD_DCtx_setParameter(k->d, ZSTD_d_windowLogMax, 27);
	}
	if (!k->c && !k->d) {
		free(k);
		return NULL;
	}
	return k;
}

void codec_free(struct codec *k)
{
	if (!k)
		return;
	ZSTD_freeCCtx(k->c);
	ZSTD_freeDCtx(k->d);
	free(k);
}

int codec_run(struct codec *k, struct str *in, struct buf *out, size_t enough, bool end)
{
	ZSTD_inBuffer src = { in->s, in->n, 0 };
	size_t room = k->c ? ZSTD_CStreamOutSize() : ZSTD_DStreamOutSize(), rc;
	ZSTD_outBuffer dst;

	do {
		if (!buf_reserve(out, room))
			return ERR_FAIL;
		dst = (ZSTD_outBuffer){ out->s + out->n, room, 0 };
		if (k->c)
			rc = ZSTD_compressStream2(k->c, &dst, &src, end ? ZSTD_e_end : ZSTD_e_continue);
		else
			rc = ZSTD_decompressStream(k->d, &dst, &src);
		if (ZSTD_isError(rc))
			return ERR_FAIL;
		out->n += dst.pos;
		out->s[out->n] = 0;
		if (k->d && (dst.pos || src.pos))
			k->between = rc == 0;
		/* what a used-up input has left inside (a block at most) comes out all the same */
		if (k->d && out->n >= enough && src.pos < src.size)
			break;
	} while (src.pos < src.size || (k->c && end && rc > 0) || (k->d && dst.pos == room));
	*in = str_from(*in, src.pos);
	return 0;
}

bool codec_between_frames(const struct codec *k)
{
	return k->between;
}

/* A writer that streamed did not know the size: it is found by reading. */
static int text_of(struct str frame, uint64_t *text)
{
	struct codec *k = codec_new(false);
	struct buf out = BUF_INIT;
	int rc = k ? 0 : ERR_FAIL;

	for (*text = 0; rc == 0 && frame.n;) {
		rc = codec_run(k, &frame, &out, 1, false);
		*text += out.n;
		buf_reset(&out);
	}
	codec_free(k);
	buf_release(&out);
	return rc;
}

int codec_frame(struct str bytes, size_t *length, uint64_t *text)
{
	size_t n = ZSTD_findFrameCompressedSize(bytes.s, bytes.n);
	unsigned long long size;

	if (ZSTD_isError(n))
		return ERR_FAIL;
	*length = n;
	size = ZSTD_getFrameContentSize(bytes.s, bytes.n);
	if (size == ZSTD_CONTENTSIZE_ERROR)
		return ERR_FAIL;
	*text = size;
	return size == ZSTD_CONTENTSIZE_UNKNOWN ? text_of(str_sub(bytes, 0, n), text) : 0;
}
