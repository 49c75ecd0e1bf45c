/* holes.c - the texts of a wording's holes; see holes.h. */
#include "generators/holes.h"

void holes_init(struct holes *h)
{
	h->text = BUF_INIT;
	h->n = h->open = 0;
	h->all = false;
}

static int find(const struct holes *h, struct str name)
{
	for (int i = 0; i < h->n; i++)
		if (str_eq(h->hole[i].name, name))
			return i;
	return -1;
}

int holes_want(struct holes *h, struct str name)
{
	int at = find(h, name);

	if (at >= 0)
		return at;
	if (h->n == HOLES) {
		h->text.failed = true;
		return -1;
	}
	h->hole[h->n].name = name;
	h->hole[h->n].filled = false;
	return h->n++;
}

void holes_end(struct holes *h)
{
	if (h->open) {
		int at = h->open - 1;

		h->hole[at].n = h->text.n - h->hole[at].from;
		h->hole[at].filled = true;
		h->open = 0;
	}
}

struct buf *hole_open(struct holes *h, const char *name)
{
	int at = h->all ? holes_want(h, str_of(name)) : find(h, str_of(name));

	holes_end(h);
	if (at < 0)
		return NULL;
	h->hole[at].from = h->text.n;
	h->open = at + 1;
	return &h->text;
}

void hole_put(struct holes *h, const char *name, struct str text)
{
	struct buf *b = hole_open(h, name);

	if (b)
		buf_add(b, text);
	holes_end(h);
}

void hole_puti(struct holes *h, const char *name, int64_t v)
{
	struct buf *b = hole_open(h, name);

	if (b)
		buf_addi(b, v);
	holes_end(h);
}

bool holes_nth(const struct holes *h, int at, struct str *text)
{
	if (at < 0 || !h->hole[at].filled)
		return false;
	*text = str_sub(buf_str(&h->text), h->hole[at].from, h->hole[at].from + h->hole[at].n);
	return true;
}

bool holes_text(const struct holes *h, struct str name, struct str *text)
{
	return holes_nth(h, find(h, name), text);
}

void holes_release(struct holes *h)
{
	buf_release(&h->text);
	holes_init(h);
}
