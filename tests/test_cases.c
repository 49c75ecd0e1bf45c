/*
 * test_cases.c - answers that people and models really gave, with the verdict due: tests/cases/TASK.txt.
 *
 *	== rows joined by slashes
 *	desc: 2x2:1 . . . / 3 . . 2 / . 1 . . / . 3 . 1	(a case without a desc keeps the last one)
 *	format: boxed					(how the answer was asked for; default: nothing in particular)
 *	think: open					(the template has opened the thought)
 *	strict: yes
 *	said: <answer>...				(runs on over lines, until "want:" begins one)
 *	want: correct
 *	format_ok: no					(these two only where it matters)
 *	answers_seen: 2
 *
 * Lines that begin with # before the first case are comments. Each case is asked again with a thought full of decoys in
 * front, which may change nothing.
 */
#include "base/buf.h"
#include "tests/check.h"
#include "verifiers/verify.h"

#include <dirent.h>

enum { CASES_MIN = 25 };

struct kase {
	struct str title, desc, said, want;
	struct quarry_options o;
	int format_ok, seen; /* -1: not asked */
	bool have_said;
	int line;
};

static bool file_read(struct buf *b, const char *path)
{
	FILE *f = fopen(path, "rb");
	char room[4096];
	size_t n;

	if (!f)
		return false;
	while ((n = fread(room, 1, sizeof(room), f)) > 0)
		buf_add(b, (struct str){ room, n });
	fclose(f);
	return !b->failed;
}

/* Copies without a byte to spare, so that the sanitizers see a read past the end. */
static void ask(const struct quarry_rule *rule, struct str desc, struct str said, const struct quarry_options *o,
		struct quarry_verdict *v)
{
	char *d = malloc(desc.n + !desc.n), *s = malloc(said.n + !said.n);

	memcpy(d, desc.n ? desc.s : "", desc.n);
	memcpy(s, said.n ? said.s : "", said.n);
	quarry_verify_n(rule, d, desc.n, s, said.n, o, v);
	CHECK(!v->answer || (v->answer >= s && v->answer + v->answer_len <= s + said.n));
	v->answer = NULL;
	free(d);
	free(s);
}

static void run(const struct quarry_rule *rule, const struct kase *k, const char *name)
{
	static const char thought[] = "<think>\n<answer>17 decoys</answer> \\boxed{-3} {\"answer\": 0}\n```\nx\n```\nAnswer: 9\n</think>\n";
	struct quarry_verdict v;
	struct buf b = BUF_INIT;

	check_in("%s:%d: %.*s", name, k->line, (int)k->title.n, k->title.s);
	ask(rule, k->desc, k->said, &k->o, &v);
	CHECK_STR_EQ(str_of(quarry_mark_name(v.mark)), k->want);
	CHECK(v.score == (v.mark == QUARRY_CORRECT ? 1.0 : 0.0) && v.why[0]);
	if (!str_is(k->want, quarry_mark_name(v.mark)))
		fprintf(stderr, "  why: %s\n", v.why);
	if (k->format_ok >= 0)
		CHECK_EQ(v.format_ok, k->format_ok);
	if (k->seen >= 0)
		CHECK_EQ(v.answers_seen, k->seen);
	if (k->o.think_open && str_find(k->said, STR("</think>")) < 0)
		return;
	if (!k->o.think_open)
		buf_addz(&b, thought);
	buf_add(&b, k->said);
	ask(rule, k->desc, buf_str(&b), &k->o, &v);
	check_in("%s:%d: %.*s, with a thought", name, k->line, (int)k->title.n, k->title.s);
	CHECK_STR_EQ(str_of(quarry_mark_name(v.mark)), k->want);
	buf_release(&b);
}

/* The value behind "key:", if the line has this key. */
static bool field(struct str line, const char *key, struct str *value)
{
	size_t n = strlen(key);

	if (!str_starts(line, str_of(key)) || line.n <= n || line.s[n] != ':')
		return false;
	*value = str_from(line, n + 1 + (line.n > n + 1 && line.s[n + 1] == ' '));
	return true;
}

static bool yes(struct str v)
{
	return str_is(v, "yes") || str_is(v, "true");
}

static bool kase_line(struct kase *k, struct str line)
{
	struct str v;
	int64_t n;
	char format[16] = "";

	if (field(line, "desc", &v))
		k->desc = v;
	else if (field(line, "want", &v))
		k->want = str_trim(v);
	else if (field(line, "think", &v) && str_is(str_trim(v), "open"))
		k->o.think_open = true;
	else if (field(line, "strict", &v))
		k->o.strict_format = yes(str_trim(v));
	else if (field(line, "format_ok", &v))
		k->format_ok = yes(str_trim(v));
	else if (field(line, "answers_seen", &v) && str_i64(str_trim(v), &n))
		k->seen = (int)n;
	else if (field(line, "format", &v) && str_trim(v).n < sizeof(format))
		return quarry_format_from(memcpy(format, str_trim(v).s, str_trim(v).n), &k->o.format);
	else
		return str_trim(line).n == 0;
	return true;
}

static int file(const char *dir, const char *name)
{
	char path[1000], task[100];
	struct buf text = BUF_INIT;
	struct str rest, line;
	struct kase k = { .format_ok = -1, .seen = -1 };
	const struct quarry_rule *rule;
	int n = 0, no = 0;
	bool open = false, in_said = false;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(task, sizeof(task), "%.*s", (int)(strlen(name) - 4), name);
	rule = quarry_rule(task);
	check_in("%s", name);
	if (!CHECK(rule) || !CHECK(file_read(&text, path)))
		return 0;
	rest = buf_str(&text);
	while (rest.n && str_split(&rest, '\n', &line)) {
		no++;
		if (in_said && !str_starts(line, STR("want:"))) {
			k.said.n = (size_t)(line.s + line.n - k.said.s);
			continue;
		}
		in_said = false;
		if (str_starts(line, STR("== "))) {
			if (open)
				run(rule, &k, name);
			k = (struct kase){ .title = str_from(line, 3), .desc = k.desc, .format_ok = -1, .seen = -1, .line = no };
			open = true;
			n++;
		} else if (!open && line.n && line.s[0] == '#') {
			continue;
		} else if (field(line, "said", &k.said)) {
			in_said = k.have_said = true;
		} else if (!kase_line(&k, line)) {
			check_in("%s:%d", name, no);
			CHECK_STR(line, "a field of a case");
		}
	}
	if (open)
		run(rule, &k, name);
	check_in("%s", name);
	check_note(__FILE__, __LINE__, n >= CASES_MIN, "%d cases; a task has %d at least", n, CASES_MIN);
	buf_release(&text);
	return n;
}

int main(int argc, char **argv)
{
	char dir[900];
	const char *root = getenv("QUARRY_SOURCE");
	struct dirent **found;
	int files;

	snprintf(dir, sizeof(dir), "%s/tests/cases", root ? root : ".");
	files = scandir(dir, &found, NULL, alphasort);
	CHECK(files >= 0);
	for (int i = 0; i < files; i++) {
		const char *name = found[i]->d_name;

		if (str_ends(str_of(name), STR(".txt")) && (argc < 2 || strcmp(argv[1], name) == 0))
			printf("%s: %d cases\n", name, file(dir, name));
		free(found[i]);
	}
	if (files >= 0)
		free(found);
	return check_done();
}
