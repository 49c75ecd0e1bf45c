/* stream_plain.c - the codec of a quarry without zstd: there is none; see stream.h. */
#include "datasets/stream.h"

bool codec_there(void)
{
	return false;
}

struct codec *codec_new(bool compress)
{
	(void)compress;
	return NULL;
}

void codec_free(struct codec *c)
{
	(void)c;
}

int codec_run(struct codec *c, struct str *in, struct buf *out, size_t enough, bool end)
{
	(void)c, (void)in, (void)out, (void)enough, (void)end;
	return ERR_FAIL;
}

bool codec_between_frames(const struct codec *c)
{
	(void)c;
	return true;
}

int codec_frame(struct str bytes, size_t *length, uint64_t *text)
{
	(void)bytes, (void)length, (void)text;
	return ERR_FAIL;
}
