/*
 * buggy_tables_told.c - the damaged table as it is shown, what happened to it, and the question, in words.
 *
 * Each damage is said in two ways; where counting starts, which way it goes and what an odd number of rows does is always
 * part of it.
 */
#include "generators/buggy_tables.h"
#include "generators/pen.h"

/* ---- words ---- */

/* Of a weekday, the weather, a transport. */
static const struct pen_text words[][LANGS][7] = {
	[BT_WEEKDAY] = {
		{ PEN_TEXT("Mon"), PEN_TEXT("Tue"), PEN_TEXT("Wed"), PEN_TEXT("Thu"), PEN_TEXT("Fri"), PEN_TEXT("Sat"), PEN_TEXT("Sun") },
		{ PEN_TEXT("周一"), PEN_TEXT("周二"), PEN_TEXT("周三"), PEN_TEXT("周四"), PEN_TEXT("周五"), PEN_TEXT("周六"), PEN_TEXT("周日") },
	},
	[BT_WEATHER] = {
		{ PEN_TEXT("sunny"), PEN_TEXT("cloudy"), PEN_TEXT("rain"), PEN_TEXT("snow"), PEN_TEXT("fog") },
		{ PEN_TEXT("晴"), PEN_TEXT("多云"), PEN_TEXT("雨"), PEN_TEXT("雪"), PEN_TEXT("雾") },
	},
	[BT_TRANSPORT] = {
		{ PEN_TEXT("bus"), PEN_TEXT("bike"), PEN_TEXT("car"), PEN_TEXT("train"), PEN_TEXT("foot") },
		{ PEN_TEXT("公交"), PEN_TEXT("自行车"), PEN_TEXT("汽车"), PEN_TEXT("火车"), PEN_TEXT("步行") },
	},
};

static const struct pen_text marks[] = { PEN_TEXT("?"), PEN_TEXT("!!"), PEN_TEXT("_err"), PEN_TEXT("~x") };

const char *bt_heading(int column, enum lang lang)
{
	if (column < 0)
		return lang == LANG_ZH ? "附加" : "extra";
	return lang == LANG_ZH ? bt_columns[column].zh : bt_columns[column].en;
}

static char *two_digits(char *pen, int v)
{
	return pen_char(pen_char(pen, (char)('0' + v / 10)), (char)('0' + v % 10));
}

/* The days count from 1 January 2030, a Tuesday. Counted from March, months of 31 and 30 days take turns, five of them 153 days. */
static char *put_date(char *pen, int32_t day)
{
	static const struct pen_text year = PEN_TEXT("2030-");
	int from_march = (int)day - 59 + (day < 59 ? 365 : 0), month = (5 * from_march + 2) / 153;
	int in_month = from_march - (153 * month + 2) / 5 + 1;

	return two_digits(pen_char(two_digits(pen_text(pen, &year), month < 10 ? month + 3 : month - 9), '-'), in_month);
}

/* In a column's unit: at most two decimals. */
static char *put_number(char *pen, int32_t v, int decimals)
{
	int size = v < 0 ? -v : v;

	if (v < 0)
		*pen++ = '-';
	if (decimals == 0)
		return pen_int(pen, size);
	if (decimals == 1)
		return pen_char(pen_char(pen_int(pen, size / 10), '.'), (char)('0' + size % 10));
	return two_digits(pen_char(pen_int(pen, size / 100), '.'), size % 100);
}

static char *put_value(char *pen, int column, int32_t v, enum lang lang)
{
	switch (bt_columns[column].kind) {
	case BT_DATE: return put_date(pen, v);
	case BT_NUMBER: return put_number(pen, v, bt_columns[column].decimals);
	default: return pen_text(pen, &words[bt_columns[column].kind][lang][v]);
	}
}

void bt_value_put(struct buf *out, int column, int32_t v, enum lang lang)
{
	char *pen = pen_down(out, 16);

	if (pen)
		pen_up(out, put_value(pen, column, v, lang));
}

void bt_number_put(struct buf *out, int64_t v, int decimals)
{
	int64_t unit = 1, size = v < 0 ? -v : v;

	for (int i = 0; i < decimals; i++)
		unit *= 10;
	if (v < 0)
		buf_addc(out, '-');
	buf_addi(out, size / unit);
	if (decimals)
		buf_addc(out, '.');
	while (unit > 1) {
		size %= unit;
		unit /= 10;
		buf_addc(out, (char)('0' + size / unit));
	}
}

/* ---- the shown table ---- */

static void rotate(struct bt_cell *line, size_t stride, int n, int by)
{
	struct bt_cell copy[BT_LINES];

	for (int i = 0; i < n; i++)
		copy[i] = line[(size_t)i * stride];
	for (int i = 0; i < n; i++)
		line[(size_t)((i + by) % n) * stride] = copy[i];
}

static int turn(const struct bt_bug *b, int i, int n)
{
	int by = b->by * (i + 1) % n;

	return b->back ? (n - by) % n : by;
}

int bt_column_of(const struct bt *t, int x)
{
	for (int i = 0; x >= t->cols && i < t->bugs; i++)
		if (t->bug[i].kind == 'x')
			return t->bug[i].by;
	return t->col[x];
}

void bt_damage(struct bt_shown *s, const struct bt *t, const struct bt_bug *b)
{
	const int32_t *extra = t->extra + b->first;

	for (int i = b->first; (b->kind == 'n' || b->kind == 'e' || b->kind == 's') && i < b->first + b->n; i++) {
		struct bt_cell *c = &s->cell[t->spot[i].row][t->spot[i].col];

		if (b->kind == 'e')
			c->v = t->spot[i].shown;
		c->lost |= b->kind == 'n';
		c->marked |= b->kind == 's';
	}
	if (b->kind == 's')
		s->mark = b->by;
	for (int x = 0; b->kind == 'c' && x < s->cols; x++)
		rotate(&s->cell[0][x], BT_WIDE, s->rows, turn(b, x, s->rows));
	for (int y = 0; b->kind == 'r' && y < s->rows; y++)
		rotate(s->cell[y], 1, s->cols, turn(b, y, s->cols));
	if (b->kind == 'h') {
		int16_t copy[BT_WIDE];

		memcpy(copy, s->heading, sizeof(copy));
		for (int x = 0; x < s->cols; x++)
			s->heading[(x + (b->back ? s->cols - b->by : b->by)) % s->cols] = copy[x];
	}
	for (int i = 0; b->kind == 'b' && i < b->n; i++) {
		int x = i % s->cols;

		s->cell[s->rows + i / s->cols][x] = (struct bt_cell){ extra[i], (uint8_t)bt_column_of(t, x), false, false, -1 };
	}
	s->rows += b->kind == 'b' ? b->by : 0;
	if (b->kind == 'x') {
		for (int y = 0; y < s->rows; y++)
			s->cell[y][s->cols] = (struct bt_cell){ extra[y], (uint8_t)b->by, false, false, -1 };
		s->heading[s->cols++] = -1;
	}
	s->merged |= b->kind == 'm';
}

void bt_show_clean(struct bt_shown *s, const struct bt *t)
{
	int16_t from = 0;

	s->rows = t->rows;
	s->cols = t->cols;
	s->merged = false;
	s->mark = 0;
	for (int x = 0; x < t->cols; x++)
		s->heading[x] = t->col[x];
	for (int y = 0; y < t->rows; y++)
		for (int x = 0; x < t->cols; x++, from++)
			s->cell[y][x] = (struct bt_cell){ t->cell[from], t->col[x], false, false, from };
}

void bt_show(struct bt_shown *s, const struct bt *t)
{
	bt_show_clean(s, t);
	for (int i = 0; i < t->bugs; i++)
		bt_damage(s, t, &t->bug[i]);
}

enum notation { MARKDOWN, CSV, LISTS };

static char *put_bare(char *pen, const struct bt_shown *s, const struct bt_cell *c, enum lang lang)
{
	static const struct pen_text null = PEN_TEXT("null");

	pen = c->lost ? pen_text(pen, &null) : put_value(pen, c->column, c->v, lang);
	return c->marked ? pen_text(pen, &marks[s->mark - 1]) : pen;
}

/* A cell of printed line y, which is two rows of a table whose rows were joined. */
static char *put_cell(char *pen, const struct bt_shown *s, int y, int x, enum notation how, enum lang lang)
{
	static const struct pen_text slash = PEN_TEXT(" / ");
	int top = s->merged ? 2 * y : y;
	bool paired = s->merged && top + 1 < s->rows;
	const struct bt_cell *c = &s->cell[top][x];
	bool plain = !c->lost && bt_columns[c->column].kind != BT_NUMBER;
	bool quoted = how == LISTS ? paired || c->marked || plain : how == CSV && lang == LANG_ZH && plain;

	if (quoted)
		*pen++ = '"';
	pen = put_bare(pen, s, c, lang);
	if (paired)
		pen = put_bare(pen_text(pen, &slash), s, &s->cell[top + 1][x], lang);
	if (quoted)
		*pen++ = '"';
	return pen;
}

enum { LINE_MAX = 64 + 96 * BT_WIDE }; /* bytes of a printed line */

static void put_table(struct holes *holes, const char *hole, const struct bt_shown *s, enum notation how, enum lang lang)
{
	static const struct pen_text begin[] = { PEN_TEXT("| "), PEN_TEXT(""), PEN_TEXT("[") }, between[] = { PEN_TEXT(" | "), PEN_TEXT(","), PEN_TEXT(", ") };
	static const struct pen_text end[] = { PEN_TEXT(" |"), PEN_TEXT(""), PEN_TEXT("]") }, line[] = { PEN_TEXT("\n"), PEN_TEXT("\n"), PEN_TEXT(",\n ") };
	static const struct pen_text rule = PEN_TEXT("|---"), rule_end = PEN_TEXT("|\n");
	int lines = s->merged ? (s->rows + 1) / 2 : s->rows;
	struct buf *b = hole_open(holes, hole);
	bool quoted = how == LISTS || (how == CSV && lang == LANG_ZH); /* the headings */
	char *pen;

	for (int y = -1; b && y < lines && (pen = pen_down(b, LINE_MAX)); y++) {
		if (y >= 0)
			pen = pen_text(pen, &line[how]);
		else if (how == LISTS)
			*pen++ = '[';
		for (int x = 0; y == 0 && how == MARKDOWN && x < s->cols; x++)
			pen = pen_text(pen, &rule);
		if (y == 0 && how == MARKDOWN)
			pen = pen_text(pen, &rule_end);
		pen = pen_text(pen, &begin[how]);
		for (int x = 0; x < s->cols; x++) {
			if (x)
				pen = pen_text(pen, &between[how]);
			if (y >= 0) {
				pen = put_cell(pen, s, y, x, how, lang);
				continue;
			}
			if (quoted)
				*pen++ = '"';
			pen = pen_str(pen, str_of(bt_heading(s->heading[x], lang)));
			if (quoted)
				*pen++ = '"';
		}
		pen_up(b, pen_text(pen, &end[how]));
	}
	if (b && how == LISTS)
		buf_addc(b, ']');
}

/* ---- what happened, in words ---- */

static void spots_put(struct buf *out, const struct bt *t, const struct bt_bug *b, const struct bt_shown *before, enum lang lang)
{
	static const struct pen_text comma = PEN_TEXT(", "), semicolon[LANGS] = { PEN_TEXT("; "), PEN_TEXT("；") }, equals = PEN_TEXT(" = ");

	for (int i = b->first; i < b->first + b->n; i++) {
		const struct bt_spot *p = &t->spot[i];
		const struct bt_cell *c = &before->cell[p->row][p->col];

		char *pen = pen_down(out, 64);

		if (!pen)
			return;
		if (i > b->first)
			pen = pen_text(pen, b->kind != 'e' ? &comma : &semicolon[lang]);
		pen = pen_int(pen_char(pen, '('), p->row + 1);
		pen = pen_char(pen_int(pen_text(pen, &comma), p->col + 1), ')');
		if (b->kind == 'e')
			pen = put_value(pen_text(pen, &equals), c->column, c->v, lang);
		pen_up(out, pen);
	}
}

enum { TELLINGS = 2 };

/* One damage. English and Chinese, each in two ways; the table is as it was before. */
static void bug_put(struct buf *out, const struct bt *t, const struct bt_bug *b, const struct bt_shown *before, int way, enum lang lang)
{
	static const char *const lost[LANGS][TELLINGS] = {
		{ "The values of these cells, given as (row, column), were lost; the table shows null there: ",
		  "Null was written over the cells at the following places (row, column), and their values cannot be recovered: " },
		{ "下列单元格（行，列）的值丢失了，表中显示为null：", "下列位置（行，列）的单元格被null覆盖，原值无法恢复：" },
	};
	static const char *const lost_end[LANGS][TELLINGS] = {
		{ ". A lost value meets no condition and is left out of every statistic.",
		  ". Such a cell satisfies no condition, and no statistic counts it." },
		{ "。丢失的值不满足任何条件，也不计入任何统计。", "。这样的单元格不符合任何条件，统计时也一律略去。" },
	};
	static const char *const wrong[LANGS][TELLINGS] = {
		{ "Some cells were overwritten with wrong values. Their right values, as (row, column) = value: ",
		  "A few cells got wrong values. These are the places (row, column) with the values that belong there: " },
		{ "一些单元格被错误的值覆盖。正确的值按（行，列） = 值列出：", "有些单元格的值写错了。下面是它们的位置（行，列）和应有的值：" },
	};
	static const char *const marked[LANGS][TELLINGS] = {
		{ "The text \"%s\" was added behind the right value in these cells (row, column): ",
		  "At these places (row, column) \"%s\" is stuck to the end of the value and does not belong to it: " },
		{ "下列单元格（行，列）的正确值后面被加上了文字“%s”：", "在下列位置（行，列），值的末尾多出了“%s”，它不属于该值：" },
	};
	static const char *const joined[LANGS][TELLINGS] = {
		{ "Rows were joined in pairs: rows 1 and 2 became one row, rows 3 and 4 the next one, and so on. A joined cell reads "
		  "\"upper / lower\": first the value of the row that was above, then that of the row below it. ",
		  "Every two neighbouring rows (1 with 2, 3 with 4 and so on) were put into one row whose cells hold both values, the upper "
		  "row's before the slash, the lower row's behind it. " },
		{ "各行两两合并：第1行与第2行合成一行，第3行与第4行合成下一行，依此类推。合并后的单元格写作“上 / 下”：先是上面一行的值，后是下面一行的值。",
		  "相邻的两行（第1行与第2行，第3行与第4行，依此类推）被并为一行，每个单元格含两个值，斜杠前是上面一行的，斜杠后是下面一行的。" },
	};
	static const char *const odd[LANGS][2] = {
		{ "The number of rows was even, so that all rows were joined.", "The number of rows was odd: the last row stayed as it was." },
		{ "行数为偶数，所有行都参与了合并。", "行数为奇数，最后一行保持原样。" },
	};
	static const char *const ways[LANGS][2] = { { "down", "up" }, { "下", "上" } };
	static const char *const sides[LANGS][2] = { { "right", "left" }, { "右", "左" } };
	static const char *const columns[LANGS][TELLINGS] = {
		{ "In each column the values were moved %s in a circle, the values of column j by %d × j places (j = 1 for the leftmost column, so "
		  "by %d there); what leaves the column at one end comes in at the other. The headings stayed.",
		  "Each column was rotated: its values went %s, by %d × j places in the j-th column from the left (by %d in the first), and "
		  "values pushed out at one end came back at the other end. Headings did not take part." },
		{ "每一列的值都循环向%s移动：左起第j列移动%d×j个位置（第1列移动%d个位置）；从一端移出的值从另一端移入。表头不动。",
		  "各列的值作了循环移动，方向向%s，左起第j列移动的位数为%d×j（第1列为%d），一端移出的值回到另一端。表头没有参与。" },
	};
	static const char *const rows[LANGS][TELLINGS] = {
		{ "In each row the cells were moved to the %s in a circle, those of row i by %d × i places (by %d in row 1); what leaves the row at "
		  "one end comes in at the other. The headings stayed.",
		  "Each row was rotated: its cells went to the %s, by %d × i places in the i-th row (by %d in the first), and cells pushed out "
		  "at one end came back at the other end. The line of headings did not take part." },
		{ "每一行的单元格都循环向%s移动：第i行移动%d×i个位置（第1行移动%d个位置）；从一端移出的从另一端移入。表头不动。",
		  "各行的单元格作了循环移动，方向向%s，第i行移动的位数为%d×i（第1行为%d），一端移出的回到另一端。表头那一行没有参与。" },
	};
	static const char *const headings[LANGS][TELLINGS] = {
		{ "The headings alone were moved %d %sto the %s in a circle; what leaves at one end comes in at the other. The values below "
		  "stayed where they were.",
		  "Only the line of headings was rotated, by %d %sto the %s (a heading pushed out at one end came back at the other); the "
		  "cells below did not move." },
		{ "只有表头循环移动了%d个位置%s，方向向%s；从一端移出的从另一端移入。下面的值都没有移动。",
		  "仅表头那一行循环移动了%d位%s，方向向%s（一端移出的表头回到另一端），下面的单元格都不动。" },
	};
	static const char *const bottom[LANGS][TELLINGS] = {
		{ "False rows were added at the bottom, behind the last row; how many: %d. They are no data.",
		  "Below the last row made-up rows were appended (number of rows: %d); they have to go." },
		{ "在最后一行之后加上了虚假的行，共%d行，它们不是数据。", "表的末尾多出了%d行编造的数据，应当删去。" },
	};
	static const char *const right[LANGS][TELLINGS] = {
		{ "A false column with the heading \"extra\" was added at the right end. It is no data.",
		  "To the right of the last column a made-up column headed \"extra\" was appended; it has to go." },
		{ "在最右端加上了一列虚假的数据，表头为“附加”，它不是数据。", "最后一列的右边多出了一列编造的数据，表头是“附加”，应当删去。" },
	};

	switch (b->kind) {
	case 'n':
		buf_addz(out, lost[lang][way]);
		spots_put(out, t, b, before, lang);
		buf_addz(out, lost_end[lang][way]);
		break;
	case 'e':
		buf_addz(out, wrong[lang][way]);
		spots_put(out, t, b, before, lang);
		buf_addz(out, lang == LANG_ZH ? "。" : ".");
		break;
	case 's':
		buf_addf(out, marked[lang][way], marks[b->by - 1].s);
		spots_put(out, t, b, before, lang);
		buf_addz(out, lang == LANG_ZH ? "。" : ".");
		break;
	case 'm':
		buf_addf(out, "%s%s", joined[lang][way], odd[lang][before->rows % 2]);
		break;
	case 'c':
		buf_addf(out, columns[lang][way], ways[lang][b->back], b->by, b->by);
		break;
	case 'r':
		buf_addf(out, rows[lang][way], sides[lang][b->back], b->by, b->by);
		break;
	case 'h':
		buf_addf(out, headings[lang][way], b->by, lang == LANG_ZH ? "" : b->by == 1 ? "place " : "places ", sides[lang][b->back]);
		break;
	case 'b':
		buf_addf(out, bottom[lang][way], b->by);
		break;
	default:
		buf_addz(out, right[lang][way]);
	}
}

static void put_bugs(struct holes *holes, const char *hole, const struct bt *t, int way, enum lang lang)
{
	static const char *const order[LANGS][TELLINGS] = {
		{ "Several things happened one after the other, each to the table as the one before had left it; rows and columns are numbered as "
		  "they were at that moment.",
		  "There were several damages. Each struck the table that the damage before it had left, and its row and column numbers are those of "
		  "that table." },
		{ "先后发生了几件事，每一件都作用于前一件之后的表；行号和列号按当时的表计算。",
		  "损坏不止一处。每一次都发生在前一次损坏之后的表上，所说的行号和列号也是那张表的。" },
	};
	struct buf *b = hole_open(holes, hole);
	struct bt_shown s;

	if (!b)
		return;
	bt_show_clean(&s, t);
	if (t->bugs > 1)
		buf_addz(b, order[lang][way]);
	for (int i = 0; i < t->bugs; i++) {
		if (t->bugs > 1)
			buf_addf(b, "\n(%d) ", i + 1);
		bug_put(b, t, &t->bug[i], &s, way, lang);
		if (i + 1 < t->bugs)
			bt_damage(&s, t, &t->bug[i]);
	}
}

/* ---- the question ---- */

static void condition_put(struct buf *out, const struct bt *t, const struct bt_condition *c, enum lang lang)
{
	static const struct {
		char op;
		const char *text[LANGS];
	} ops[] = {
		{ '>', { " is greater than ", "大于" } }, { '<', { " is less than ", "小于" } }, { ']', { " is at least ", "不小于" } },
		{ '[', { " is at most ", "不大于" } }, { '=', { " is ", "为" } }, { '!', { " is not ", "不为" } },
		{ ':', { " is between ", "在" } },
	};
	int column = t->col[c->col];

	buf_addz(out, lang == LANG_ZH ? "“" : "");
	buf_addz(out, bt_heading(column, lang));
	buf_addz(out, lang == LANG_ZH ? "”" : "");
	for (size_t i = 0; i < COUNT(ops); i++)
		if (ops[i].op == c->op)
			buf_addz(out, ops[i].text[lang]);
	bt_value_put(out, column, c->lo, lang);
	if (c->op != ':')
		return;
	buf_addz(out, lang == LANG_ZH ? "到" : " and ");
	bt_value_put(out, column, c->hi, lang);
	buf_addz(out, lang == LANG_ZH ? "之间（含两端）" : " (both included)");
}

static void put_conditions(struct holes *holes, const struct bt *t, enum lang lang)
{
	struct buf *b = hole_open(holes, "conditions");

	for (int i = 0; b && i < t->conditions; i++) {
		buf_addz(b, i == 0 ? "" : lang == LANG_ZH ? "，且" : i + 1 < t->conditions ? ", " : " and ");
		condition_put(b, t, &t->condition[i], lang);
	}
}

/* "the mean of steps", and a sentence about what that is, where people could differ. */
static void put_question(struct holes *holes, const struct bt *t, enum lang lang)
{
	static const char *const names[BT_STATS][LANGS] = {
		[BT_MEAN] = { "arithmetic mean", "算术平均数" }, [BT_MEDIAN] = { "median", "中位数" }, [BT_SUM] = { "sum", "总和" },
		[BT_MIN] = { "smallest value", "最小值" }, [BT_MAX] = { "largest value", "最大值" }, [BT_RANGE] = { "range", "极差" },
		[BT_VAR] = { "sample variance", "样本方差" }, [BT_PVAR] = { "population variance", "总体方差" },
		[BT_STDEV] = { "sample standard deviation", "样本标准差" }, [BT_PSTDEV] = { "population standard deviation", "总体标准差" },
		[BT_COUNT] = { "number of values", "值的个数" },
	};
	static const char *const notes[BT_STATS][LANGS] = {
		[BT_MEDIAN] = { " With an even number of values the median is the mean of the two in the middle.", "值的个数为偶数时，中位数取中间两个值的平均数。" },
		[BT_RANGE] = { " The range is the largest value minus the smallest.", "极差是最大值减去最小值。" },
		[BT_VAR] = { " The sample variance is the sum of the squared deviations from the mean, divided by n - 1 for n values.",
			     "样本方差是各值与平均数之差的平方和除以n-1，n为值的个数。" },
		[BT_PVAR] = { " The population variance is the sum of the squared deviations from the mean, divided by n for n values.",
			      "总体方差是各值与平均数之差的平方和除以n，n为值的个数。" },
		[BT_STDEV] = { " The sample standard deviation is the square root of the sum of the squared deviations from the mean divided by n - 1, for n values.",
			       "样本标准差是各值与平均数之差的平方和除以n-1后的平方根，n为值的个数。" },
		[BT_PSTDEV] = { " The population standard deviation is the square root of the sum of the squared deviations from the mean divided by n, for n values.",
				"总体标准差是各值与平均数之差的平方和除以n后的平方根，n为值的个数。" },
	};
	const char *name = names[t->stat][lang], *a = bt_heading(t->col[t->a], lang);
	const char *other = t->b < 0 ? NULL : bt_heading(t->col[t->b], lang);
	struct buf *b = hole_open(holes, "asked");

	if (b && lang == LANG_ZH && !other)
		buf_addf(b, "“%s”的%s", a, name);
	else if (b && lang == LANG_ZH)
		buf_addf(b, "“%s”的%s与“%s”的%s之差的绝对值", a, name, other, name);
	else if (b) {
		buf_add(b, other ? STR("the absolute difference between the ") : STR("the "));
		buf_addz(b, name);
		buf_add(b, STR(" of "));
		buf_addz(b, a);
	}
	if (b && lang == LANG_EN && other) {
		buf_add(b, STR(" and the "));
		buf_addz(b, name);
		buf_add(b, STR(" of "));
		buf_addz(b, other);
	}
	hole_put(holes, "note", str_of(notes[t->stat][lang] ? notes[t->stat][lang] : ""));
}

void bt_fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct bt_shown s;
	struct bt t;

	if (!bt_read(&t, desc))
		return;
	bt_show(&s, &t);
	put_table(holes, "markdown", &s, MARKDOWN, lang);
	put_table(holes, "csv", &s, CSV, lang);
	put_table(holes, "lists", &s, LISTS, lang);
	put_bugs(holes, "bugs", &t, 0, lang);
	put_bugs(holes, "damages", &t, 1, lang);
	put_conditions(holes, &t, lang);
	put_question(holes, &t, lang);
}
