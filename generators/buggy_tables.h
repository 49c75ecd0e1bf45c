/*
 * buggy_tables.h - a table after what was done to it, each cell knowing where it came from.
 *
 *	struct bt_shown s;
 *	bt_show(&s, &t);
 *	use(s.cell[y][x].from);
 */
#ifndef QUARRY_GENERATORS_BUGGY_TABLES_H
#define QUARRY_GENERATORS_BUGGY_TABLES_H

#include "generators/task.h"
#include "verifiers/buggy_tables.h"

struct bt_cell {
	int32_t v;
	uint8_t column; /* in bt_columns: how the value is written */
	bool lost, marked;
	int16_t from; /* cell of the clean table, -1 for a false one */
};

struct bt_shown {
	int rows, cols;
	bool merged; /* printed two rows in one */
	int mark;
	int16_t heading[BT_WIDE]; /* in bt_columns, -1 for the false one */
	struct bt_cell cell[BT_LINES][BT_WIDE];
};

void bt_show_clean(struct bt_shown *s, const struct bt *t);                      /* as it was */
void bt_show(struct bt_shown *s, const struct bt *t);                            /* after all damages */
void bt_damage(struct bt_shown *s, const struct bt *t, const struct bt_bug *b); /* one more */
int bt_column_of(const struct bt *t, int x); /* what the values of column x are, a false one's at the right too */

const char *bt_heading(int column, enum lang lang); /* -1: the false one's */
void bt_number_put(struct buf *out, int64_t v, int decimals);
void bt_value_put(struct buf *out, int column, int32_t v, enum lang lang);
void bt_fields(struct holes *holes, struct str desc, enum lang lang);

#endif
