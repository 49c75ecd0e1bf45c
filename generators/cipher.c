/*
 * cipher.c - a text to encrypt or to decrypt, by one step or by several in a row, each stated in full with its key.
 *
 * desc: "enc 26 caesar 3;vigenere LEMON: HELLO WORLD": direction, size of the alphabet (26; 25: without J, for squares; 32: with
 * the digits 2 to 7, for XOR), the steps of the encryption, the text given. Spaces stay where they are; the letters between them
 * are one sequence. Words as plaintexts are for the low levels; letters drawn at random can be worked out but not guessed.
 */
#include "generators/cipher_steps.h"
#include "generators/pen.h"
#include "generators/words.h"

#include <math.h>

enum {
	DRAWS = 60,
	TOLD = 800, /* letters times steps that are told one by one; above, only what each step makes */
};

enum { STEPS, LETTERS, RANDOM, DECRYPT, TIER, KEY };

static const struct knob knobs[] = {
	[STEPS] = { "steps", 1, CIPHER_STEPS, "steps of the encryption" },
	[LETTERS] = { "letters", 4, 400, "letters of the text; of words up to two fewer" },
	[RANDOM] = { "random", 0, 2, "0: the plaintext is words, 1: letters drawn at random, 2: one of them by chance" },
	[DECRYPT] = { "decrypt", 0, 2, "0: a text to encrypt, 1: one to decrypt, 2: one of them by chance" },
	[TIER] = { "tier", 1, 3, "kinds of steps: 1 shifts and reversals, 2 also keys and tables, 3 also squares, chains and routes" },
	[KEY] = { "key", 2, 16, "most letters of a key" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* steps letters random decrypt tier key */
	{ 1, 6, 0, 0, 1, 2 },
	{ 1, 9, 0, 2, 1, 2 },
	{ 1, 14, 0, 2, 2, 4 },
	{ 2, 14, 0, 2, 2, 4 },
	{ 2, 20, 0, 2, 2, 5 },
	{ 2, 26, 1, 2, 3, 6 },
	{ 3, 30, 1, 2, 3, 6 },
	{ 4, 36, 1, 2, 3, 7 },
	{ 5, 48, 1, 2, 3, 8 },
	{ 6, 64, 1, 2, 3, 9 },
	{ 7, 90, 1, 2, 3, 10 },
};

/* ---- the text ---- */

/* The number of the letter c, the inverse of cipher_letter(). */
static bool parse_letter(char c, int size, unsigned char *v)
{
	if (c >= 'A' && c <= 'Z' && (size != 25 || c != 'J'))
		*v = (unsigned char)(c - 'A' - (size == 25 && c > 'J'));
	else if (size == 32 && c >= '2' && c <= '7')
		*v = (unsigned char)(c - '2' + 26);
	else
		return false;
	return true;
}

static bool parse_int(struct str s, int *ret)
{
	uint64_t v;

	if (s.n == 0 || s.n > 3 || s.s[0] < '0' || s.s[0] > '9' || (s.n > 1 && s.s[0] == '0') || !str_u64(s, &v))
		return false;
	*ret = (int)v;
	return true;
}

static int gcd(int a, int b)
{
	return b ? gcd(b, a % b) : a;
}

static bool step_valid(const struct cipher_step *s, int size)
{
	const struct cipher_form *f = &cipher_forms[s->kind];
	bool used[32] = { false };

	if (!cipher_fits(s->kind, size))
		return false;
	if (f->numbers > 0 && (s->a < f->lo[0] || s->a > cipher_high(s->kind, 0, size)))
		return false;
	if (f->numbers > 1 && (s->b < f->lo[1] || s->b > cipher_high(s->kind, 1, size)))
		return false;
	for (int i = 0; i < s->keys; i++) {
		if (f->key == CIPHER_DISTINCT_KEY && used[s->key[i]])
			return false;
		used[s->key[i]] = true;
	}
	if (s->kind == CIPHER_AFFINE)
		return gcd(s->a, size) == 1;
	return s->kind != CIPHER_BLOCKS || s->b < s->a;
}

static bool parse_step(struct cipher_step *s, struct str text, int size)
{
	struct str rest = text, word;
	int kind = 0;

	memset(s, 0, sizeof(*s));
	if (!str_split(&rest, ' ', &word))
		return false;
	while (kind < CIPHER_KINDS && (!word.n || word.s[0] != cipher_forms[kind].name[0] || !str_is(word, cipher_forms[kind].name)))
		kind++;
	if (kind == CIPHER_KINDS)
		return false;
	s->kind = (enum cipher_kind)kind;
	if (cipher_forms[kind].key) {
		if (!str_split(&rest, ' ', &word) || word.n < 2 || word.n > CIPHER_KEY)
			return false;
		for (; (size_t)s->keys < word.n; s->keys++)
			if (!parse_letter(word.s[s->keys], size, &s->key[s->keys]))
				return false;
	}
	if (cipher_forms[kind].numbers > 0 && (!str_split(&rest, ' ', &word) || !parse_int(word, &s->a)))
		return false;
	if (cipher_forms[kind].numbers > 1 && (!str_split(&rest, ' ', &word) || !parse_int(word, &s->b)))
		return false;
	/* what is left is nothing, and no blank stood before it */
	return rest.n == 0 && text.s[text.n - 1] != ' ' && step_valid(s, size);
}

static bool parse_text(struct cipher *c, struct str text)
{
	struct str word;

	if (text.n == 0 || text.s[text.n - 1] == ' ')
		return false;
	while (str_split(&text, ' ', &word)) {
		if (word.n == 0 || word.n > (size_t)(CIPHER_LETTERS - c->n))
			return false;
		for (size_t i = 0; i < word.n; i++) {
			c->gap[c->n] = i == 0 && c->n > 0;
			if (!parse_letter(word.s[i], c->size, &c->text[c->n++]))
				return false;
		}
	}
	return c->n >= 2;
}

static bool parse(struct cipher *c, struct str desc)
{
	static const char *const heads[] = { "enc 25 ", "enc 26 ", "enc 32 ", "dec 25 ", "dec 26 ", "dec 32 " };
	static const int sizes[] = { 25, 26, 32 };
	ptrdiff_t at = str_find(desc, STR(": "));
	struct str steps, part;
	int head = 0;

	memset(c, 0, sizeof(*c));
	while (head < 6 && !str_starts(desc, str_of(heads[head])))
		head++;
	if (head == 6 || at < 8)
		return false;
	c->decrypt = head >= 3;
	c->size = sizes[head % 3];
	steps = str_sub(desc, 7, (size_t)at);
	if (steps.s[steps.n - 1] == ';')
		return false;
	while (str_split(&steps, ';', &part))
		if (c->steps == CIPHER_STEPS || !parse_step(&c->step[c->steps++], part, c->size))
			return false;
	if (!parse_text(c, str_from(desc, (size_t)at + 2)))
		return false;
	for (int i = 0; i < c->steps; i++)
		if (c->step[i].kind == CIPHER_ROTATE && c->step[i].a >= c->n)
			return false;
	return true;
}

static void write_text(struct buf *out, const struct cipher *c)
{
	char *pen = pen_down(out, 2 * (size_t)c->n);

	if (!pen)
		return;
	for (int i = 0; i < c->n; i++) {
		if (c->gap[i])
			*pen++ = ' ';
		*pen++ = cipher_letter(c->text[i], c->size);
	}
	pen_up(out, pen);
}

static void write_desc(struct buf *out, const struct cipher *c)
{
	buf_addf(out, "%s %d ", c->decrypt ? "dec" : "enc", c->size);
	for (int i = 0; i < c->steps; i++) {
		const struct cipher_step *s = &c->step[i];
		const struct cipher_form *f = &cipher_forms[s->kind];

		buf_addz(out, i ? ";" : "");
		buf_addz(out, f->name);
		if (f->key)
			buf_addc(out, ' ');
		for (int k = 0; k < s->keys; k++)
			buf_addc(out, cipher_letter(s->key[k], c->size));
		if (f->numbers > 0)
			buf_addf(out, " %d", s->a);
		if (f->numbers > 1)
			buf_addf(out, " %d", s->b);
	}
	buf_addz(out, ": ");
	write_text(out, c);
}

/* ---- the solver ---- */

/* The step that is worked i-th: decryption begins with the last one. */
static const struct cipher_step *ith(const struct cipher *c, int i)
{
	return &c->step[c->decrypt ? c->steps - 1 - i : i];
}

static void run_all(struct cipher *c)
{
	for (int i = 0; i < c->steps; i++)
		cipher_run(c, ith(c, i), c->decrypt, NULL);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct cipher c;

	if (!parse(&c, desc))
		return false;
	run_all(&c);
	write_text(answer, &c);
	return true;
}

/* Every step can be undone, so that no other text leads here: the answer brought back gives the text. */
static bool prove(struct str desc)
{
	struct cipher c, back;

	if (!parse(&c, desc))
		return false;
	back = c;
	run_all(&back);
	for (int i = c.steps - 1; i >= 0; i--)
		cipher_run(&back, ith(&c, i), !c.decrypt, NULL);
	return memcmp(back.text, c.text, (size_t)c.n) == 0;
}

static bool counts(enum cipher_kind kind)
{
	return kind == CIPHER_CAESAR || kind == CIPHER_AFFINE || (kind >= CIPHER_VIGENERE && kind <= CIPHER_PROGRESS);
}

/* "2' caesar" (step 2 undone) above what happens to each letter, "= TEXT" below; the last text is the answer and left out. */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct cipher c;
	bool sums = false;

	(void)lang;
	if (!parse(&c, desc))
		return;
	for (int i = 0; i < c.steps; i++)
		sums |= counts(c.step[i].kind);
	for (int v = 0; v < c.size && sums; v++)
		buf_addf(steps, "%s%c%d", v ? " " : "", cipher_letter(v, c.size), v);
	if (sums)
		buf_addc(steps, '\n');
	for (int i = 0; i < c.steps; i++) {
		const struct cipher_step *s = ith(&c, i);

		buf_addf(steps, "%s%d%s ", i ? "\n" : "", c.decrypt ? c.steps - i : i + 1, c.decrypt ? "'" : "");
		buf_addz(steps, cipher_forms[s->kind].name);
		buf_addc(steps, '\n');
		cipher_run(&c, s, c.decrypt, c.n * c.steps <= TOLD ? steps : NULL);
		if (i + 1 < c.steps) {
			buf_addz(steps, c.n * c.steps <= TOLD ? "\n= " : "= ");
			write_text(steps, &c);
		}
	}
}

/* ---- the generator ---- */

static void draw_key(struct cipher_step *s, int size, int most, struct rng *rng)
{
	unsigned char all[32];
	bool distinct = cipher_forms[s->kind].key == CIPHER_DISTINCT_KEY;

	s->keys = rng_range(rng, most < 4 ? 2 : most / 2 + 1, most);
	for (int v = 0; v < size; v++)
		all[v] = (unsigned char)v;
	rng_shuffle(rng, all, (size_t)size, 1);
	for (int i = 0; i < s->keys; i++)
		s->key[i] = distinct ? all[i] : (unsigned char)rng_below(rng, (uint32_t)size);
	for (int i = 1; i < s->keys && !distinct; i++)
		if (s->key[i] != s->key[0])
			return;
	if (!distinct) /* one letter over and over is no key */
		s->key[1] = (unsigned char)((s->key[0] + 1) % size);
}

static void draw_numbers(struct cipher_step *s, int size, int letters, struct rng *rng)
{
	const struct cipher_form *f = &cipher_forms[s->kind];
	int hi[2];

	for (int i = 0; i < 2; i++)
		hi[i] = cipher_high(s->kind, i, size);
	switch (s->kind) { /* small enough to do something to the text */
	case CIPHER_RAIL: case CIPHER_SNAKE: case CIPHER_BLOCKS: case CIPHER_FLIP:
		hi[0] = letters < 10 ? 4 : letters < 30 ? 5 : 8;
		break;
	case CIPHER_JOSEPHUS: hi[0] = 9; break;
	case CIPHER_ROTATE: hi[0] = letters / 2; break;
	case CIPHER_PROGRESS: hi[1] = 5; break;
	default: break;
	}
	/* one letter that moves reads badly, and blocks of two are swaps */
	if (f->numbers > 0)
		s->a = rng_range(rng, s->kind == CIPHER_BLOCKS ? 3 : s->kind == CIPHER_ROTATE ? 2 : f->lo[0], hi[0]);
	while (s->kind == CIPHER_AFFINE && gcd(s->a, size) != 1)
		s->a = s->a % (size - 1) + 1; /* 25 is prime to 26, and so on: it ends */
	if (s->kind == CIPHER_BLOCKS)
		hi[1] = s->a - 1;
	if (f->numbers > 1)
		s->b = rng_range(rng, s->kind == CIPHER_BLOCKS ? 2 : f->lo[1], hi[1]);
}

/* Two of these in a row are one of them. */
static bool merges(enum cipher_kind a, enum cipher_kind b)
{
	if (a == b || (a <= CIPHER_KEYWORD && b <= CIPHER_KEYWORD))
		return true;
	return (a == CIPHER_SWAP && b == CIPHER_FLIP) || (a == CIPHER_FLIP && b == CIPHER_SWAP);
}

/* Kinds that can stand together: squares need 25 letters, XOR 32. */
static bool draw_steps(struct cipher *c, const int *knob, struct rng *rng)
{
	/* which alphabet is decided first, so that all kinds have their turn */
	int dice = (int)rng_below(rng, 100);

	c->size = knob[TIER] == 1 ? 26 : dice < 50 ? 26 : dice < 85 || knob[TIER] < 3 ? 25 : 32;
	for (int draw = 0; draw < DRAWS * CIPHER_STEPS && c->steps < knob[STEPS]; draw++) {
		struct cipher_step *s = &c->step[c->steps];
		enum cipher_kind kind = (enum cipher_kind)rng_below(rng, CIPHER_KINDS);

		/* easy kinds are half as common where there are others */
		if (cipher_forms[kind].tier > knob[TIER] || !cipher_fits(kind, c->size) ||
		    (cipher_forms[kind].tier < knob[TIER] && rng_chance(rng, 50)))
			continue;
		if (c->steps && merges(kind, c->step[c->steps - 1].kind))
			continue;
		memset(s, 0, sizeof(*s));
		s->kind = kind;
		if (cipher_forms[kind].key)
			draw_key(s, c->size, knob[KEY], rng);
		draw_numbers(s, c->size, knob[LETTERS], rng);
		c->steps++;
	}
	return c->steps == knob[STEPS];
}

static void draw_random(struct cipher *c, int letters, struct rng *rng)
{
	int left = 0;

	while (c->n < letters) {
		c->gap[c->n] = left == 0 && c->n > 0;
		if (left == 0)
			left = rng_range(rng, 3, 8);
		c->text[c->n++] = (unsigned char)rng_below(rng, (uint32_t)c->size);
		left--;
	}
}

static bool draw_words(struct cipher *c, int letters, struct rng *rng)
{
	for (int draw = 0; draw < DRAWS * 20 && c->n < letters - 2; draw++) {
		struct str w = words_at(rng_below(rng, (uint32_t)words_count()));
		int left = letters - c->n - (int)w.n, from = c->n;

		if (left < 0 || (c->size == 25 && str_chr(w, 'j') >= 0))
			continue;
		for (size_t i = 0; i < w.n; i++) {
			int v = w.s[i] - 'a';

			c->gap[c->n] = i == 0 && from > 0;
			c->text[c->n++] = (unsigned char)(v - (c->size == 25 && v > 9));
		}
	}
	return c->n >= letters - 2;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	for (int draw = 0; draw < DRAWS; draw++) {
		struct cipher c, done;
		bool random = knob[RANDOM] == 2 ? rng_chance(rng, 50) : knob[RANDOM], changed = true;

		memset(&c, 0, sizeof(c));
		c.decrypt = knob[DECRYPT] == 2 ? rng_chance(rng, 50) : knob[DECRYPT];
		if (!draw_steps(&c, knob, rng))
			continue;
		if (random)
			draw_random(&c, knob[LETTERS], rng);
		else if (!draw_words(&c, knob[LETTERS], rng))
			continue;
		done = c;
		for (int i = 0; i < c.steps && changed; i++) { /* every step does something */
			unsigned char was[CIPHER_LETTERS];

			memcpy(was, done.text, (size_t)c.n);
			cipher_run(&done, &c.step[i], false, NULL);
			changed = memcmp(was, done.text, (size_t)c.n) != 0;
		}
		if (!changed || memcmp(c.text, done.text, (size_t)c.n) == 0)
			continue;
		write_desc(desc, c.decrypt ? &done : &c);
		write_text(answer, c.decrypt ? &c : &done);
		return true;
	}
	return false;
}

/* ---- what else quarry asks ---- */

static const char *technique(const struct cipher *c)
{
	static const char *const names[] = {
		"", "replacing", "moving", "replacing, moving", "chaining", "replacing, chaining", "moving, chaining",
		"replacing, moving, chaining",
	};
	unsigned met = 0;

	for (int i = 0; i < c->steps; i++) {
		enum cipher_kind k = c->step[i].kind;

		met |= k == CIPHER_AUTOKEY || k == CIPHER_CHAIN || k == CIPHER_XOR ? 4 : k >= CIPHER_RAIL ? 2 : 1;
	}
	return names[met];
}

static void grade(struct effort *e, struct str desc)
{
	struct cipher c;

	memset(e, 0, sizeof(*e));
	e->technique = "";
	if (!parse(&c, desc))
		return;
	for (int i = 0; i < c.steps; i++) {
		enum cipher_kind k = c.step[i].kind;
		/* undoing a running sum looks at two letters that are there, making one waits for the letter before */
		bool chain = c.decrypt ? k == CIPHER_AUTOKEY : k == CIPHER_CHAIN || k == CIPHER_XOR;

		e->depth += chain ? c.n : 1;
		e->steps += c.n * cipher_forms[k].work;
	}
	e->technique = technique(&c);
}

static void canon(struct buf *out, struct str desc)
{
	struct cipher c;

	if (parse(&c, desc))
		buf_add(out, desc);
}

static double answers_log2(struct str desc)
{
	struct cipher c;

	return parse(&c, desc) ? c.n * log2(c.size) : 0;
}

static const char *const alphabets[LANGS][3] = {
	[LANG_EN] = {
		"The alphabet has 25 letters, ABCDEFGHIKLMNOPQRSTUVWXYZ (there is no J). They are numbered from 0: A = 0, B = 1, ..., I = 8, K = 9, ..., Z = 24. A number mod 25 is its remainder on division by 25, from 0 to 24. After Z the alphabet begins again with A.",
		"The alphabet is ABCDEFGHIJKLMNOPQRSTUVWXYZ. Its letters are numbered from 0: A = 0, B = 1, ..., Z = 25. A number mod 26 is its remainder on division by 26, from 0 to 25. After Z the alphabet begins again with A.",
		"The alphabet has 32 signs, all called letters here: ABCDEFGHIJKLMNOPQRSTUVWXYZ234567. They are numbered from 0: A = 0, B = 1, ..., Z = 25, 2 = 26, 3 = 27, ..., 7 = 31. A number mod 32 is its remainder on division by 32, from 0 to 31. After 7 the alphabet begins again with A.",
	},
	[LANG_ZH] = {
		"字母表有 25 个字母：ABCDEFGHIKLMNOPQRSTUVWXYZ（没有 J），从 0 开始编号：A = 0，B = 1，……，I = 8，K = 9，……，Z = 24。一个数 mod 25 指它除以 25 的余数，从 0 到 24。Z 之后又从 A 开始。",
		"字母表是 ABCDEFGHIJKLMNOPQRSTUVWXYZ，从 0 开始编号：A = 0，B = 1，……，Z = 25。一个数 mod 26 指它除以 26 的余数，从 0 到 25。Z 之后又从 A 开始。",
		"字母表有 32 个符号，这里都叫字母：ABCDEFGHIJKLMNOPQRSTUVWXYZ234567，从 0 开始编号：A = 0，B = 1，……，Z = 25，2 = 26，3 = 27，……，7 = 31。一个数 mod 32 指它除以 32 的余数，从 0 到 31。7 之后又从 A 开始。",
	},
};

static const char *const goals[LANGS][2][2] = { /* [language][short, long][decrypt] */
	[LANG_EN] = { { "Encrypt this text:", "Decrypt this text:" },
		{ "The text to be encrypted is the following; find what it becomes after the last step:",
		  "A text has been encrypted in this way, which gave the following; find the text that it was before the first step:" } },
	[LANG_ZH] = { { "请加密下面的文本：", "请解密下面的文本：" },
		{ "要加密的文本如下，请求出它经过最后一步之后变成什么：",
		  "某段文本按上述方法加密后得到下面的内容，请求出它在第一步之前的原文：" } },
};

/* "Encryption is done in one step:" or in several. */
static void put_intro(struct holes *holes, int steps, enum lang lang)
{
	struct buf *b = hole_open(holes, "intro");

	if (b && steps == 1)
		buf_addz(b, lang == LANG_EN ? "Encryption is done in one step:" : "加密只有一步：");
	else if (b && lang == LANG_EN)
		buf_addf(b, "Encryption is done in %d steps, each of them on what the one before has made:", steps);
	else if (b)
		buf_addf(b, "加密共有 %d 步，每一步都在上一步的结果上进行：", steps);
}

/* Each step behind its number: on lines of their own, or in one. */
static void put_steps(struct holes *holes, const char *hole, const struct cipher *c, bool lines, enum lang lang)
{
	struct buf *b = hole_open(holes, hole);

	for (int i = 0; b && i < c->steps; i++) {
		if (i && (lines || lang == LANG_EN))
			buf_addc(b, lines ? '\n' : ' ');
		if (!lines)
			buf_addz(b, lang == LANG_EN ? "(" : "（");
		buf_addi(b, i + 1);
		buf_addz(b, lines ? ". " : lang == LANG_EN ? ") " : "）");
		cipher_say(b, &c->step[i], c->size, lang);
	}
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct cipher c;
	struct buf *b;

	if (!parse(&c, desc))
		return;
	hole_put(holes, "alphabet", str_of(alphabets[lang][c.size == 25 ? 0 : c.size == 26 ? 1 : 2]));
	hole_put(holes, "goal", str_of(goals[lang][0][c.decrypt]));
	hole_put(holes, "task", str_of(goals[lang][1][c.decrypt]));
	put_intro(holes, c.steps, lang);
	put_steps(holes, "steps", &c, true, lang);
	put_steps(holes, "inline", &c, false, lang);
	b = hole_open(holes, "text");
	if (b)
		write_text(b, &c);
}

const struct task task_cipher = {
	.name = "cipher",
	.family = "symbols",
	.what = "encrypt or decrypt a text by steps that are stated in full",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.answers_log2 = answers_log2,
	.fields = fields,
};
