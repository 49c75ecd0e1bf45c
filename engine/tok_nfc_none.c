/* tok_nfc_none.c - form C where libutf8proc was not there at build time: only what nfc_certain lets through. */
#include "engine/tok_nfc.h"

int nfc(struct buf *out, struct str text, struct err *err)
{
	(void)out;
	(void)text;
	return err_set(err, "this tokenizer wants Unicode form C and the text holds marks that may need it, "
			    "but quarry was built without libutf8proc");
}
