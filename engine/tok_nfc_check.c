/* tok_nfc_check.c - the quick look that spares nearly every text the tables; see tok_nfc.h. */
#include "engine/tok_nfc.h"

/*
 * Blocks in which no character changes under form C, none composes with what stands before it and none has a
 * combining class (Unicode 15: NFC_Quick_Check is Yes and ccc is 0). Not a full list; tests/test_tok.c checks it.
 */
static bool stable(uint32_t c)
{
	return c < 0x300 ||                    /* Latin */
	       (c >= 0x391 && c <= 0x3A9) ||   /* Greek capitals */
	       (c >= 0x400 && c <= 0x482) ||   /* Cyrillic */
	       (c >= 0x2002 && c <= 0x20CF) || /* spaces, punctuation, currency */
	       (c >= 0x2190 && c <= 0x2328) || /* arrows, mathematics, technical */
	       (c >= 0x2460 && c <= 0x2ADB) || /* circled digits, boxes, shapes, dingbats */
	       (c >= 0x3000 && c <= 0x3029) || /* CJK punctuation */
	       (c >= 0x3041 && c <= 0x3096) || /* Hiragana */
	       (c >= 0x30A1 && c <= 0x30FF) || /* Katakana */
	       (c >= 0x3400 && c <= 0x4DBF) || /* CJK */
	       (c >= 0x4E00 && c <= 0x9FFF) ||
	       (c >= 0xAC00 && c <= 0xD7A3) || /* Hangul syllables */
	       (c >= 0xFE00 && c <= 0xFE0F) || /* variation selectors */
	       (c >= 0xFF00 && c <= 0xFFEF) || /* full-width forms */
	       (c >= 0x1F300 && c <= 0x1FAFF); /* emoji */
}

bool nfc_certain(struct str text)
{
	for (size_t i = 0; i < text.n;) {
		uint32_t c;

		if ((unsigned char)text.s[i] < 0x80) {
			i++;
			continue;
		}
		i += utf8_next(str_from(text, i), &c);
		if (!stable(c))
			return false;
	}
	return true;
}
