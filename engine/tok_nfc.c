/* tok_nfc.c - form C by libutf8proc; see tok_nfc.h. Without the library, tok_nfc_none.c stands here. */
#include "engine/tok_nfc.h"

#include <stdlib.h>
#include <utf8proc.h>

int nfc(struct buf *out, struct str text, struct err *err)
{
	utf8proc_uint8_t *form = NULL;
	utf8proc_ssize_t n;

	n = utf8proc_map((const utf8proc_uint8_t *)text.s, (utf8proc_ssize_t)text.n, &form,
			 UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0)
		return err_set(err, "Unicode normalisation: %s", utf8proc_errmsg(n));
	buf_add(out, (struct str){ (const char *)form, (size_t)n });
	free(form);
	return out->failed ? err_set(err, "out of memory") : 0;
}
