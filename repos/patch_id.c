/* patch_id.c - the name of a patch that survives rebasing: `git patch-id --stable`. See change.h. SHA-1: FIPS 180-4. */
#include "repos/change.h"

struct sha1 {
	uint32_t h[5];
	uint64_t bytes;
	unsigned char block[64];
};

static void sha1_init(struct sha1 *s)
{
	*s = (struct sha1){ .h = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 } };
}

static uint32_t rol(uint32_t v, int n)
{
	return v << n | v >> (32 - n);
}

static void sha1_block(struct sha1 *s)
{
	uint32_t w[80], a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3], e = s->h[4];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)s->block[4 * i] << 24 | (uint32_t)s->block[4 * i + 1] << 16 | (uint32_t)s->block[4 * i + 2] << 8 | s->block[4 * i + 3];
	for (int i = 16; i < 80; i++)
		w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (int i = 0; i < 80; i++) {
		uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
		uint32_t k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
		uint32_t t = rol(a, 5) + f + e + k + w[i];

		e = d;
		d = c;
		c = rol(b, 30);
		b = a;
		a = t;
	}
	s->h[0] += a;
	s->h[1] += b;
	s->h[2] += c;
	s->h[3] += d;
	s->h[4] += e;
}

static void sha1_add(struct sha1 *s, const void *data, size_t n)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < n; i++) {
		s->block[s->bytes++ & 63] = p[i];
		if ((s->bytes & 63) == 0)
			sha1_block(s);
	}
}

static void sha1_done(struct sha1 *s, unsigned char out[20])
{
	uint64_t bits = s->bytes * 8;
	unsigned char tail[8];

	for (int i = 0; i < 8; i++)
		tail[i] = (unsigned char)(bits >> (56 - 8 * i));
	sha1_add(s, "\x80", 1);
	while ((s->bytes & 63) != 56)
		sha1_add(s, "", 1);
	sha1_add(s, tail, 8);
	for (int i = 0; i < 20; i++)
		out[i] = (unsigned char)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

/* Files' names are added up, the first byte least, so that their order does not matter. */
static void flush(struct oid *sum, struct sha1 *s)
{
	unsigned char hash[20];
	unsigned carry = 0;

	sha1_done(s, hash);
	sha1_init(s);
	for (int i = 0; i < 20; i++) {
		carry += sum->id[i] + hash[i];
		sum->id[i] = (unsigned char)carry;
		carry >>= 8;
	}
}

static size_t add_bare(struct sha1 *s, struct str line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.n; i++)
		if (!is_blank(line.s[i])) {
			sha1_add(s, &line.s[i], 1);
			n++;
		}
	return n;
}

/* "-3,4" or "-3": the number of lines. */
static int64_t span(struct str rest, char sign)
{
	ptrdiff_t at = str_chr(rest, sign);
	struct str s = str_from(rest, (size_t)(at + 1)), start;
	ptrdiff_t end = str_chr(s, ' ');
	int64_t n;

	s = str_sub(s, 0, end < 0 ? s.n : (size_t)end);
	return at >= 0 && str_split(&s, ',', &start) && s.n && str_i64(s, &n) ? n : 1;
}

void patch_id(struct str patch, struct oid *id)
{
	struct str rest = patch, line, old = STR(""), new = STR("");
	int64_t before = -1, after = -1; /* lines that the hunk still has; -1: in a header */
	bool binary = false;
	size_t n = 0;
	struct sha1 s;

	memset(id, 0, sizeof(*id));
	sha1_init(&s);
	while (rest.n) {
		ptrdiff_t end = str_chr(rest, '\n');

		line = str_sub(rest, 0, end < 0 ? rest.n : (size_t)end + 1);
		rest = str_from(rest, line.n);
		if ((line.s[0] == '\\' && line.n > 12) || (!n && !str_starts(line, STR("diff "))))
			continue;
		if (before == -1) {
			if (str_starts(line, STR("GIT binary patch")) || str_starts(line, STR("Binary files"))) {
				binary = true;
				before = 0;
				sha1_add(&s, old.s, old.n);
				sha1_add(&s, new.s, new.n);
				flush(id, &s);
				continue;
			}
			if (str_starts(line, STR("index "))) {
				ptrdiff_t dots = str_find(line, STR("..")), blank_at;

				new = str_trim(str_from(line, (size_t)(dots + 2)));
				blank_at = str_chr(new, ' ');
				old = str_sub(line, 6, dots < 0 ? 6 : (size_t)dots);
				new = str_sub(new, 0, blank_at < 0 ? new.n : (size_t)blank_at);
				continue;
			}
			if (str_starts(line, STR("--- ")))
				before = after = 1;
		}
		if (binary) {
			/* the first line behind a binary file is not hashed by git either */
			binary = !str_starts(line, STR("diff "));
			before = binary ? before : -1;
			continue;
		}
		if (before == 0 && after == 0) {
			if (str_starts(line, STR("@@ -"))) {
				before = span(line, '-');
				after = span(line, '+');
				continue;
			}
			flush(id, &s);
			before = after = -1;
		}
		before -= before >= 0 && (line.s[0] == '-' || line.s[0] == ' ');
		after -= after >= 0 && (line.s[0] == '+' || line.s[0] == ' ');
		n += add_bare(&s, line);
	}
	flush(id, &s);
}
