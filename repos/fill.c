/* fill.c - texts with holes. See fill.h. */
#include "repos/fill.h"

#include <assert.h>

static const struct hole *hole_of(const struct hole *holes, struct str name)
{
	while (holes->name && !str_is(name, holes->name))
		holes++;
	assert(holes->name);
	return holes;
}

/* A paragraph with its holes filled; false, and nothing added, where one is empty. */
static bool fill_paragraph(struct buf *out, struct str paragraph, const struct hole *holes)
{
	size_t began = out->n;
	ptrdiff_t at;

	while ((at = str_find(paragraph, STR("{{"))) >= 0) {
		ptrdiff_t end = str_find(paragraph, STR("}}"));
		const struct hole *h;

		assert(end > at);
		h = hole_of(holes, str_sub(paragraph, (size_t)at + 2, (size_t)end));
		if (!h->text.n) {
			buf_cut(out, began);
			return false;
		}
		buf_add(out, str_sub(paragraph, 0, (size_t)at));
		buf_add(out, h->text);
		paragraph = str_from(paragraph, (size_t)end + 2);
	}
	buf_add(out, paragraph);
	return true;
}

void fill(struct buf *out, struct str prompt, const struct hole *holes)
{
	size_t heading = 0;
	bool had_heading = false;

	while (prompt.n) {
		ptrdiff_t end = str_find(prompt, STR("\n\n"));
		struct str p = str_sub(prompt, 0, end < 0 ? prompt.n : (size_t)end);
		size_t began = out->n;

		prompt = str_from(prompt, p.n + (end < 0 ? 0 : 2));
		if (began)
			buf_addz(out, "\n\n");
		if (!fill_paragraph(out, str_trim(p), holes))
			buf_cut(out, had_heading ? heading : began);
		had_heading = str_ends(buf_str(out), STR(":")) && out->n > began;
		heading = began;
	}
	buf_addc(out, '\n');
}
