/*
 * named.h - things that a puzzle calls by name, in English and in Chinese, as its desc writes them ("alarm clock=闹钟").
 *
 *	struct named names;
 *	named_init(&names);
 *	lamp = named_take(&names, &rest);		// 0, of "lamp=台灯,..."
 *	named_said(&names, STR("It is the lamp."), -1);	// 0, as for "台灯", "**Lamp**" or "a lamp (台灯)"
 *
 * A desc carries the names itself: rows outlive the lists that they were drawn from.
 */
#ifndef QUARRY_VERIFIERS_NAMED_H
#define QUARRY_VERIFIERS_NAMED_H

#include "base/str.h"

enum {
	NAMED_MAX = 400,
	NAMED_SAID = 120, /* bytes of an answer's item that are looked at; a longer one is no name */
	NAMED_LANES = 16, /* keys that are compared at once */
	NAMED_BLOCK = 64, /* bytes of a run that are looked at at once */
	NAMED_IDLE = -2,  /* no name, but words that could stand around one */
};

struct named {
	int n;
	bool close; /* a run: one begins where the last one ends, and `len` is not used */
	const char *at[2 * NAMED_MAX + NAMED_BLOCK + 1]; /* where each begins, the English and the Chinese one in turn */
	uint8_t len[2 * NAMED_MAX];                       /* bytes of each */
	uint16_t key[2][NAMED_MAX + NAMED_LANES];         /* by language: a hash that is looked at before the name */
};

static inline struct str named_part(const struct named *names, int k)
{
	return (struct str){ names->at[k], names->close ? (size_t)(names->at[k + 1] - names->at[k]) : names->len[k] };
}

static inline struct str named_en(const struct named *names, int i)
{
	return named_part(names, 2 * i);
}

static inline struct str named_zh(const struct named *names, int i)
{
	return named_part(names, 2 * i + 1);
}

/* Equal but for ASCII case and for blanks, hyphens and underscores inside: "alarm clock" and "Alarm-Clock". */
bool named_same(struct str a, struct str b);

void named_init(struct named *names);
/* "en=zh", both well spelt and new, cut off the text's start; the index, or -1. Whatever stops the Chinese name stands then at the start. */
int named_take(struct named *names, struct str *rest);
/* One and more of them, with commas between. */
bool named_list(struct named *names, struct str *rest);
/* A whole text of them with nothing between, "lamp台灯key钥匙"; English ones of letters, two and more, Chinese ones of characters of three bytes. */
bool named_run(struct named *names, struct str s);
/* The English name exactly as the desc spells it; -1 if there is none. */
int named_at(const struct named *names, struct str en);
/*
 * What an item of an answer names, -1 or NAMED_IDLE for nothing: the name in either language, whatever its case and blanks, after an
 * article or words that say nothing ("1.", "the item is", "答案是"). `about` may be the index of a name that can stand among
 * those words ("the cousins of the lamp are ..."), or -1. Anything else around the name makes it none: "not a lamp".
 */
int named_said(const struct named *names, struct str said, int about);
/* text_list(), of ["lamp", "key"] in {"items": ["lamp", "key"]} or items = ["lamp", "key"], too; about: as above. */
struct str named_items(const struct named *names, struct str answer, int about);

#endif
