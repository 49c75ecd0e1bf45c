/*
 * buggy_tables.h - a clean table, what was done to it, and a question about it, as both sides see them.
 *
 *	struct bt t;
 *	if (!bt_read(&t, desc))
 *		return false;
 *	use(t.cell[row * t.cols + col]);
 *
 * desc: columns;rows;damages;question, all of whole numbers:
 *
 *	0,1,4,8;12,6,9000,57/13,0,12000,105;cd2|r+1;mean 3~4?2=6&3>9500
 *
 * columns   numbers in BT_COLUMNS
 * rows      values parted by commas, rows by slashes: in the column's smallest unit (105 is 10.5 where there is one
 *           decimal), a category's number, a day counted from the first of January
 * damages   in the order in which they happened, parted by |. Rows and columns count from 1 in the table as it then was:
 *           nR.C,R.C     values lost (first damage only)
 *           eR.C.V,...   V is shown instead of the right value (not behind r)
 *           sK:R.C,...   the mark number K stands behind the value
 *           cdK cuK      the values of column j moved down or up by K * j, cyclically
 *           rrK rlK      the cells of row i moved right or left by K * i, cyclically
 *           hrK hlK      the headings alone moved by K, cyclically
 *           bV,V/V,V     false rows at the bottom
 *           xC:V,V       a false column at the right, its values as those of column C of BT_COLUMNS
 *           m            rows joined in pairs (last damage only)
 * question  statistic and column, or two with ~ between: how far they are apart; then ? and conditions parted by &:
 *           C>V C<V C]V (at least) C[V (at most) C=V C!V C:V,V (from, to). Columns are numbers of the clean table, from 1.
 */
#ifndef QUARRY_VERIFIERS_BUGGY_TABLES_H
#define QUARRY_VERIFIERS_BUGGY_TABLES_H

#include "base/str.h"

/* X(English heading, Chinese heading, kind, decimals, lowest value, highest value); the values in the smallest unit. */
#define BT_COLUMNS(X) \
	X("date", "日期", DATE, 0, 0, 364) \
	X("weekday", "星期", WEEKDAY, 0, 0, 6) \
	X("weather", "天气", WEATHER, 0, 0, 4) \
	X("transport", "出行方式", TRANSPORT, 0, 0, 4) \
	X("steps", "步数", NUMBER, 0, 2000, 20000) \
	X("sleep_minutes", "睡眠分钟", NUMBER, 0, 300, 560) \
	X("coffee_cups", "咖啡杯数", NUMBER, 0, 0, 6) \
	X("pages_read", "阅读页数", NUMBER, 0, 0, 95) \
	X("distance_km", "里程公里", NUMBER, 1, 5, 249) \
	X("weight_kg", "体重公斤", NUMBER, 1, 550, 850) \
	X("spending", "支出", NUMBER, 2, 100, 9999) \
	X("screen_minutes", "屏幕分钟", NUMBER, 0, 20, 300) \
	X("water_ml", "饮水毫升", NUMBER, 0, 800, 3500) \
	X("messages", "消息数", NUMBER, 0, 0, 80) \
	X("calls", "通话数", NUMBER, 0, 0, 12) \
	X("meetings", "会议数", NUMBER, 0, 0, 8) \
	X("tasks_done", "完成任务数", NUMBER, 0, 0, 15) \
	X("music_minutes", "音乐分钟", NUMBER, 0, 0, 180) \
	X("temperature", "气温", NUMBER, 1, -85, 345) \
	X("rain_mm", "降雨毫米", NUMBER, 1, 0, 400) \
	X("pulse", "脉搏", NUMBER, 0, 52, 112) \
	X("income", "收入", NUMBER, 2, 2000, 49999)

enum bt_kind { BT_DATE, BT_WEEKDAY, BT_WEATHER, BT_TRANSPORT, BT_NUMBER };

enum {
	BT_ROWS = 80,
	BT_COLS = 18,
	BT_BUGS = 3,
	BT_FALSE_ROWS = 4,
	BT_LINES = BT_ROWS + BT_FALSE_ROWS, /* rows and columns with the false ones */
	BT_WIDE = BT_COLS + 1,
	BT_SPOTS = 1024, /* cells named by damages, all together */
	BT_EXTRA = BT_FALSE_ROWS * BT_WIDE + BT_LINES,
	BT_CONDITIONS = 4,
	BT_SHIFT = 9,
	BT_MARKS = 4,
};

struct bt_column {
	const char *en, *zh;
	enum bt_kind kind;
	int decimals;
	int32_t lo, hi;
};

extern const struct bt_column bt_columns[];
extern const int bt_column_count;

enum bt_stat { BT_MEAN, BT_MEDIAN, BT_SUM, BT_MIN, BT_MAX, BT_RANGE, BT_VAR, BT_PVAR, BT_STDEV, BT_PSTDEV, BT_COUNT, BT_STATS };

extern const char *const bt_stats[BT_STATS];

struct bt_spot {
	uint8_t row, col; /* from 0 */
	int32_t shown;    /* e */
};

struct bt_bug {
	char kind;    /* n e s c r h b x m */
	bool back;    /* up or left */
	int by;       /* how far; s: which mark; b: how many rows; x: which column */
	int first, n; /* n e s: in spot[]; b x: in extra[] */
};

struct bt_condition {
	int col;
	char op;
	int32_t lo, hi; /* both the same but for ':' */
};

struct bt {
	int cols, rows;
	uint8_t col[BT_COLS]; /* in bt_columns */
	int32_t cell[BT_ROWS * BT_COLS];
	int bugs, spots, extras;
	struct bt_bug bug[BT_BUGS];
	struct bt_spot spot[BT_SPOTS];
	int32_t extra[BT_EXTRA];
	enum bt_stat stat;
	int a, b; /* asked columns; b: -1 */
	int conditions;
	struct bt_condition condition[BT_CONDITIONS];
};

/* Strict: one spelling for each. Allocates nothing, linear. */
bool bt_read(struct bt *t, struct str desc);

#endif
