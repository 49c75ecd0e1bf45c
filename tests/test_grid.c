/*
 * test_grid.c - boards in every notation: read as what they say, refused where they leave a doubt, written and read back.
 */
#include "base/grid.h"
#include "base/rng.h"
#include "tests/check.h"
#include "tests/hostile.h"

#define FULL "1234/3412/2143/4321"
#define HOLED "12.4/3..1/..4./4..."

/* What the reader makes of a text, as rows joined by slashes; "-" for refused. */
static void reads(const char *text, const struct grid_ask *ask, const char *want)
{
	struct grid g;
	struct buf b = BUF_INIT;
	size_t n = strlen(text);
	char *copy = malloc(n + !n); /* without a byte to spare: the sanitizers see a read past the end */

	memcpy(copy, text, n);
	check_in("%s", text);
	if (grid_read(&g, (struct str){ copy, n }, ask))
		grid_write(&b, &g, &(struct grid_look){ .style = GRID_SLASHES, .symbols = ask->symbols });
	else
		buf_addc(&b, '-');
	CHECK_STR(buf_str(&b), want);
	buf_release(&b);
	free(copy);
}

static void answers(void)
{
	static const struct grid_ask ask = { .rows = 4, .cols = 4, .hi = 9, .words = true };
	static const char *const good[] = {
		FULL,
		FULL ".",
		"1234\n3412\n2143\n4321\n",
		"1234\r\n3412\r\n2143\r\n4321",
		"1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1",
		"1,2,3,4\n3,4,1,2\n2,1,4,3\n4,3,2,1",
		"1234341221434321",
		"1 2 3 4 3 4 1 2 2 1 4 3 4 3 2 1",
		"[1,2,3,4,3,4,1,2,2,1,4,3,4,3,2,1]",
		"1234 3412 2143 4321",
		"1234, 3412, 2143, 4321",
		"1234;3412;2143;4321",
		"12 34\n34 12\n\n21 43\n43 21",
		"| 1 2 | 3 4 | / | 3 4 | 1 2 | / | 2 1 | 4 3 | / | 4 3 | 2 1 |",
		"+-----+-----+\n| 1 2 | 3 4 |\n| 3 4 | 1 2 |\n+-----+-----+\n| 2 1 | 4 3 |\n| 4 3 | 2 1 |\n+-----+-----+",
		"1 2 | 3 4\n3 4 | 1 2\n----+----\n2 1 | 4 3\n4 3 | 2 1",
		"1 2 || 3 4\n3 4 || 1 2\n=========\n2 1 || 4 3\n4 3 || 2 1",
		"┌─────┬─────┐\n│ 1 2 │ 3 4 │\n│ 3 4 │ 1 2 │\n├─────┼─────┤\n│ 2 1 │ 4 3 │\n│ 4 3 │ 2 1 │\n└─────┴─────┘",
		"| | | | |\n|---|---|:-:|---|\n| 1 | 2 | 3 | 4 |\n| 3 | 4 | 1 | 2 |\n| **2** | 1 | 4 | 3 |\n| 4 | 3 | 2 | 1 |",
		"| C1 | C2 | C3 | C4 |\n|---|---|---|---|\n| 1 | 2 | 3 | 4 |\n| 3 | 4 | 1 | 2 |\n| 2 | 1 | 4 | 3 |\n| 4 | 3 | 2 | 1 |",
		"| | a | b | c | d |\n|---|---|---|---|---|\n| R1 | 1 | 2 | 3 | 4 |\n| R2 | 3 | 4 | 1 | 2 |\n| R3 | 2 | 1 | 4 | 3 |\n| R4 | 4 | 3 | 2 | 1 |",
		"| Row 1 | 1 | 2 | 3 | 4 |\n| Row 2 | 3 | 4 | 1 | 2 |\n| Row 3| 2 | 1 | 4 | 3 |\n| Row 4 | 4 | 3 | 2 | 1 |",
		"[[1,2,3,4],[3,4,1,2],[2,1,4,3],[4,3,2,1]]",
		"((1, 2, 3, 4), (3, 4, 1, 2), (2, 1, 4, 3), (4, 3, 2, 1))",
		"[[1 2 3 4,3 4 1 2,2 1 4 3,4 3 2 1]]",
		"[\"1234\",\"3412\",\"2143\",\"4321\"]",
		"['1 2 3 4', '3 4 1 2', '2 1 4 3', '4 3 2 1']",
		"[[\"1\",\"2\",\"3\",\"4\"],[\"3\",\"4\",\"1\",\"2\"],['2','1','4','3'],[4,3,2,1]]",
		"[\n  [\n    1,\n    2,\n    3,\n    4\n  ],\n  [\n    3,\n    4,\n    1,\n    2\n  ],\n  [\n    2,\n    1,\n    4,\n    3\n"
		"  ],\n  [\n    4,\n    3,\n    2,\n    1\n  ]\n]",
		"{\"row1\": [1,2,3,4], \"row2\": [3,4,1,2], \"row3\": [2,1,4,3], \"row4\": [4,3,2,1]}",
		"grid = [[1,2,3,4],[3,4,1,2],[2,1,4,3],[4,3,2,1]]",
		"\\begin{array}{cc|cc} 1 & 2 & 3 & 4 \\\\ 3 & 4 & 1 & 2 \\\\ \\hline 2 & 1 & 4 & 3 \\\\ 4 & 3 & 2 & 1 \\end{array}",
		"$$\\begin{bmatrix}1&2&3&4\\\\3&4&1&2\\\\2&1&4&3\\\\4&3&2&1\\end{bmatrix}$$",
		"\\begin{array}{|*{4}{c|}} \\hline \\mathbf{1} & 2 & 3 & 4 \\\\ 3 & 4 & \\text{1} & 2 \\\\ \\cline{1-2} 2 & 1 & 4 & 3 \\\\ 4 & 3 "
		"& 2 & 1 \\\\ \\hline \\end{array}",
		"Row 1: 1 2 3 4\nRow 2: 3 4 1 2\nRow 3: 2 1 4 3\nRow 4: 4 3 2 1",
		"R1: 1234, R2: 3412, R3: 2143, R4: 4321",
		"Row 0: 1234\nRow 1: 3412\nRow 2: 2143\nRow 3: 4321",
		"第1行：1 2 3 4\n第2行：3 4 1 2\n第3行：2 1 4 3\n第4行：4 3 2 1。",
		"第一行：１２３４\n第二行：３４１２\n第三行：２１４３\n第四行：４３２１",
		"1. 1 2 3 4\n2. 3 4 1 2\n3. 2 1 4 3\n4. 4 3 2 1",
		"  1) 1 2 3 4\n  2) 3 4 1 2\n  3) 2 1 4 3\n  4) 4 3 2 1",
		"1: 1 2 3 4\n2: 3 4 1 2\n3: 2 1 4 3\n4: 4 3 2 1",
		"- 1 2 3 4\n- 3 4 1 2\n- 2 1 4 3\n- 4 3 2 1",
		"* 1 2 3 4\n* 3 4 1 2\n* 2 1 4 3\n* 4 3 2 1",
		"> 1234\n> 3412\n> 2143\n> 4321",
		"1-2-3-4\n3-4-1-2\n2-1-4-3\n4-3-2-1",
		"1234\\n3412\\n2143\\n4321",
		"<table><tr><td>1</td><td>2</td><td>3</td><td>4</td></tr><tr><td>3</td><td>4</td><td>1</td><td>2</td></tr><tr><td>2</td>"
		"<td>1</td><td>4</td><td>3</td></tr><tr><td>4</td><td>3</td><td>2</td><td>1</td></tr></table>",
		"1️⃣2️⃣3️⃣4️⃣\n3️⃣4️⃣1️⃣2️⃣\n2️⃣1️⃣4️⃣3️⃣\n4️⃣3️⃣2️⃣1️⃣",
		"①②③④/③④①②/②①④③/④③②①",
		"Here is the solved 4x4 grid:\n\n1 2 | 3 4\n3 4 | 1 2\n----+----\n2 1 | 4 3\n4 3 | 2 1\n\nEvery row is complete!",
		"The 9×9 board? No: " FULL,
		"The answer is " FULL,
		"答案是：" FULL "。",
	};
	static const char *const bad[] = {
		"",
		" \n",
		"no board",
		"1234/3412/2143",
		FULL "/1234",
		FULL "0",
		"12343/412/2143/4321",
		"12343 412 2143 4321",
		"12 34 34 12 21 43 43 21",
		"123 434 122 143 432 1",
		"1 2 . 4\n3 4 1 2\n2 1 4 3\n4 3 2 1",
		"1234/3412/2143/432",
		"-1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1",
		"1.0 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1",
		"r1c1=1 r1c2=2 r1c3=3",
		"r1c1: 1, r1c2: 2, r1c3: 3, r1c4: 4, r2c1: 3, r2c2: 4, r2c3: 1, r2c4: 2, r3c1: 2, r3c2: 1, r3c3: 4, r3c4: 3, r4c1: 4, r4c2: 3, "
		"r4c3: 2, r4c4: 1",
		"2: 1 2 3 4\n1: 3 4 1 2\n3: 2 1 4 3\n4: 4 3 2 1",
		"Row 2: 1234\nRow 3: 3412\nRow 4: 2143\nRow 5: 4321",
		"Row 1: 1234\n3412\n2143\n4321",
		"Column 1: 1 2 3 4\nColumn 2: 3 4 1 2\nColumn 3: 2 1 4 3\nColumn 4: 4 3 2 1",
		"列1：1234\n列2：3412\n列3：2143\n列4：4321",
		"12_4 -> 1234\n3412\n2143\n4321",
		FULL " \xff",
		"1234/3412/2143/4321 (100%)",
		FULL "\n\n" FULL,
		"not " FULL,
		FULL " isn't it",
		"Wrong: " FULL,
		"不是" FULL,
	};

	for (size_t i = 0; i < COUNT(good); i++)
		reads(good[i], &ask, FULL);
	for (size_t i = 0; i < COUNT(bad); i++)
		reads(bad[i], &ask, "-");
}

static void empties(void)
{
	static const struct grid_ask ask = { .rows = 4, .cols = 4, .lo = 1, .hi = 9, .empty = true };

	reads(HOLED, &ask, HOLED);
	reads("1 2 _ 4\n3 ? ? 1\n* * 4 -\n4 x X 0", &ask, HOLED);
	reads("1204300100404000", &ask, HOLED);
	reads("12x4\n3xx1\nxx4x\n4xxx", &ask, HOLED);
	reads("[[1,2,0,4],[3,0,0,1],[0,0,4,0],[4,0,0,0]]", &ask, HOLED);
	reads("1 2 | . 4\n3 . | . 1\n----+----\n. . | 4 .\n4 . | . .", &ask, HOLED);
	reads("１２□４/３□□１/□□４□/４□□□", &ask, HOLED);
	reads("1 2 \xc2\xb7 4/3 \xc2\xb7 \xc2\xb7 1/\xc2\xb7 \xc2\xb7 4 \xc2\xb7/4 \xc2\xb7 \xc2\xb7 \xc2\xb7", &ask, HOLED);
	reads("1 2 4\n3 1\n4\n4", &ask, "-");
	reads("the board " HOLED, &ask, "-");
	reads(HOLED "/", &ask, HOLED);
}

static void other_cells(void)
{
	static const struct grid_ask any = { .hi = 9 }, rows = { .rows = 2, .hi = 9 }, cols = { .cols = 2, .hi = 9 };
	static const struct grid_ask wide = { .rows = 2, .cols = 2, .hi = 99, .words = true };
	static const struct grid_ask signs = { .rows = 2, .cols = 3, .symbols = ".#", .words = true };
	static const struct grid_ask letters = { .rows = 2, .cols = 2, .symbols = "XO", .words = true };
	static const struct grid_ask open = { .cols = 3, .symbols = "AB", .empty = true };

	reads("123/456", &any, "123/456");
	reads("[[1,2],[3,4],[5,6]]", &any, "12/34/56");
	reads("1 2\n3 4\n5", &any, "-");
	reads("1 2 3 4", &any, "1234");
	reads("123456", &rows, "123/456");
	reads("12345", &rows, "-");
	reads("123456", &cols, "12/34/56");
	reads("10 2/3 40", &wide, "10 2/3 40");
	reads("[[10, 2], [3, 40]]", &wide, "10 2/3 40");
	reads("10 2/3 400", &wide, "-");
	reads("102/340", &wide, "-");
	reads("Row 1: 10 2\nRow 2: 3 40", &wide, "10 2/3 40");
	reads(".#./##.", &signs, ".#./##.");
	reads("[[\".\", \"#\", \".\"], [\"#\", \"#\", \".\"]]", &signs, ".#./##.");
	reads(". # .\n# # .", &signs, ".#./##.");
	reads("XO/OX", &letters, "XO/OX");
	reads("X O\nO X", &letters, "XO/OX");
	reads("X Y/O X", &letters, "-");
	reads("A_B/BA-", &open, "A.B/BA.");
}

/* Whatever is written is read back: all styles, all sizes. */
static void round_trips(void)
{
	struct rng rng;

	rng_init(&rng, 1, "grid");
	for (int i = 0; i < 3000; i++) {
		struct grid g = { .rows = rng_range(&rng, 1, GRID_SIDE), .cols = rng_range(&rng, 1, GRID_SIDE) }, back;
		struct grid_ask ask = { .rows = g.rows, .cols = g.cols, .lo = 1, .hi = rng_below(&rng, 2) ? 9 : 99 };
		struct grid_look look = { .style = (enum grid_style)rng_below(&rng, 6) };
		struct buf b = BUF_INIT;

		look.box_w = look.box_h = rng_range(&rng, 1, 5);
		ask.empty = rng_below(&rng, 2);
		ask.words = !ask.empty;
		if (rng_below(&rng, 3) == 0) {
			ask.symbols = look.symbols = "ab#";
			ask.empty = false;
		}
		for (int k = 0; k < g.rows * g.cols; k++)
			g.cell[k] = (int16_t)(ask.symbols ? rng_range(&rng, 0, 2) :
					      ask.empty && rng_below(&rng, 3) == 0 ? GRID_EMPTY : rng_range(&rng, 1, ask.hi));
		if (!ask.symbols && ask.hi == 99)
			g.cell[0] = 10; /* so that it is seen to be wide */
		grid_write(&b, &g, &look);
		check_in("style %d, %d x %d:\n%s", (int)look.style, g.rows, g.cols, buf_z(&b));
		if (CHECK(grid_read(&back, buf_str(&b), &ask)))
			CHECK(back.rows == g.rows && back.cols == g.cols &&
			      memcmp(back.cell, g.cell, sizeof(g.cell[0]) * (size_t)(g.rows * g.cols)) == 0);
		/* a board of one cell more is another board */
		if (g.rows < GRID_SIDE) {
			ask.rows++;
			CHECK(!grid_read(&back, buf_str(&b), &ask));
		}
		buf_release(&b);
	}
}

static void styles(void)
{
	struct grid g;
	struct buf b = BUF_INIT;
	static const char *const want[] = {
		HOLED,
		"12.4\n3..1\n..4.\n4...",
		"1 2 . 4\n3 . . 1\n. . 4 .\n4 . . .",
		"1 2 | . 4\n3 . | . 1\n----+----\n. . | 4 .\n4 . | . .",
		"[[1,2,0,4],[3,0,0,1],[0,0,4,0],[4,0,0,0]]",
		"|   |   |   |   |\n|---|---|---|---|\n| 1 | 2 | . | 4 |\n| 3 | . | . | 1 |\n| . | . | 4 | . |\n| 4 | . | . | . |",
	};

	check_in("styles");
	CHECK(grid_read(&g, STR(HOLED), &(struct grid_ask){ .rows = 4, .cols = 4, .lo = 1, .hi = 4, .empty = true }));
	for (int s = GRID_SLASHES; s <= GRID_MARKDOWN; s++) {
		buf_reset(&b);
		grid_write(&b, &g, &(struct grid_look){ .style = (enum grid_style)s, .box_w = 2, .box_h = 2 });
		CHECK_STR(buf_str(&b), want[s]);
	}
	buf_release(&b);
}

/* Floods are refused, and random marks never crash; boards among them have the size that was asked for. */
static void hostile(void)
{
	static const char marks[] = "12349.-|/\\[](){}&,;: \nxRrowc_*?=+#<>\"'\xe7\xac\xac\xef\xbc\x91";
	struct grid_ask ask = { .rows = 4, .cols = 4, .hi = 9, .words = true };
	size_t size = 1 << 16;
	char *room = malloc(size + 17);
	struct grid g;
	struct rng rng;

	for (int i = 0; i < HOSTILES; i++) {
		check_in("flood %d", i);
		CHECK(!grid_read(&g, hostile_make(i, room, size), &ask));
	}
	for (int i = 0; i < HOSTILE_ANSWERS; i++) {
		check_in("filled answer %d", i);
		CHECK(!grid_read(&g, hostile_answer(i, room, size), &ask));
	}
	rng_init(&rng, 2, "grid");
	check_in("random marks");
	for (int i = 0; i < 200000; i++) {
		size_t n = rng_below(&rng, 60);

		for (size_t k = 0; k < n; k++)
			room[k] = marks[rng_below(&rng, sizeof(marks) - 1)];
		ask.empty = i & 1;
		ask.words = !ask.empty;
		ask.rows = (int)rng_below(&rng, 4);
		ask.cols = (int)rng_below(&rng, 4);
		if (grid_read(&g, (struct str){ room, n }, &ask) &&
		    ((ask.rows && g.rows != ask.rows) || (ask.cols && g.cols != ask.cols) || g.rows < 1 || g.cols < 1))
			CHECK(false);
	}
	free(room);
}

static bool same_grid(const struct grid *a, const struct grid *b)
{
	return a->rows == b->rows && a->cols == b->cols && memcmp(a->cell, b->cell, (size_t)(a->rows * a->cols) * sizeof(a->cell[0])) == 0;
}

/*
 * Plain boards are read at once and all others step by step: both come to the same. A blank of another kind (U+00A0) before a board
 * says nothing, but is not plain. Boards with a few marks too many or changed.
 */
static void two_ways(void)
{
	static const char *const gaps[] = { ", ", ",", " ", "", "|", " & ", "\t", "\"", "', '", "; " };
	static const char *const ends[] = { "], [", "\n", "\r\n", "/", ";", "),(", "\n\n", " ", "", "|\n|" };
	static const char marks[] = "0123456789xX.?*_ ,|&\n\r\t/;[](){}\"'`TC#-a";
	static const char *const symbols[] = { NULL, NULL, NULL, "TC.x", "X1x", "ab#-T" };
	struct buf b = BUF_INIT, other = BUF_INIT;
	long read = 0, refused = 0;
	struct rng rng;

	rng_init(&rng, 3, "two ways");
	for (int i = 0; i < 200000; i++) {
		int rows = 1 + (int)rng_below(&rng, 5), cols = 1 + (int)rng_below(&rng, i % 50 ? 5 : 40);
		const char *gap = gaps[rng_below(&rng, 10)], *end = ends[rng_below(&rng, 10)], *sign = symbols[rng_below(&rng, 6)];
		struct grid_ask ask = { .lo = (int)rng_below(&rng, 2), .hi = rng_below(&rng, 3) ? 9 : 120, .symbols = sign };
		bool framed = rng_below(&rng, 2);
		struct grid one, two;
		bool ok;

		ask.empty = rng_below(&rng, 2);
		ask.words = !ask.empty && rng_below(&rng, 4);
		ask.rows = rng_below(&rng, 3) ? rows : 0;
		ask.cols = rng_below(&rng, 3) ? cols : 0;
		buf_reset(&b);
		buf_reset(&other);
		buf_addz(&b, framed ? "[[" : "");
		for (int k = 0; k < rows * cols; k++) {
			buf_addz(&b, k == 0 ? "" : k % cols ? gap : end);
			if (sign)
				buf_addc(&b, sign[rng_below(&rng, strlen(sign))]);
			else if (ask.empty && rng_below(&rng, 4) == 0)
				buf_addc(&b, "xX.?*_0"[rng_below(&rng, 7)]);
			else
				buf_addi(&b, (int64_t)rng_below(&rng, ask.hi > 9 && rng_below(&rng, 2) ? 130 : 10));
		}
		buf_addz(&b, framed ? "]]" : "");
		for (size_t n = rng_below(&rng, 4); n > 0 && b.n; n--)
			b.s[rng_below(&rng, b.n)] = marks[rng_below(&rng, sizeof(marks) - 1)];
		check_in("%s", buf_z(&b));
		ok = grid_read(&one, buf_str(&b), &ask);
		buf_addz(&other, "\xc2\xa0");
		buf_add(&other, buf_str(&b));
		if (!CHECK(ok == grid_read(&two, buf_str(&other), &ask) && (!ok || same_grid(&one, &two))))
			break;
		read += ok;
		refused += !ok;
	}
	CHECK(read > 50000 && refused > 50000);
	buf_release(&b);
	buf_release(&other);
}

int main(void)
{
	two_ways();
	answers();
	empties();
	other_cells();
	styles();
	round_trips();
	hostile();
	return check_done();
}
