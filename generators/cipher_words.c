/*
 * cipher_words.c - what each step of a cipher does, in words: a whole definition, so that no name of a cipher need be known.
 *
 * In a text # is the first number, @ the second, $ the key, % the size of the alphabet, ^ how long the key is;
 * ~ is an s unless the number before it is 1.
 */
#include "generators/cipher_steps.h"

static const char *const texts[LANGS][CIPHER_KINDS] = {
	[LANG_EN] = {
		[CIPHER_CAESAR] = "Replace every letter by the one # place~ further on in the alphabet.",
		[CIPHER_ATBASH] = "Replace every letter by its mirror image in the alphabet: the first letter of the alphabet by the last, the second by the second to last, and so on.",
		[CIPHER_AFFINE] = "Replace the letter with number x by the letter with number (# * x + @) mod %.",
		[CIPHER_KEYWORD] = "Write down the alphabet, and below it $ followed by the other letters of the alphabet in their order. Replace every letter by the one that stands below it.",
		[CIPHER_VIGENERE] = "Write the key $ over and over under the letters, beginning with the first letter. Replace every letter by the one with the number (number of the letter + number of the key letter under it) mod %.",
		[CIPHER_BEAUFORT] = "Write the key $ over and over under the letters, beginning with the first letter. Replace every letter by the one with the number (number of the key letter under it - number of the letter) mod %.",
		[CIPHER_AUTOKEY] = "Under the letters write the key $ and, after it, the letters themselves as they are before this step, from the first on. Replace every letter by the one with the number (number of the letter + number of the letter under it) mod %.",
		[CIPHER_CHAIN] = "Go from left to right. Replace the first letter by the one with the number (its number + #) mod %, and every later letter by the one with the number (its number + number of the letter that was just put in the place before it) mod %.",
		[CIPHER_XOR] = "Go from left to right. Replace the first letter by the one with the number (its number XOR #), and every later letter by the one with the number (its number XOR number of the letter that was just put in the place before it). XOR is the bitwise exclusive or of the numbers in binary.",
		[CIPHER_PROGRESS] = "Move the first letter # place~ on in the alphabet, and each later letter @ place~ more than the letter before it: the i-th letter moves # + @ * (i - 1) places.",
		[CIPHER_SQUARE] = "Write $ and then the other letters of the alphabet in their order into a square of 5 rows and 5 columns, row by row. Replace every letter by the one that stands # row~ further down and @ column~ further right; past the bottom the top follows, past the right edge the left one.",
		[CIPHER_PLAYFAIR] = "Write $ and then the other letters of the alphabet in their order into a square of 5 rows and 5 columns, row by row. Take the letters of the text in pairs from the left; one that is left over at the end stays as it is. If the two letters of a pair are the same, replace both by the letter one row below and one column to the right in the square. If they are different but in the same row, replace each by the letter to its right; if they are different but in the same column, each by the letter below it. Otherwise replace each by the letter in its own row and in the column of the other. Past the bottom the top follows, past the right edge the left one.",
		[CIPHER_BIFID] = "Write $ and then the other letters of the alphabet in their order into a square of 5 rows and 5 columns, row by row; rows are numbered 1 to 5 from the top, columns 1 to 5 from the left. Write down the row numbers of all letters of the text, then behind them the column numbers of all letters. Cut this line of digits into pairs from the left: each pair is the row and the column of a letter of the result.",
		[CIPHER_VOWELS] = "Replace every vowel (A, E, I, O, U) by the vowel # place~ further on in the circle A, E, I, O, U, and every other letter by the one @ place~ further on in the circle of the alphabet without these vowels.",
		[CIPHER_RAIL] = "Write the letters in a zigzag over # rows: the first letter in the top row, each next one a row lower until the bottom row is reached, then a row higher each until the top row is reached, then down again, and so on. Read off the rows from top to bottom, each from left to right.",
		[CIPHER_COLUMNS] = "Write the letters row by row from left to right into a table of ^ columns; the last row may be shorter. The columns are headed by the letters of $, from left to right. Read off the columns in the order of their heads in the alphabet, each from top to bottom.",
		[CIPHER_SNAKE] = "Write the letters row by row from left to right into a table of # columns; the last row may be shorter. Read off the columns from left to right: the first from top to bottom, the second from bottom to top, the third from top to bottom, and so on in turn.",
		[CIPHER_SWAP] = "Let the first and the second letter change places, the third and the fourth, and so on; a letter left over at the end stays.",
		[CIPHER_REVERSE] = "Put all letters of the text in reverse order.",
		[CIPHER_WORDS] = "Put the letters of each word in reverse order; words are the parts between spaces.",
		[CIPHER_BLOCKS] = "Cut the letters into blocks of # from the left. In each block the first @ move to the end of the block; if the last block is shorter, it stays as it is.",
		[CIPHER_FLIP] = "Cut the letters into blocks of # from the left and put the letters of each block in reverse order, also in the last block if it is shorter.",
		[CIPHER_ROTATE] = "Move the first # letters, in their order, to the end of the text.",
		[CIPHER_JOSEPHUS] = "Let the letters stand in a circle and count 1, 2, 3, ... from the first letter; take out the letter on which # falls. Count again from 1 at the letter after it, over those that are still in the circle, round and round, until all are taken out. The result is the letters in the order in which they were taken out.",
	},
	[LANG_ZH] = {
		[CIPHER_CAESAR] = "把每个字母换成字母表中它之后第 # 个字母。",
		[CIPHER_ATBASH] = "把每个字母换成它在字母表中的镜像：字母表的第一个字母换成最后一个，第二个换成倒数第二个，依此类推。",
		[CIPHER_AFFINE] = "把编号为 x 的字母换成编号为 (# * x + @) mod % 的字母。",
		[CIPHER_KEYWORD] = "先写出字母表，在它下面写上 $，后面再按顺序接上字母表中其余的字母。把每个字母换成它正下方的字母。",
		[CIPHER_VIGENERE] = "从第一个字母开始，在各字母下面反复写密钥 $。把每个字母换成编号为（该字母的编号 + 下方密钥字母的编号）mod % 的字母。",
		[CIPHER_BEAUFORT] = "从第一个字母开始，在各字母下面反复写密钥 $。把每个字母换成编号为（下方密钥字母的编号 - 该字母的编号）mod % 的字母。",
		[CIPHER_AUTOKEY] = "在各字母下面先写密钥 $，接着从头写这一步之前的文本字母本身。把每个字母换成编号为（该字母的编号 + 下方字母的编号）mod % 的字母。",
		[CIPHER_CHAIN] = "从左到右进行。第一个字母换成编号为（它的编号 + #）mod % 的字母；此后每个字母换成编号为（它的编号 + 前一位置上刚换好的字母的编号）mod % 的字母。",
		[CIPHER_XOR] = "从左到右进行。第一个字母换成编号为（它的编号 XOR #）的字母；此后每个字母换成编号为（它的编号 XOR 前一位置上刚换好的字母的编号）的字母。XOR 是二进制数的按位异或。",
		[CIPHER_PROGRESS] = "第一个字母在字母表中向后移 # 位，此后每个字母都比前一个字母多移 @ 位，即第 i 个字母移 # + @ * (i - 1) 位。",
		[CIPHER_SQUARE] = "把 $ 和字母表中其余的字母（按顺序）逐行写进 5 行 5 列的方阵。把每个字母换成方阵中向下 # 行、向右 @ 列处的字母；超出下边时从上边接着数，超出右边时从左边接着数。",
		[CIPHER_PLAYFAIR] = "把 $ 和字母表中其余的字母（按顺序）逐行写进 5 行 5 列的方阵。把文本的字母从左起两个一组；末尾若剩一个则不变。一组的两个字母相同时，都换成方阵中下一行、右一列处的字母；两个字母不同而在同一行时，各换成右边的字母；不同而在同一列时，各换成下面的字母；否则各换成自己所在行、对方所在列处的字母。超出下边时从上边接着数，超出右边时从左边接着数。",
		[CIPHER_BIFID] = "把 $ 和字母表中其余的字母（按顺序）逐行写进 5 行 5 列的方阵，行从上到下编号为 1 到 5，列从左到右编号为 1 到 5。先依次写出文本所有字母的行号，再接着写出所有字母的列号。把这一串数字从左起两个一组：每组依次是结果中一个字母的行号和列号。",
		[CIPHER_VOWELS] = "把每个元音字母（A、E、I、O、U）换成它在 A、E、I、O、U 这一循环中之后第 # 个元音；其余每个字母换成它在去掉这些元音的字母表循环中之后第 @ 个字母。",
		[CIPHER_RAIL] = "把字母按之字形写在 # 行里：第一个字母写在最上一行，之后每个字母低一行，到最下一行后每个字母高一行，到最上一行后再向下，如此往复。然后从上到下逐行读出，每行从左到右。",
		[CIPHER_COLUMNS] = "把字母从左到右逐行写进 ^ 列的表格，最后一行可以不满。各列从左到右以 $ 的字母为列头。按列头在字母表中的先后顺序逐列读出，每列从上到下。",
		[CIPHER_SNAKE] = "把字母从左到右逐行写进 # 列的表格，最后一行可以不满。从左到右逐列读出：第一列从上到下，第二列从下到上，第三列从上到下，如此交替。",
		[CIPHER_SWAP] = "第一个与第二个字母互换位置，第三个与第四个互换，依此类推；末尾若剩一个则不动。",
		[CIPHER_REVERSE] = "把文本的全部字母倒序排列。",
		[CIPHER_WORDS] = "把每个单词的字母倒序排列；单词就是被空格隔开的各部分。",
		[CIPHER_BLOCKS] = "把字母从左起每 # 个分为一块。每块中最前面的 @ 个字母移到该块末尾；最后一块若不满则不变。",
		[CIPHER_FLIP] = "把字母从左起每 # 个分为一块，每块的字母倒序排列，最后一块即使不满也同样倒序。",
		[CIPHER_ROTATE] = "把最前面的 # 个字母按原来的顺序移到文本末尾。",
		[CIPHER_JOSEPHUS] = "让字母围成一圈，从第一个字母起依次数 1、2、3……，数到 # 的字母出圈；再从它后面的字母起重新从 1 数，只数还在圈里的字母，一圈圈数下去，直到全部出圈。结果就是字母按出圈先后排成的序列。",
	},
};

static void say_key(struct buf *out, const struct cipher_step *s, int size)
{
	for (int i = 0; i < s->keys; i++)
		buf_addc(out, cipher_letter(s->key[i], size));
}

void cipher_say(struct buf *out, const struct cipher_step *s, int size, enum lang lang)
{
	const char *z = texts[lang][s->kind];
	int last = 0;

	for (;;) {
		size_t plain = strcspn(z, "#@~$%^");

		buf_add(out, (struct str){ z, plain });
		z += plain;
		switch (*z++) {
		case '#': buf_addi(out, last = s->a); break;
		case '@': buf_addi(out, last = s->b); break;
		case '~': buf_addz(out, last == 1 ? "" : "s"); break;
		case '$': say_key(out, s, size); break;
		case '%': buf_addi(out, size); break;
		case '^': buf_addi(out, s->keys); break;
		default: return;
		}
	}
}
