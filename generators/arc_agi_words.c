/*
 * arc_agi_words.c - the operations in words.
 *
 * # and @ are the first and the second argument, [a|b] picks by the first, {a|b} by the second.
 */
#include "generators/arc_agi_ops.h"

static const char *const texts[LANGS][ARC_KINDS] = {
	[LANG_EN] = {
		[ARC_CROP] = "cut the grid down to the smallest rectangle that holds all cells other than 0",
		[ARC_LARGEST] = "keep the largest object (all of them if several are equally large) and turn the rest to 0",
		[ARC_SMALLEST] = "keep the smallest object (all of them if several are equally small) and turn the rest to 0",
		[ARC_KEEP] = "keep the cells of colour # and turn all others to 0",
		[ARC_DROP] = "turn the cells of colour # to 0",
		[ARC_HALF] = "keep only the [upper|right|lower|left] half of the grid",
		[ARC_CUTMAX] = "cut out the smallest rectangle around the one largest object, with all that lies in it",
		[ARC_CUTMIN] = "cut out the smallest rectangle around the one smallest object, with all that lies in it",
		[ARC_COMMON] = "keep the most frequent colour other than 0 and turn all other cells to 0",
		[ARC_RARE] = "keep the least frequent of the colours that occur, not counting 0, and turn all other cells to 0",
		[ARC_AND] = "lay the [left and the right|upper and the lower] half over each other: cells that are not 0 in both become @, all others 0",
		[ARC_XOR] = "lay the [left and the right|upper and the lower] half over each other: cells that are not 0 in exactly one become @, all others 0",
		[ARC_FALL] = "let all cells other than 0 fall to the [top|right|bottom|left] as far as they can, in their order",
		[ARC_SMEAR] = "let every cell other than 0 colour the 0 cells [above it|to the right of it|below it|to the left of it], up to the next cell other than 0",
		[ARC_SHIFT] = "move everything one cell [up|to the right|down|to the left], where what leaves the grid comes in at the opposite side",
		[ARC_FILL] = "give colour # to enclosed 0 cells (those from which no path of 0 cells, from side to side, leads to the edge of the grid)",
		[ARC_LINK] = "in every [row|column], where two cells of one colour other than 0 have only 0 cells between them, give these that colour",
		[ARC_COMPLETE] = "give every 0 cell the colour of the cell it would fall on if the grid were [mirrored left to right|mirrored top to bottom|turned by half a turn]",
		[ARC_OUTLINE] = "give colour # to all 0 cells that touch a cell other than 0 by a side or a corner",
		[ARC_HOLLOW] = "turn to 0 every cell that has four neighbours by side, all of its own colour",
		[ARC_PAINTMAX] = "give colour # to the largest object (to all of them if several are equally large)",
		[ARC_PAINTMIN] = "give colour # to the smallest object (to all of them if several are equally small)",
		[ARC_SWAP] = "exchange the colours # and @",
		[ARC_MAP] = "recolour # to @",
		[ARC_ALL] = "recolour all cells other than 0 to #",
		[ARC_INVERT] = "turn all 0 cells to # and all others to 0",
		[ARC_TURN] = "[mirror the grid left to right|mirror the grid top to bottom|turn the grid by half a turn|mirror the grid in the diagonal from top left to bottom right|mirror the grid in the diagonal from top right to bottom left|turn the grid by a quarter clockwise|turn the grid by a quarter anticlockwise]",
		[ARC_TILE] = "lay out copies of the grid, [1|2|3] from top to bottom and {1|2|3} from left to right",
		[ARC_SCALE] = "blow up every cell to a block of [2 x 2|3 x 3] cells",
		[ARC_MIRROR] = "join the mirror image of the grid to its [top|right|bottom|left] side",
		[ARC_QUAD] = "make the grid the [top left|top right|bottom right|bottom left] quarter of one that is twice as high and wide, and mirror it into the other three quarters",
		[ARC_FRAME] = "put a frame of colour #, one cell wide, around the grid",
	},
	[LANG_ZH] = {
		[ARC_CROP] = "把网格裁剪为包含所有非0格的最小矩形",
		[ARC_LARGEST] = "只保留最大的物体（并列时全部保留），其余变为0",
		[ARC_SMALLEST] = "只保留最小的物体（并列时全部保留），其余变为0",
		[ARC_KEEP] = "只保留颜色#的格，其余变为0",
		[ARC_DROP] = "把颜色#的格变为0",
		[ARC_HALF] = "只保留网格的[上|右|下|左]半部分",
		[ARC_CUTMAX] = "剪出唯一的最大物体所在的最小矩形，连同其中所有的格",
		[ARC_CUTMIN] = "剪出唯一的最小物体所在的最小矩形，连同其中所有的格",
		[ARC_COMMON] = "只保留除0以外出现最多的颜色，其余变为0",
		[ARC_RARE] = "在除0以外出现过的颜色中只保留最少的一种，其余变为0",
		[ARC_AND] = "把[左右|上下]两半叠在一起：两半都非0的格变为@，其余变为0",
		[ARC_XOR] = "把[左右|上下]两半叠在一起：恰有一半非0的格变为@，其余变为0",
		[ARC_FALL] = "让所有非0格按原有次序尽量向[上|右|下|左]落",
		[ARC_SMEAR] = "让每个非0格把它[上方|右侧|下方|左侧]的0格染成自己的颜色，直到下一个非0格为止",
		[ARC_SHIFT] = "整体向[上|右|下|左]移动一格，移出网格的部分从对侧进入",
		[ARC_FILL] = "把被围住的0格染成颜色#（即沿着边相邻的0格走不到网格边缘的0格）",
		[ARC_LINK] = "在每一[行|列]中，若两个同色的非0格之间只有0格，就把这些0格染成该颜色",
		[ARC_COMPLETE] = "把每个0格染成网格[左右翻转|上下翻转|旋转180度]后与它重合的格的颜色",
		[ARC_OUTLINE] = "把与非0格以边或角相接的0格都染成颜色#",
		[ARC_HOLLOW] = "若一个格有四个边相邻的格且都与它同色，就把它变为0",
		[ARC_PAINTMAX] = "把最大的物体染成颜色#（并列时全部染色）",
		[ARC_PAINTMIN] = "把最小的物体染成颜色#（并列时全部染色）",
		[ARC_SWAP] = "交换颜色#和颜色@",
		[ARC_MAP] = "把颜色#改成颜色@",
		[ARC_ALL] = "把所有非0格改成颜色#",
		[ARC_INVERT] = "把所有0格变为颜色#，其余变为0",
		[ARC_TURN] = "[把网格左右翻转|把网格上下翻转|把网格旋转180度|把网格沿左上到右下的对角线翻转|把网格沿右上到左下的对角线翻转|把网格顺时针旋转90度|把网格逆时针旋转90度]",
		[ARC_TILE] = "把网格的副本铺开，从上到下[1|2|3]份，从左到右{1|2|3}份",
		[ARC_SCALE] = "把每个格放大成[2×2|3×3]的一块",
		[ARC_MIRROR] = "在网格的[上边|右边|下边|左边]接上它的镜像",
		[ARC_QUAD] = "把网格作为高和宽都加倍的新网格的[左上|右上|右下|左下]四分之一，再翻转到另外三个四分之一",
		[ARC_FRAME] = "在网格四周加一圈颜色为#、宽一格的边框",
	},
};

/* The alternatives that begin at z: the i-th, or all of them where i is negative. Where they end comes back. */
static const char *pick(struct buf *out, const char *z, char end, int i, const char *or)
{
	for (int at = 0;; at++) {
		size_t n = 0;

		while (z[n] != '|' && z[n] != end)
			n++;
		if (at && i < 0)
			buf_addz(out, or);
		if (i < 0 || at == i)
			buf_add(out, (struct str){ z, n });
		z += n;
		if (*z == end)
			return z;
		z++;
	}
}

static void say(struct buf *out, enum arc_kind kind, const struct arc_op *op, enum lang lang)
{
	const enum arc_arg *arg = arc_forms[kind].arg;
	const char *or = lang == LANG_EN ? " / " : "／";

	for (const char *z = texts[lang][kind]; *z; z++) {
		size_t n = strcspn(z, "#@[{");

		buf_add(out, (struct str){ z, n });
		z += n;
		switch (*z) {
		case '#': buf_addc(out, op ? (char)('0' + op->a) : 'c'); break;
		case '@': buf_addc(out, op ? (char)('0' + op->b) : 'd'); break;
		case '[': z = pick(out, z + 1, ']', op ? op->a - arc_arg_lo[arg[0]] : -1, or); break;
		case '{': z = pick(out, z + 1, '}', op ? op->b - arc_arg_lo[arg[1]] : -1, or); break;
		default: return; /* the end */
		}
	}
}

void arc_say(struct buf *out, const struct arc_op *op, enum lang lang)
{
	say(out, op->kind, op, lang);
}

void arc_say_all(struct buf *out, enum lang lang)
{
	for (int kind = 0; kind < ARC_KINDS; kind++) {
		if (kind == 0 || arc_forms[kind].class != arc_forms[kind - 1].class)
			buf_addf(out, "%s%d. ", kind ? "\n" : "", arc_forms[kind].class + 1);
		else
			buf_addz(out, lang == LANG_EN ? "; " : "；");
		say(out, (enum arc_kind)kind, NULL, lang);
	}
}
