/*
 * cipher.c - the rule: a text is encrypted by a few steps, each stated with its key.
 *
 * desc: "enc 26 caesar 3;vigenere LEMON: HELLO WORLD": enc or dec, the size of the alphabet, the steps of the encryption
 * in their order, the text. The alphabet is A..Z (26), the same without J (25), or A..Z and 2..7 (32). Spaces stay where
 * they are; the letters between them are one sequence, which each step makes into another of the same length.
 *
 * Only encryption is known here: the answer to "enc" is the text encrypted, the answer to "dec" is right when its own
 * encryption is the text. Keys of steps: see kinds[] for what they may be and encrypt() for what they do.
 */
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum { LETTERS = 512, STEPS = 8, KEY = 25, SIDE = 5 };

enum {
	CAESAR, ATBASH, AFFINE, KEYWORD, VIGENERE, BEAUFORT, AUTOKEY, CHAIN, XOR, PROGRESS, SQUARE, PLAYFAIR, BIFID, VOWELS,
	RAIL, COLUMNS, SNAKE, SWAP, REVERSE, WORDS, BLOCKS, FLIP, ROTATE, JOSEPHUS, KINDS
};

enum { ANY_KEY = 1, DISTINCT = 2 };

/* Numbers lie in lo .. hi; a hi of 0 or below counts from the size of the alphabet. */
static const struct kind {
	const char *name;
	int key, numbers;
	int lo[2], hi[2];
	int alphabet; /* the only one it works on; -32: all but that; 0: all */
} kinds[KINDS] = {
	[CAESAR] = { "caesar", 0, 1, { 1 }, { -1 }, 0 },
	[ATBASH] = { "atbash", 0, 0, { 0 }, { 0 }, 0 },
	[AFFINE] = { "affine", 0, 2, { 2, 0 }, { -1, -1 }, 0 },
	[KEYWORD] = { "keyword", DISTINCT, 0, { 0 }, { 0 }, 0 },
	[VIGENERE] = { "vigenere", ANY_KEY, 0, { 0 }, { 0 }, 0 },
	[BEAUFORT] = { "beaufort", ANY_KEY, 0, { 0 }, { 0 }, 0 },
	[AUTOKEY] = { "autokey", ANY_KEY, 0, { 0 }, { 0 }, 0 },
	[CHAIN] = { "chain", 0, 1, { 1 }, { -1 }, 0 },
	[XOR] = { "xor", 0, 1, { 1 }, { -1 }, 32 },
	[PROGRESS] = { "progress", 0, 2, { 1, 1 }, { -1, -1 }, 0 },
	[SQUARE] = { "square", DISTINCT, 2, { 1, 1 }, { 4, 4 }, 25 },
	[PLAYFAIR] = { "playfair", DISTINCT, 0, { 0 }, { 0 }, 25 },
	[BIFID] = { "bifid", DISTINCT, 0, { 0 }, { 0 }, 25 },
	[VOWELS] = { "vowels", 0, 2, { 1, 1 }, { 4, -6 }, -32 },
	[RAIL] = { "rail", 0, 1, { 2 }, { 32 }, 0 },
	[COLUMNS] = { "columns", DISTINCT, 0, { 0 }, { 0 }, 0 },
	[SNAKE] = { "snake", 0, 1, { 2 }, { 32 }, 0 },
	[SWAP] = { "swap", 0, 0, { 0 }, { 0 }, 0 },
	[REVERSE] = { "reverse", 0, 0, { 0 }, { 0 }, 0 },
	[WORDS] = { "words", 0, 0, { 0 }, { 0 }, 0 },
	[BLOCKS] = { "blocks", 0, 2, { 2, 1 }, { 32, 31 }, 0 },
	[FLIP] = { "flip", 0, 1, { 2 }, { 32 }, 0 },
	[ROTATE] = { "rotate", 0, 1, { 1 }, { LETTERS - 1 }, 0 },
	[JOSEPHUS] = { "josephus", 0, 1, { 2 }, { 32 }, 0 },
};

struct step {
	int kind, number[2];
	int key[KEY], keys; /* letters as numbers */
};

struct text {
	int n;
	unsigned char letter[LETTERS]; /* 0 .. alphabet - 1 */
	bool gap[LETTERS];             /* a space stands before it */
};

struct puzzle {
	bool decrypt;
	int size; /* of the alphabet */
	struct step step[STEPS];
	int steps;
	struct text text;
};

/* ---- the desc ---- */

/* The number of a capital letter or digit, -1 where the alphabet lacks it. */
static int number_of(uint32_t c, int size)
{
	if (size == 25 && c == 'J')
		return -1;
	if (c >= 'A' && c <= 'Z')
		return (int)(c - 'A') - (size == 25 && c > 'J');
	return size == 32 && c >= '2' && c <= '7' ? (int)(c - '2') + 26 : -1;
}

static bool read_number(struct str s, int lo, int hi, int *ret)
{
	int v = 0;

	if (s.n == 0 || s.n > 3 || (s.n > 1 && s.s[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		v = v * 10 + (s.s[i] - '0');
	}
	*ret = v;
	return v >= lo && v <= hi;
}

static bool read_key(struct step *s, struct str word, int size, bool distinct)
{
	uint64_t seen = 0;

	if (word.n < 2 || word.n > KEY)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		int v = number_of((unsigned char)word.s[i], size);

		if (v < 0 || (distinct && (seen >> v & 1)))
			return false;
		seen |= UINT64_C(1) << v;
		s->key[s->keys++] = v;
	}
	return true;
}

static bool coprime(int a, int b)
{
	while (b) {
		int t = a % b;

		a = b;
		b = t;
	}
	return a == 1;
}

static bool read_step(struct step *s, struct str text, int size)
{
	struct str rest = text, word;
	const struct kind *k;

	s->keys = 0;
	if (text.n == 0 || text.s[text.n - 1] == ' ' || !str_split(&rest, ' ', &word))
		return false;
	for (s->kind = 0; s->kind < KINDS; s->kind++)
		if (word.n && word.s[0] == kinds[s->kind].name[0] && str_is(word, kinds[s->kind].name))
			break;
	if (s->kind == KINDS)
		return false;
	k = &kinds[s->kind];
	if ((k->alphabet > 0 && k->alphabet != size) || k->alphabet == -size)
		return false;
	if (k->key && (!str_split(&rest, ' ', &word) || !read_key(s, word, size, k->key == DISTINCT)))
		return false;
	for (int i = 0; i < k->numbers; i++) {
		int hi = k->hi[i] > 0 ? k->hi[i] : size + k->hi[i];

		if (!str_split(&rest, ' ', &word) || !read_number(word, k->lo[i], hi, &s->number[i]))
			return false;
	}
	if (s->kind == AFFINE && !coprime(s->number[0], size))
		return false;
	if (s->kind == BLOCKS && s->number[1] >= s->number[0])
		return false;
	return !str_split(&rest, ' ', &word);
}

static bool read_words(struct text *t, struct str s, int size)
{
	bool gap = false;

	t->n = 0;
	for (size_t i = 0; i < s.n; i++) {
		int v = number_of((unsigned char)s.s[i], size);

		if (s.s[i] == ' ') {
			if (gap || t->n == 0 || i + 1 == s.n)
				return false;
			gap = true;
			continue;
		}
		if (v < 0 || t->n == LETTERS)
			return false;
		t->gap[t->n] = gap;
		t->letter[t->n++] = (unsigned char)v;
		gap = false;
	}
	return t->n >= 2;
}

static bool read_puzzle(struct puzzle *p, struct str desc)
{
	ptrdiff_t colon = str_chr(desc, ':');
	struct str head, part;

	p->steps = 0;
	if (colon < 7 || desc.s[3] != ' ' || desc.s[6] != ' ' || (size_t)colon + 2 >= desc.n || desc.s[colon + 1] != ' ')
		return false;
	p->decrypt = str_starts(desc, STR("dec"));
	if ((!p->decrypt && !str_starts(desc, STR("enc"))) || !read_number(str_sub(desc, 4, 6), 25, 32, &p->size) ||
	    (p->size != 25 && p->size != 26 && p->size != 32))
		return false;
	if (!read_words(&p->text, str_from(desc, (size_t)colon + 2), p->size))
		return false;
	head = str_sub(desc, 7, (size_t)colon);
	if (head.n == 0 || head.s[head.n - 1] == ';')
		return false;
	while (str_split(&head, ';', &part)) {
		struct step *s = &p->step[p->steps];

		if (p->steps++ == STEPS || !read_step(s, part, p->size) || (s->kind == ROTATE && s->number[0] >= p->text.n))
			return false;
	}
	return p->steps > 0;
}

/* ---- encryption ---- */

/* The keyword's letters, then the others in their order. */
static void mixed_alphabet(int out[32], const struct step *s, int size)
{
	uint64_t seen = 0;
	int n = 0;

	for (int i = 0; i < s->keys; i++) {
		out[n++] = s->key[i];
		seen |= UINT64_C(1) << s->key[i];
	}
	for (int v = 0; v < size; v++)
		if (!(seen >> v & 1))
			out[n++] = v;
}

struct square {
	int at[SIDE * SIDE], row[SIDE * SIDE], col[SIDE * SIDE];
};

static void square_fill(struct square *q, const struct step *s)
{
	int line[32];

	mixed_alphabet(line, s, SIDE * SIDE);
	for (int i = 0; i < SIDE * SIDE; i++) {
		q->at[i] = line[i];
		q->row[line[i]] = i / SIDE;
		q->col[line[i]] = i % SIDE;
	}
}

static unsigned char square_at(const struct square *q, int row, int col)
{
	return (unsigned char)q->at[row % SIDE * SIDE + col % SIDE];
}

static void playfair_pair(const struct square *q, unsigned char *a, unsigned char *b)
{
	int ra = q->row[*a], ca = q->col[*a], rb = q->row[*b], cb = q->col[*b];

	if (*a == *b) {
		*a = *b = square_at(q, ra + 1, ca + 1);
	} else if (ra == rb) {
		*a = square_at(q, ra, ca + 1);
		*b = square_at(q, rb, cb + 1);
	} else if (ca == cb) {
		*a = square_at(q, ra + 1, ca);
		*b = square_at(q, rb + 1, cb);
	} else {
		*a = square_at(q, ra, cb);
		*b = square_at(q, rb, ca);
	}
}

static void by_square(unsigned char *x, int n, const struct step *s)
{
	unsigned char line[2 * LETTERS];
	struct square q;

	square_fill(&q, s);
	if (s->kind == SQUARE) {
		for (int i = 0; i < n; i++)
			x[i] = square_at(&q, q.row[x[i]] + s->number[0], q.col[x[i]] + s->number[1]);
	} else if (s->kind == PLAYFAIR) {
		for (int i = 0; i + 1 < n; i += 2)
			playfair_pair(&q, &x[i], &x[i + 1]);
	} else {
		for (int i = 0; i < n; i++) {
			line[i] = (unsigned char)q.row[x[i]];
			line[n + i] = (unsigned char)q.col[x[i]];
		}
		for (int i = 0; i < n; i++)
			x[i] = square_at(&q, line[2 * i], line[2 * i + 1]);
	}
}

static unsigned char move_vowel(unsigned char v, const struct step *s, int size)
{
	int ring[32], n = 0, at = 0;
	bool vowel = strchr("AEIOU", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[v + (size == 25 && v > 8)]) != NULL;

	for (int c = 0; c < 26; c++) {
		int w = number_of((uint32_t)('A' + c), size);

		if (w < 0 || (strchr("AEIOU", 'A' + c) != NULL) != vowel)
			continue;
		if (w == v)
			at = n;
		ring[n++] = w;
	}
	return (unsigned char)ring[(at + s->number[!vowel]) % n];
}

/* Each letter by itself, its place, and what was made or met before it. */
static void substitute(unsigned char *x, int n, const struct step *s, int size)
{
	int mixed[32], before = s->number[0], met[LETTERS];

	if (s->kind == KEYWORD)
		mixed_alphabet(mixed, s, size);
	for (int i = 0; i < n; i++) {
		int v = x[i], k = s->keys ? s->key[i % s->keys] : 0;

		met[i] = v;
		switch (s->kind) {
		case CAESAR: v += s->number[0]; break;
		case ATBASH: v = size - 1 - v; break;
		case AFFINE: v = s->number[0] * v + s->number[1]; break;
		case KEYWORD: v = mixed[v]; break;
		case VIGENERE: v += k; break;
		case BEAUFORT: v = k - v + size; break;
		case AUTOKEY: v += i < s->keys ? k : met[i - s->keys]; break;
		case CHAIN: v = before = (v + before) % size; break;
		case XOR: v = before = v ^ before; break;
		case PROGRESS: v += s->number[0] + i * s->number[1]; break;
		default: v = move_vowel(x[i], s, size);
		}
		x[i] = (unsigned char)(v % size);
	}
}

static int zigzag(int i, int rails)
{
	int at = i % (2 * rails - 2);

	return at < rails ? at : 2 * rails - 2 - at;
}

/* A column of a table with w columns, downwards or upwards; how many were put. */
static int put_column(int *from, int n, int col, int w, bool up)
{
	int k = 0;

	for (int i = col; i < n; i += w)
		from[k++] = i;
	for (int a = 0, b = k - 1; up && a < b; a++, b--) {
		int t = from[a];

		from[a] = from[b];
		from[b] = t;
	}
	return k;
}

static int put_columns(int *from, int n, const struct step *s)
{
	int k = 0;

	for (int v = 0; v < 32; v++)
		for (int c = 0; c < s->keys; c++)
			if (s->key[c] == v)
				k += put_column(from + k, n, c, s->keys, false);
	return k;
}

static void count_out(int *from, int n, int every)
{
	int ring[LETTERS], at = 0;

	for (int i = 0; i < n; i++)
		ring[i] = i;
	for (int left = n; left > 0; left--) {
		at = (at + every - 1) % left;
		from[n - left] = ring[at];
		memmove(ring + at, ring + at + 1, (size_t)(left - at - 1) * sizeof(ring[0]));
	}
}

/* End of the block (or the word) that begins at i. */
static int block_end(const struct text *t, const struct step *s, int i)
{
	int end = i + 1;

	if (s->kind == WORDS)
		while (end < t->n && !t->gap[end])
			end++;
	else
		end = i + (s->kind == SWAP ? 2 : s->kind == REVERSE ? t->n : s->number[0]);
	return end < t->n ? end : t->n;
}

static void put_blocks(int *from, const struct text *t, const struct step *s)
{
	for (int i = 0, end; i < t->n; i = end) {
		int len;

		end = block_end(t, s, i);
		len = end - i;
		for (int k = 0; k < len; k++) {
			if (s->kind == BLOCKS)
				from[i + k] = len == s->number[0] ? i + (k + s->number[1]) % len : i + k;
			else
				from[i + k] = end - 1 - k;
		}
	}
}

/* Letters change places: the new i-th one is the old from[i]-th. */
static void transpose(struct text *t, const struct step *s)
{
	unsigned char old[LETTERS];
	int from[LETTERS], n = t->n, k = 0;

	switch (s->kind) {
	case RAIL:
		for (int row = 0; row < s->number[0]; row++)
			for (int i = 0; i < n; i++)
				if (zigzag(i, s->number[0]) == row)
					from[k++] = i;
		break;
	case COLUMNS: put_columns(from, n, s); break;
	case SNAKE:
		for (int c = 0; c < s->number[0]; c++)
			k += put_column(from + k, n, c, s->number[0], c % 2);
		break;
	case ROTATE:
		for (int i = 0; i < n; i++)
			from[i] = (i + s->number[0]) % n;
		break;
	case JOSEPHUS: count_out(from, n, s->number[0]); break;
	default: put_blocks(from, t, s);
	}
	memcpy(old, t->letter, (size_t)n);
	for (int i = 0; i < n; i++)
		t->letter[i] = old[from[i]];
}

static void encrypt(struct text *t, const struct puzzle *p)
{
	for (int i = 0; i < p->steps; i++) {
		const struct step *s = &p->step[i];

		if (s->kind >= RAIL)
			transpose(t, s);
		else if (s->kind == SQUARE || s->kind == PLAYFAIR || s->kind == BIFID)
			by_square(t->letter, t->n, s);
		else
			substitute(t->letter, t->n, s, p->size);
	}
}

/* ---- the answer ---- */

/* Words that may stand before a colon in front of the answer. */
static bool is_label(struct str s)
{
	static const char *const words[] = {
		"so", "thus", "the", "final", "answer", "result", "text", "is", "plaintext", "ciphertext", "plain", "cipher", "encrypted",
		"decrypted", "encoded", "decoded", "original", "message", "output", "solution", "最终", "答案", "结果", "明文",
		"密文", "原文", "文本", "加密", "解密", "后的", "后", "的", "为", "是", "*", "_", " ", "#", NULL
	};

	while (s.n) {
		size_t i = 0;

		while (words[i] && !(s.n >= strlen(words[i]) && str_ieq(str_sub(s, 0, strlen(words[i])), str_of(words[i]))))
			i++;
		if (!words[i])
			return false;
		s = str_from(s, strlen(words[i]));
	}
	return true;
}

static struct str skip_label(struct str s)
{
	struct str head = str_sub(s, 0, 120);
	ptrdiff_t ascii = str_chr(head, ':') < 0 ? -1 : str_rfind(head, STR(":"));
	ptrdiff_t wide = str_chr(head, '\xef') < 0 ? -1 : str_rfind(head, STR("：")), at = ascii > wide ? ascii : wide;

	if (at < 0 || !is_label(str_sub(s, 0, (size_t)at)))
		return s;
	s = str_from(s, (size_t)at + (at == wide ? 3 : 1));
	return str_starts(s, STR("**")) || str_starts(s, STR("__")) ? str_from(s, 2) : s; /* a bold label's end */
}

/* One pair of brackets around all. */
static bool skip_brackets(struct str *s)
{
	static const char *const pairs[][2] = { { "[", "]" }, { "(", ")" }, { "{", "}" }, { "【", "】" }, { "［", "］" }, { "<", ">" } };

	if (s->n && s->s[0] >= '2' && s->s[0] <= 'Z' && s->s[0] != '<') /* a letter, mostly */
		return false;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct str open = str_of(pairs[i][0]), close = str_of(pairs[i][1]);

		if (s->n < open.n + close.n || !str_starts(*s, open) || !str_ends(*s, close))
			continue;
		*s = str_sub(*s, open.n, s->n - close.n);
		return true;
	}
	return false;
}

/* Bytes of the blank that s begins with; LaTeX's too. */
static size_t blank(struct str s, uint32_t cp, size_t n)
{
	if (cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0 || cp == 0x3000 || cp == '~')
		return n;
	if (cp != '\\' || s.n < 2)
		return 0;
	if (str_starts(s, STR("\\quad")) || str_starts(s, STR("\\qquad")))
		return s.s[2] == 'q' ? 6 : 5;
	return str_chr(STR(" \\,;:"), s.s[1]) >= 0 ? 2 : 0;
}

/* Bytes of "\text{" and its like at the head of s, 0 for none. */
static size_t command(struct str s)
{
	static const char *const commands[] = { "\\text{", "\\mathrm{", "\\texttt{", "\\textbf{", "\\mathbf{", "\\mathtt{", "\\mathsf{", NULL };

	return s.s[0] == '\\' ? text_head(s, commands) : 0;
}

enum read { READ, ALIEN_LETTER, ALIEN_SIGN, TOO_LONG };

/* list: of words in quotes, ["HELLO", "WORLD"]. */
static enum read read_answer(struct text *t, struct str s, int size, bool list)
{
	bool gap = false, alien = false;
	int open = 0; /* LaTeX commands */

	t->n = 0;
	while (s.n) {
		uint32_t cp = (unsigned char)s.s[0];
		size_t n = cp < 0x80 ? 1 : utf8_next(s, &cp), b = blank(s, cp, n);
		int v;

		if (b || (list && (cp == '"' || cp == ','))) {
			gap |= b > 0 || cp == ',';
			s = str_from(s, n > b ? n : b);
			continue;
		}
		b = open && cp == '}' ? 1 : command(s);
		if (b) {
			open += cp == '}' ? -1 : 1;
			s = str_from(s, b);
			continue;
		}
		s = str_from(s, n);
		if (cp >= 0xff10 && cp <= 0xff5a)
			cp -= 0xfee0;
		if (cp >= 'a' && cp <= 'z')
			cp -= 'a' - 'A';
		v = number_of(cp, size);
		if (v < 0) {
			if (!(cp >= 'A' && cp <= 'Z') && !(cp >= '0' && cp <= '9'))
				return ALIEN_SIGN;
			alien = true;
			v = 0;
		}
		if (t->n < LETTERS) {
			t->gap[t->n] = gap && t->n > 0;
			t->letter[t->n] = (unsigned char)v;
		}
		t->n += t->n <= LETTERS;
		gap = false;
	}
	return alien ? ALIEN_LETTER : t->n > LETTERS ? TOO_LONG : READ;
}

/* What stands in the answer, its label taken off. */
static enum read said_read(struct text *t, struct str answer, int size)
{
	struct str in, name, value;
	bool list = false;

	answer = text_strip(answer);
	in = str_sub(answer, 1, answer.n ? answer.n - 1 : 0);
	if (answer.n && answer.s[0] == '{' && text_member(&in, &name, &value) && is_label(name) && !in.n) /* {"ciphertext": "KHOOR"} */
		answer = value;
	answer = text_strip(skip_label(answer));
	for (int layer = 0; layer < 3 && skip_brackets(&answer); layer++) {
		list = answer.n && answer.s[0] == '"' && answer.s[answer.n - 1] == '"';
		answer = text_strip(answer);
	}
	return read_answer(t, answer, size, list);
}

/* "The encrypted text is HELLO WORLD": what stands behind the verb; empty where other words stand before it. */
static struct str behind_verb(struct str s)
{
	static const struct str verbs[] = { STR(" is "), STR(" was "), STR(" reads "), STR("为"), STR("是") };

	s = text_strip(s);
	for (size_t i = 0; i < COUNT(verbs); i++) {
		ptrdiff_t at = str_find(str_sub(s, 0, 120), verbs[i]);

		if (at > 0 && is_label(str_sub(s, 0, (size_t)at)))
			return str_from(s, (size_t)at + verbs[i].n);
	}
	return STR("");
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct text said, *want;
	struct puzzle p;
	enum read read;
	struct str behind;

	if (!read_puzzle(&p, desc))
		return rule_bad_task(why, "the desc is no text with steps of encryption");
	read = said_read(&said, answer, p.size);
	if (read != READ || said.n != p.text.n) { /* else the verb may be a word of the text */
		behind = behind_verb(answer);
		if (behind.n)
			read = said_read(&said, behind, p.size);
	}
	switch (read) {
	case ALIEN_SIGN:
		return rule_unreadable(why, "it is no text of letters and spaces");
	case ALIEN_LETTER:
		return rule_wrong(why, "a sign of it is not in the alphabet");
	case TOO_LONG:
		return rule_wrong(why, "it is longer than the text");
	default:
		if (said.n == 0)
			return rule_unreadable(why, "there is no letter in it");
	}
	if (said.n != p.text.n)
		return rule_wrong(why, "it has %d letters, the text has %d", said.n, p.text.n);
	for (int i = 1; i < said.n; i++)
		if (said.gap[i] != p.text.gap[i])
			return rule_wrong(why, said.gap[i] ? "a space before letter %d is too much" : "the space before letter %d is missing", i + 1);
	want = &p.text;
	encrypt(p.decrypt ? &said : want, &p);
	for (int i = 0; i < said.n; i++)
		if (said.letter[i] != want->letter[i])
			return p.decrypt ? rule_wrong(why, "encrypted it gives another text: letter %d differs", i + 1)
					 : rule_wrong(why, "letter %d is wrong", i + 1);
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_cipher = { "cipher", 1, judge, NULL };
