/*
 * tok_nfc.h - Unicode normalisation form C, for the tokenizers that ask for it.
 *
 *	if (nfc_certain(text))		// nearly always: ASCII, Latin-1, Chinese
 *		return text;
 *	nfc(&out, text, &err);
 */
#ifndef QUARRY_ENGINE_TOK_NFC_H
#define QUARRY_ENGINE_TOK_NFC_H

#include "base/buf.h"
#include "base/err.h"

/* True: text is in form C already. False: it may not be. */
bool nfc_certain(struct str text);
/* Add text in form C to out. Text is valid UTF-8. ERR_FAIL where we were built without the library for it. */
int nfc(struct buf *out, struct str text, struct err *err);

#endif
