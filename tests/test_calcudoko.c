/*
 * test_calcudoko.c - calcudoko against what shares nothing with it: all squares of order 4, CaDiCaL, and a reader that checks
 * each worked step by trying all ways to fill its cage.
 */
#include "tests/latin.h"

extern const struct task task_calcudoko;

static struct {
	int n, cages, size[CELLS], cell[CELLS][SIDE], target[CELLS];
	char sign[CELLS];
} p;

static bool read(struct str desc)
{
	int name[128];
	size_t at = 2;

	memset(&p, 0, sizeof(p));
	memset(name, -1, sizeof(name));
	p.n = desc.s[0] - '0';
	for (int i = 0; i < p.n * p.n; i++) {
		int *k = &name[(unsigned char)desc.s[at] & 127];

		if (*k < 0)
			*k = p.cages++;
		p.cell[*k][p.size[*k]++] = i;
		at += i % p.n == p.n - 1 ? 2 : 1;
	}
	for (int k = 0; k < p.cages; k++) {
		while (at < desc.n && desc.s[at] >= '0' && desc.s[at] <= '9')
			p.target[k] = 10 * p.target[k] + desc.s[at++] - '0';
		p.sign[k] = '=';
		if (at < desc.n && desc.s[at] != ',')
			p.sign[k] = desc.s[at++];
		at++;
	}
	return at == desc.n + 1;
}

static int given(int i)
{
	for (int k = 0; k < p.cages; k++)
		if (p.size[k] == 1 && p.cell[k][0] == i)
			return p.target[k];
	return 0;
}

static bool cage_obeys(int k, const int *v)
{
	int sum = 0, product = 1;

	for (int a = 0; a < p.size[k]; a++) {
		for (int b = 0; b < a; b++)
			if (v[a] == v[b])
				return false;
		sum += v[a];
		product *= v[a];
	}
	switch (p.sign[k]) {
	case '*':
		return product == p.target[k];
	case '-':
		return v[0] - v[1] == p.target[k] || v[1] - v[0] == p.target[k];
	case '/':
		return v[0] == p.target[k] * v[1] || v[1] == p.target[k] * v[0];
	default:
		return sum == p.target[k];
	}
}

static bool obeys(const int *cell)
{
	for (int k = 0; k < p.cages; k++) {
		int v[SIDE];

		for (int j = 0; j < p.size[k]; j++)
			v[j] = cell[p.cell[k][j]];
		if (!cage_obeys(k, v))
			return false;
	}
	return true;
}

static void knobs(const int *knob)
{
	static const char signs[] = "+-*/";
	int singles = 0;

	for (int k = 0; k < p.cages; k++) {
		singles += p.size[k] == 1;
		CHECK(p.size[k] <= knob[1] && p.size[k] >= 1);
		CHECK(p.size[k] == 1 ? p.sign[k] == '=' : knob[4] >> (strchr(signs, p.sign[k]) - signs) & 1);
	}
	CHECK(p.n == knob[0] && singles >= knob[2] && singles <= knob[3]);
}

#ifdef HAVE_CADICAL
enum { VALUES = 400 };

/* Sums and products: which of the values met so far the first cells give. */
static void encode_total(struct sat *s, int x, int k)
{
	int value[VALUES] = { p.sign[k] == '*' ? 1 : 0 }, var[VALUES], values = 1;

	var[0] = sat_vars(s, 1);
	sat_clause(s, var[0], 0);
	for (int j = 0; j < p.size[k]; j++) {
		int next[VALUES], next_var[VALUES], nexts = 0;

		for (int a = 0; a < values; a++) {
			for (int v = 1; v <= p.n; v++) {
				int to = p.sign[k] == '*' ? value[a] * v : value[a] + v, at = 0;

				if (to > p.target[k]) { /* it only grows */
					sat_clause(s, -var[a], -(x + p.cell[k][j] * p.n + v - 1), 0);
					continue;
				}
				while (at < nexts && next[at] != to)
					at++;
				if (at == nexts) {
					if (!CHECK(nexts < VALUES))
						return;
					next_var[nexts] = sat_vars(s, 1);
					next[nexts++] = to;
				}
				sat_clause(s, -var[a], -(x + p.cell[k][j] * p.n + v - 1), next_var[at], 0);
			}
		}
		memcpy(value, next, sizeof(value));
		memcpy(var, next_var, sizeof(var));
		values = nexts;
	}
	for (int a = 0; a < values; a++)
		if (value[a] != p.target[k])
			sat_clause(s, -var[a], 0);
}

static void encode(struct sat *s, int x)
{
	int n = p.n;

	for (int k = 0; k < p.cages; k++) {
		for (int a = 0; a < p.size[k]; a++)
			for (int b = 0; b < a; b++)
				for (int v = 0; v < n; v++)
					sat_clause(s, -(x + p.cell[k][a] * n + v), -(x + p.cell[k][b] * n + v), 0);
		if (strchr("+*", p.sign[k])) {
			encode_total(s, x, k);
			continue;
		}
		for (int v = 1; v <= n && p.size[k] == 2; v++)
			for (int w = 1; w <= n; w++)
				if (!cage_obeys(k, (const int[]){ v, w }))
					sat_clause(s, -(x + p.cell[k][0] * n + v - 1), -(x + p.cell[k][1] * n + w - 1), 0);
	}
}
#endif

static struct {
	int cells, cell[SIDE];
	int cage;       /* or -1: a sum that a line leaves */
	int sum;
	int ways, listed, sets;
	bool all_listed;
	unsigned some[SIDE];
	unsigned common; /* digits of every way */
	struct str text;
	int digit, line;
} said;

/* Does the line's text hold this way, or these digits? */
static bool is_listed(const int *v)
{
	char way[SIDE + 3] = " ", set[SIDE + 3] = "{";
	int n = 1;

	for (int k = 0; k < said.cells; k++)
		way[k + 1] = (char)('0' + v[k]);
	for (int d = 1; d <= p.n; d++)
		for (int k = 0; k < said.cells; k++)
			if (v[k] == d)
				set[n++] = (char)('0' + d);
	set[n++] = '}';
	return str_find(said.text, said.sets ? (struct str){ set, (size_t)n } : (struct str){ way, (size_t)said.cells + 1 }) >= 0;
}

static void try_ways(const struct reader *r, int *v, int k)
{
	unsigned set = 0;
	int sum = 0;

	if (k < said.cells) {
		unsigned open = can(r, said.cell[k]);

		for (int j = 0; j < k; j++)
			open &= ~(1u << v[j]);
		for (v[k] = 1; v[k] <= p.n; v[k]++)
			if (open >> v[k] & 1)
				try_ways(r, v, k + 1);
		return;
	}
	for (int j = 0; j < said.cells; j++) {
		set |= 1u << v[j];
		sum += v[j];
	}
	if (said.cage >= 0 ? !cage_obeys(said.cage, v) : sum != said.sum)
		return;
	said.ways++;
	said.common &= set;
	said.all_listed &= is_listed(v);
	for (int j = 0; j < said.cells; j++)
		said.some[j] |= 1u << v[j];
}

/* "-a 15-9=6": the cells that follow and whole cages of known sum make up the line. */
static void check_rest(const struct reader *r, int line, struct str sums)
{
	int64_t total = 0, taken = 0, left = 0;
	ptrdiff_t minus = str_chr(sums, '-'), equal = str_chr(sums, '=');
	int sum = 0;

	CHECK(minus > 0 && equal > minus && str_i64(str_sub(sums, 0, (size_t)minus), &total) &&
	      str_i64(str_sub(sums, (size_t)minus + 1, (size_t)equal), &taken) && str_i64(str_from(sums, (size_t)equal + 1), &left));
	CHECK_EQ(total, p.n * (p.n + 1) / 2);
	CHECK_EQ(total - taken, left);
	for (int k = 0; k < said.cells; k++) {
		bool in = false;

		for (int j = 0; j < p.n; j++)
			in |= line_cell(p.n, line, j) == said.cell[k];
		CHECK(in);
		sum += r->solution[said.cell[k]];
	}
	CHECK(r->supposing || sum == left);
	said.sum = (int)left;
}

/* "12* a1 a2 b2 134 314", "12* a1 a2 b2 {134}{126}", "... 4 -a", "-a 15-9=6 a3 a5 24 42" */
static bool line(const struct reader *r, struct str text)
{
	struct str rest = text, word, first, sums = { "", 0 };
	int v[SIDE], own = -1, at;

	memset(&said, 0, sizeof(said));
	said.all_listed = true;
	said.common = ~0u;
	said.cage = said.line = -1;
	said.text = text;
	str_word(&rest, &first);
	if (read_line_name(r, first, &own)) {
		if (!str_word(&rest, &sums))
			return false;
	} else if (!strchr("+-*/=", first.s[first.n - 1]) || first.n < 2) {
		return false;
	}
	while (str_word(&rest, &word)) {
		if (read_cell(r, word, &at) && said.cells < SIDE) {
			said.cell[said.cells++] = at;
		} else if (word.s[0] == '{') {
			for (size_t k = 0; k < word.n; k++)
				said.sets += word.s[k] == '{';
		} else if (read_line_name(r, word, &at)) {
			said.line = at;
		} else if (word.n == 1 && said.cells > 1) {
			said.digit = word.s[0] - '0';
		} else {
			CHECK_EQ(word.n, said.cells);
			said.listed++;
		}
	}
	for (int k = 0; k < p.cages && own < 0; k++) {
		char name[16];

		snprintf(name, sizeof(name), "%d%c", p.target[k], p.sign[k]);
		if (str_is(first, name) && p.size[k] == said.cells && !memcmp(p.cell[k], said.cell, sizeof(int) * (size_t)said.cells))
			said.cage = k;
	}
	if (own >= 0)
		check_rest(r, own, sums);
	else
		CHECK(said.cage >= 0);
	try_ways(r, v, 0);
	CHECK(said.all_listed && (said.sets || said.listed == said.ways));
	return said.cells > 0;
}

static bool strike(const struct reader *r, int i, int v)
{
	(void)r;
	if (said.line < 0) {
		for (int k = 0; k < said.cells; k++)
			if (said.cell[k] == i)
				return !(said.some[k] >> v & 1);
		return false;
	}
	/* every way has the digit, and in no way outside the line */
	CHECK_EQ(v, said.digit);
	CHECK(said.common >> v & 1);
	for (int k = 0; k < said.cells; k++) {
		int c = said.cell[k];

		if (c == i)
			return false;
		CHECK((said.line < p.n ? c / p.n : p.n + c % p.n) == said.line || !(said.some[k] >> v & 1));
	}
	return (said.line < p.n ? i / p.n : p.n + i % p.n) == said.line;
}

/* Random cages with true targets; some lie. */
static void draw(struct buf *desc, const int *square, struct rng *rng)
{
	int name[16], cages = 0, lies = rng_below(rng, 4) == 0;

	for (int i = 0; i < 16; i++) {
		int up = i >= 4 ? name[i - 4] : -1, left = i % 4 ? name[i - 1] : -1;
		int with = rng_below(rng, 2) ? up : left, size = 0;

		for (int j = 0; j < i && with >= 0; j++) {
			size += name[j] == with;
			if (name[j] == with && square[j] == square[i])
				size = 9;
		}
		name[i] = with >= 0 && size < 4 && rng_chance(rng, 75) ? with : cages++;
	}
	buf_addz(desc, "4:");
	for (int i = 0; i < 16; i++) {
		if (i && i % 4 == 0)
			buf_addc(desc, '/');
		buf_addc(desc, (char)('a' + name[i]));
	}
	buf_addc(desc, ':');
	for (int k = 0; k < cages; k++) {
		int v[4], n = 0, sum = 0, product = 1, target;
		char sign = '=';

		for (int i = 0; i < 16; i++) {
			if (name[i] != k)
				continue;
			sum += square[i];
			product *= square[i];
			v[n++] = square[i];
		}
		if (n > 1)
			sign = "+*-/"[rng_below(rng, n == 2 ? 4 : 2)];
		if (sign == '/' && v[0] % v[1] && v[1] % v[0])
			sign = '-';
		target = sign == '*' ? product : sum;
		if (sign == '-')
			target = abs(v[0] - v[1]);
		if (sign == '/')
			target = v[0] > v[1] ? v[0] / v[1] : v[1] / v[0];
		if (lies && rng_chance(rng, 20))
			target++;
		if (k)
			buf_addc(desc, ',');
		buf_addi(desc, target);
		if (n > 1)
			buf_addc(desc, sign);
	}
}

static const char *const techniques[] = { "naked single", "few ways to fill a cage", "hidden single", "digits that a cage must hold",
					  "pairs", "sum of a line, triples or fish", "trial and error" };

static const struct latin_test test = {
	.task = &task_calcudoko, .read = read, .given = given, .obeys = obeys, .knobs = knobs, .line = line, .strike = strike,
#ifdef HAVE_CADICAL
	.encode = encode,
#endif
	.techniques = techniques, .technique_knob = 5,
};

static void other_knobs(void)
{
	static const int knob[][TASK_KNOBS] = {
		{ 4, 2, 0, 0, 15, 1, 6 }, { 5, 4, 0, 3, 15, 1, 6 }, { 6, 6, 0, 6, 15, 1, 6 }, { 6, 3, 0, 4, 1, 1, 6 },
		{ 6, 2, 0, 6, 6, 1, 6 }, { 8, 3, 5, 8, 15, 1, 6 }, { 9, 6, 0, 30, 4, 1, 6 },
	};

	for (size_t k = 0; k < COUNT(knob); k++) {
		struct buf desc = BUF_INIT, answer = BUF_INIT;
		bool made = false;
		struct rng rng;

		rng_init(&rng, k, "knobs");
		check_in("knobs %d", (int)k);
		CHECK(!test.task->refuse(knob[k]));
		for (int tries = 0; tries < 30 && !made; tries++)
			made = test.task->generate(&desc, &answer, knob[k], &rng);
		CHECK(made && read(buf_str(&desc)));
		knobs(knob[k]);
		CHECK(test.task->prove(buf_str(&desc)));
		CHECK_EQ(ask(&test, buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		buf_release(&desc);
		buf_release(&answer);
	}
	CHECK(test.task->refuse((const int[TASK_KNOBS]){ 4, 2, 0, 0, 8, 1, 6 }) != NULL);
}

int main(void)
{
	static const char *const want[TASK_LEVELS] = {
		"3:abb/acd/ecd:2-,1-,6*,3*,2",
		"4:aabc/deec/ffgh/ijjh:1-,4,2*,4,4+,3/,2,7+,2,4/",
		"4:abbc/abdd/aeef/ggff:24*,24*,1,4/,3+,24*,2-",
		"5:aabcc/ddbbc/efggh/efiii/jjklm:3/,9+,10+,7+,1-,5/,4/,2,10+,8*,3,1,5",
		"5:abccd/abedd/fgehh/fgeih/jggik:6+,7+,1-,8+,8*,1-,60*,40*,15*,2,1",
		"6:abccdd/aeefdd/aeefgg/hhifjk/llimjk/nooopp:15+,2,5*,15+,36*,24*,2-,4/,24*,3*,3-,15*,6,2,15*,24*",
		"7:abbcdee/abffdge/ahhijkk/llmijnn/opmqqrs/optuurr/vvttwwx:8*,21*,5,42*,12*,3/,5,3-,4*,2-,14*,7+,42*,"
		"3-,42*,20*,2/,12*,3,16+,3/,3/,3/,5",
		"8:abbbccde/afghhcde/afgijkke/llgijmno/ppgqqqnn/rssqtuvw/rsxttuww/rxxyyzzA:17+,16+,19+,4+,90*,3/,16+,"
		"5-,3-,20*,2*,1-,7,224*,2,8*,180*,12+,28*,144*,6*,5,16+,48*,14*,11+,4",
		"8:abbccdee/aabfccgh/ijkfflhh/ijkkmlno/ippqmnno/rrpqsntt/ruuqvwwt/rxxxvwyy:24*,84*,18+,6,9+,13+,2,105"
		"*,48*,14+,126*,5/,15+,15+,3-,160*,96*,15+,3,18+,9+,6*,72*,8+,11+",
		"9:abcdeffff/abcceeghi/jkkcegghi/jllmmmmnn/oppqrrrss/ootqruuss/ootvwwxxy/zzAAABBBy/CCCADDDEy:4-,2-,24"
		"+,2,864*,160*,27*,4/,15+,24*,9+,17+,17+,10*,672*,5-,4-,26+,23+,6-,7+,1,1-,2-,19+,1-,60*,42*,10+,21+,"
		"2",
		"9:abcdeffff/abcceeghi/jkkcegghi/jkkllllhh/mnnopppqq/mmropssqq/mmrrttuuv/wwxxxyyyv/wwwxzzzAv:4-,2-,24"
		"+,2,864*,160*,27*,40*,15+,24*,1440*,17+,672*,5-,4-,26+,23+,27*,7+,1-,2-,19+,27+,60*,42*,21+,2",
	};

	small_squares(&test, 100, draw);
	for (int level = 0; level < TASK_LEVELS; level++) {
		level_holds(&test, level, level < 6 ? 40 : 6);
		worked_holds(&test, level, level < 6 ? 40 : 4);
		sat_proof(&test, level, level < 8 ? 2 : 1);
	}
	other_knobs();
	damage(&test, "4:aabc/ddbc/efgg/effh:3+,1-,12*,2/,3-,6+,5+,1", "abcdefgh123+-*/,:.");
	golden(&test, want);
	return check_done();
}
