/*
 * embed.c - text files as C: `embed OUT.c NAME FILE...` writes
 *
 *	const struct embedded NAME[] = { { "sudoku", "text...", length }, ..., { 0 } };
 *
 * where the name is the file's without folder and ending. Files come out in the order they are given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *path)
{
	fprintf(stderr, "embed: %s %s\n", what, path);
	exit(2);
}

int main(int argc, char **argv)
{
	FILE *out;

	if (argc < 3)
		fail("usage: embed OUT.c NAME FILE...", "");
	out = fopen(argv[1], "w");
	if (!out)
		fail("cannot write", argv[1]);
	fprintf(out, "/* made by tools/embed.c: edit the files it was made from */\n#include \"base/embedded.h\"\n\n");
	fprintf(out, "extern const struct embedded %s[];\n", argv[2]);
	for (int i = 3; i < argc; i++) {
		FILE *in = fopen(argv[i], "rb");
		int c, n = 0;

		if (!in)
			fail("cannot read", argv[i]);
		fprintf(out, "static const unsigned char text%d[] = {", i);
		while ((c = getc(in)) != EOF)
			fprintf(out, "%s%d,", n++ % 24 ? "" : "\n", c);
		fprintf(out, "0 };\n");
		fclose(in);
	}
	fprintf(out, "const struct embedded %s[] = {\n", argv[2]);
	for (int i = 3; i < argc; i++) {
		const char *base = strrchr(argv[i], '/');
		const char *dot;

		base = base ? base + 1 : argv[i];
		dot = strrchr(base, '.');
		fprintf(out, "\t{ \"%.*s\", (const char *)text%d, sizeof(text%d) - 1 },\n",
			(int)(dot ? dot - base : (long)strlen(base)), base, i, i);
	}
	fprintf(out, "\t{ 0 },\n};\n");
	return fclose(out) ? 1 : 0;
}
