/* tok_form.c - the normaliser of a tokenizer, run, and what undoes it in decoded text; see tok_impl.h. tok.c reads both. */
#include "engine/tok_impl.h"

#include "engine/tok_nfc.h"

enum { FORM_MAX = 4 * TOK_TEXT_MAX }; /* bytes of a normalised text */

static void mask_add(struct buf *mask, const char *from, size_t n, size_t count)
{
	bool in = true;

	for (size_t i = 0; i < n; i++)
		in = in && from[i];
	if (buf_reserve(mask, count)) {
		memset(mask->s + mask->n, in, count);
		mask->n += count;
	}
}

void form_replace(struct buf *out, struct buf *out_mask, struct str s, const char *mask, struct str what, struct str with)
{
	for (size_t i = 0; i < s.n && !out->failed;) {
		ptrdiff_t at = str_find(str_from(s, i), what);
		size_t n = at < 0 ? s.n - i : (size_t)at;

		buf_add(out, str_sub(s, i, i + n));
		if (mask)
			buf_add(out_mask, (struct str){ mask + i, n });
		i += n;
		if (at < 0)
			break;
		buf_add(out, with);
		if (mask)
			mask_add(out_mask, mask + i, what.n, with.n);
		i += what.n;
	}
}

static int form_c(struct buf *out, struct buf *out_mask, struct str s, const char *mask, struct err *err)
{
	if (nfc(out, s, err) < 0)
		return ERR_FAIL;
	/* bytes have moved: a special token may be found only if it could be anywhere */
	mask_add(out_mask, mask, s.n, out->n);
	return 0;
}

int tok_form(const struct tok *t, struct form_room *room, struct str *text, const char **mask, struct err *err)
{
	for (int i = 0, to = 0; i < t->forms && text->n; i++) {
		const struct form *f = &t->form[i];
		struct buf *out = &room->text[to], *out_mask = &room->mask[to];
		struct str with = pool_str(t, f->with, f->with_len);

		if (f->how == FORM_C && nfc_certain(*text))
			continue;
		buf_reset(out);
		buf_reset(out_mask);
		out->max = out_mask->max = FORM_MAX;
		switch (f->how) {
		case FORM_C:
			if (form_c(out, out_mask, *text, *mask, err) < 0)
				return ERR_FAIL;
			break;
		case FORM_PREPEND:
			buf_add(out, with);
			buf_add(out, *text);
			mask_add(out_mask, *mask, 1, with.n);
			buf_add(out_mask, (struct str){ *mask, text->n });
			break;
		case FORM_REPLACE:
			form_replace(out, out_mask, *text, *mask, pool_str(t, f->what, f->what_len), with);
			break;
		}
		if (out->failed || out_mask->failed)
			return err_set(err, "a text of more than %d MiB as the tokenizer spells it (or out of memory)", FORM_MAX >> 20);
		*text = buf_str(out);
		*mask = buf_z(out_mask);
		to = !to;
	}
	return 0;
}

void form_room_release(struct form_room *room)
{
	for (int i = 0; i < 2; i++) {
		buf_release(&room->text[i]);
		buf_release(&room->mask[i]);
	}
}

/* How much of s, which begins with no character, could begin one: Unicode's "maximal subpart", at least a byte. */
static size_t broken(struct str s)
{
	unsigned char c = (unsigned char)s.s[0], least = 0x80, most = 0xBF;
	size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2, k = 1;

	if (c < 0xC2 || c > 0xF4)
		return 1;
	least = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : least;
	most = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : most;
	while (k < n && k < s.n && (unsigned char)s.s[k] >= least && (unsigned char)s.s[k] <= most) {
		least = 0x80;
		most = 0xBF;
		k++;
	}
	return k;
}

struct str tok_whole(const struct tok *t, struct str text)
{
	for (int i = 0; i < t->strip && text.n && text.s[0] == ' '; i++)
		text = str_from(text, 1);
	return text;
}

void tok_text(const struct tok *t, struct str text, struct buf *out)
{
	text = tok_whole(t, text);
	if (utf8_valid(text)) {
		buf_add(out, text);
		return;
	}
	while (text.n) {
		uint32_t c;
		size_t n = utf8_next(text, &c);

		buf_addcp(out, c);
		if (n == 1 && c == 0xFFFD && t->byte_level)
			n = broken(text);
		text = str_from(text, n);
	}
}
