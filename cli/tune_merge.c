/* tune_merge.c - the parts of a tuning put together: each holds whole sources, so that their files stay as they are; see tune.h. */
#include "base/json.h"
#include "cli/calibration.h"
#include "cli/home.h"
#include "cli/tune.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

/* Bytes as they are: compressed files, too. The new name is there when the copy is whole. */
static int copy_file(const char *from, const char *to, struct err *err)
{
	struct buf part = BUF_INIT;
	char room[1 << 16];
	FILE *in = fopen(from, "rb"), *out;
	size_t n;
	int rc = 0;

	if (!in)
		return err_sys(err, "%s", from);
	buf_addf(&part, "%s.part", to);
	out = fopen(buf_z(&part), "wb");
	if (!out)
		rc = err_sys(err, "%s", buf_z(&part));
	while (rc == 0 && (n = fread(room, 1, sizeof(room), in)) > 0)
		if (fwrite(room, 1, n, out) != n)
			rc = err_sys(err, "%s", buf_z(&part));
	if (rc == 0 && ferror(in))
		rc = err_sys(err, "%s", from);
	fclose(in);
	if (out && fclose(out) != 0 && rc == 0)
		rc = err_sys(err, "%s", buf_z(&part));
	if (rc == 0 && rename(buf_z(&part), to) < 0)
		rc = err_sys(err, "%s", to);
	if (rc < 0 && out)
		remove(buf_z(&part));
	buf_release(&part);
	return rc;
}

/* A cell's pictures and samples. Those of a source's second model are the first's, copied once more. */
static int copy_files(const char *from, const char *dir, struct json cell, struct err *err)
{
	static const char *const kinds[][2] = { { "samples", ".jsonl.zst" }, { "curves", ".svg" } };
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct json v;
	char stem[96];
	int rc = 0;

	if (!json_get(cell, "files", &v) || !json_z(v, stem, sizeof(stem)) || strchr(stem, '/'))
		return err_set(err, "%s/calibration.json: damaged: a cell without its files", from);
	for (int i = 0; rc == 0 && i < 2; i++) {
		buf_reset(&a);
		buf_reset(&b);
		buf_addf(&b, "%s/%s", dir, kinds[i][0]);
		if (mkdir(buf_z(&b), 0777) < 0 && errno != EEXIST)
			rc = err_sys(err, "%s", buf_z(&b));
		buf_addf(&a, "%s/%s/%s%s", from, kinds[i][0], stem, kinds[i][1]);
		buf_addf(&b, "/%s%s", stem, kinds[i][1]);
		if (rc == 0)
			rc = copy_file(buf_z(&a), buf_z(&b), err);
	}
	buf_release(&a);
	buf_release(&b);
	return rc;
}

/* One part's cells, behind those that are there. head: what stands before them, the same for all. */
static int add_part(const char *from, const char *dir, struct buf *head, struct buf *records, struct err *err)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct json top, cells, cell;
	int rc;

	buf_addf(&path, "%s/calibration.json", from);
	rc = calibration_text(buf_z(&path), &text, err);
	if (rc == 0 && !json_parse(&top, buf_str(&text), err))
		rc = err_at(err, "%s: ", buf_z(&path));
	if (rc == 0 && (!json_get(top, "cells", &cells) || cells.kind != JSON_ARRAY))
		rc = err_set(err, "%s: damaged: no cells", buf_z(&path));
	if (rc == 0 && head->n == 0)
		buf_add(head, (struct str){ text.s, (size_t)(cells.raw.s - text.s) });
	if (rc == 0)
		for (struct json_iter it = json_iter(cells); rc == 0 && json_next(&it, NULL, &cell);) {
			buf_add(records, cell.raw);
			buf_addc(records, '\n');
			rc = copy_files(from, dir, cell, err);
		}
	buf_release(&path);
	buf_release(&text);
	return rc;
}

int tune_merge(const char *dir, int64_t parts, struct buf *records, struct err *err)
{
	struct buf head = BUF_INIT, from = BUF_INIT;
	int rc = 0;

	for (int64_t i = 0; rc == 0 && i < parts; i++) {
		parts_path(&from, dir, i, parts);
		rc = add_part(buf_z(&from), dir, &head, records, err);
	}
	tune_cells(&head, buf_str(records));
	buf_reset(&from);
	buf_addf(&from, "%s/calibration.json", dir);
	if (rc == 0)
		rc = head.failed ? err_set(err, "out of memory") : tune_put(buf_z(&from), buf_str(&head), err);
	buf_release(&head);
	buf_release(&from);
	return rc;
}
