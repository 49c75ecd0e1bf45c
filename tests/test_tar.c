/* test_tar.c - archives: names of every length there and back, and thousands of damaged ones. */
#include "repos/tar.h"
#include "tests/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

struct source {
	const char *at;
	size_t n;
};

static size_t get(void *ctx, void *data, size_t n)
{
	struct source *s = ctx;
	size_t got = s->n < n ? s->n : n;

	memcpy(data, s->at, got);
	s->at += got;
	s->n -= got;
	return got;
}

static bool put(void *ctx, const void *data, size_t n)
{
	buf_add(ctx, (struct str){ data, n });
	return true;
}

static int unpack(struct str text, int number, struct err *err)
{
	struct source s = { text.s, text.n };
	struct tar_in in = { .get = get, .ctx = &s, .bytes_max = 1 << 20, .files_max = 400 };
	char name[32];
	int dir, rc;

	snprintf(name, sizeof(name), "%d", number);
	mkdir(at_home(name), 0755);
	dir = open(at_home(name), O_RDONLY | O_DIRECTORY);
	rc = tar_unpack(&in, dir, err);
	close(dir);
	return rc;
}

enum { LONGEST = 230, BODY = 3000 };

/* DIR/fff..., as long whatever n is. */
static void file_of(char name[2 * LONGEST + 2], const char *dir, int n)
{
	size_t more = (size_t)(LONGEST - n + 1);

	memcpy(name, dir, (size_t)n);
	name[n] = '/';
	memset(name + n + 1, 'f', more);
	name[(size_t)n + 1 + more] = 0;
}

/* Directories and files with names of each length, and links of each. */
static void make(struct buf *b)
{
	static char body[BODY];
	struct tar_out out = { .put = put, .ctx = b };
	char name[2 * LONGEST + 2], dir[LONGEST + 1];

	tar_add(&out, &(struct tar_entry){ .kind = TAR_FILE, .name = STR("body"), .text = { body, BODY }, .program = true });
	for (int n = 1; n <= LONGEST; n += n < 80 ? 13 : 1) {
		memset(dir, 'd', sizeof(dir));
		dir[n] = 0;
		tar_add(&out, &(struct tar_entry){ .kind = TAR_DIRECTORY, .name = str_of(dir) });
		file_of(name, dir, n);
		tar_add(&out, &(struct tar_entry){ .kind = TAR_FILE, .name = str_of(name), .text = str_of(dir) });
		if (n <= 9 || n == LONGEST) {
			snprintf(name, sizeof(name), "%s/l", dir);
			tar_add(&out, &(struct tar_entry){ .kind = TAR_LINK, .name = str_of(name), .to = str_of(dir) });
		}
	}
	tar_end(&out);
	CHECK(!out.failed && b->n % 512 == 0);
}

static void there_and_back(struct str text)
{
	struct err err = ERR_INIT;
	char path[1000], room[1000], name[2 * LONGEST + 2];
	struct stat st;
	FILE *f;

	CHECK(unpack(text, 0, &err) == 0);
	for (int n = 1; n <= LONGEST; n += n < 80 ? 13 : 1) {
		char dir[LONGEST + 1];

		memset(dir, 'd', sizeof(dir));
		dir[n] = 0;
		check_in("a name of %d", n);
		file_of(name, dir, n);
		snprintf(path, sizeof(path), "%s/%s", at_home("0"), name);
		memset(room, 0, sizeof(room));
		f = fopen(path, "r");
		CHECK(f && fread(room, 1, sizeof(room) - 1, f) == (size_t)n && strcmp(room, dir) == 0);
		CHECK(stat(path, &st) == 0 && st.st_mtime == TAR_TIME && (st.st_mode & 0777) == 0644);
		if (f)
			fclose(f);
		if (n == LONGEST) {
			snprintf(path, sizeof(path), "%s/%s/l", at_home("0"), dir);
			CHECK(readlink(path, room, sizeof(room)) == n && memcmp(room, dir, (size_t)n) == 0);
		}
	}
	CHECK(stat(at_home("0/body"), &st) == 0 && st.st_size == BODY && (st.st_mode & 0777) == 0755);
}

/* Bytes are changed, sums are mended, so that what is read is what is hostile; each ends, says why not, and writes nowhere else. */
static void damage(struct str text)
{
	unsigned seed = 7, whole = 0;

	for (int k = 1; k <= 300; k++) {
		struct err err = ERR_INIT;
		struct buf b = BUF_INIT;
		int rc;

		buf_add(&b, text);
		for (int i = 0; i < 1 + k % 6; i++)
			b.s[(size_t)rand_r(&seed) % b.n] = rand_r(&seed) % 4 ? "0123457/.x\0\xff 5"[rand_r(&seed) % 14] : (char)rand_r(&seed);
		for (size_t at = 0; at + 512 <= b.n; at += 512) {
			unsigned sum = 0;

			if (memcmp(b.s + at + 257, "ustar", 5) != 0)
				continue;
			memset(b.s + at + 148, ' ', 8);
			for (int i = 0; i < 512; i++)
				sum += (unsigned char)b.s[at + (size_t)i];
			snprintf(b.s + at + 148, 8, "%06o", sum);
		}
		if (k % 5 == 0)
			b.n = (size_t)rand_r(&seed) % b.n;
		rc = unpack(buf_str(&b), k, &err);
		check_in("damage %d", k);
		CHECK(rc == 0 || err.msg[0]);
		whole += rc == 0;
		buf_release(&b);
	}
	check_in("all that was damaged");
	CHECK(whole > 10 && whole < 290);
}

int main(void)
{
	struct buf b = BUF_INIT;

	if (!scratch_make("tar"))
		return 1;
	make(&b);
	there_and_back(buf_str(&b));
	damage(buf_str(&b));
	buf_release(&b);
	scratch_remove();
	return check_done();
}
