/* issues.c - titles and bodies from a tracker, found by commit or by number; see statement.h. */
#include "base/hash.h"
#include "base/json.h"
#include "repos/statement.h"

#include <stdlib.h>

struct issue {
	uint64_t number;   /* 0: none */
	struct str commit; /* hex, a prefix; "": none */
	struct str row;    /* its JSON */
};

struct issues {
	struct issue *by_number, *by_commit; /* the same rows, sorted */
	size_t n;
	uint64_t hash;
};

static int number_cmp(const void *a, const void *b)
{
	const struct issue *x = a, *y = b;

	return x->number != y->number ? (x->number < y->number ? -1 : 1) : x->row.s < y->row.s ? -1 : x->row.s > y->row.s;
}

static int commit_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct issue *)a)->commit, ((const struct issue *)b)->commit);
}

static int issue_read(struct issue *x, struct str line, struct err *err)
{
	struct json row, v;

	*x = (struct issue){ .row = line, .commit = STR("") };
	if (!json_parse(&row, line, err))
		return ERR_FAIL;
	if (row.kind != JSON_OBJECT)
		return err_set(err, "no JSON object");
	if (json_get(row, "commit", &v) && v.kind != JSON_NULL) {
		if (!json_plain(v, &x->commit) || x->commit.n < 7 || x->commit.n > OID_HEX)
			return err_set(err, "\"commit\" is not 7 to 40 hex digits");
		for (size_t i = 0; i < x->commit.n; i++)
			if (!memchr("0123456789abcdef", x->commit.s[i], 16))
				return err_set(err, "\"commit\" is not 7 to 40 hex digits in small letters");
	}
	if ((json_get(row, "pr", &v) || json_get(row, "number", &v)) && v.kind != JSON_NULL && !json_u64(v, &x->number))
		return err_set(err, "\"pr\" is no number");
	if (!x->number && !x->commit.n)
		return err_set(err, "neither \"commit\" nor \"pr\"");
	if (!json_get(row, "title", &v) && !json_get(row, "body", &v) && !json_get(row, "issues", &v))
		return err_set(err, "neither \"title\" nor \"body\"");
	return 0;
}

int issues_read(struct issues **ret, struct str text, const char *name, struct err *err)
{
	struct issues *all = calloc(1, sizeof(*all));
	struct str rest = text, line;
	size_t cap = 0, number = 0;
	int rc = all ? 0 : err_set(err, "out of memory");

	while (rc == 0 && rest.n && str_split(&rest, '\n', &line)) {
		number++;
		if (!str_trim(line).n)
			continue;
		if (all->n == cap) {
			struct issue *more = realloc(all->by_number, (cap ? 2 * cap : 64) * sizeof(*more));

			rc = more ? 0 : err_set(err, "out of memory");
			if (!more)
				break;
			all->by_number = more;
			cap = cap ? 2 * cap : 64;
		}
		all->hash = hash64(line.s, line.n, all->hash);
		rc = issue_read(&all->by_number[all->n++], str_trim(line), err);
		if (rc < 0)
			err_at(err, "%s:%zu: ", name, number);
	}
	if (rc == 0) {
		all->by_commit = malloc((all->n + 1) * sizeof(*all->by_commit));
		rc = all->by_commit ? 0 : err_set(err, "out of memory");
	}
	if (rc < 0) {
		issues_free(all);
		return rc;
	}
	if (all->n) {
		memcpy(all->by_commit, all->by_number, all->n * sizeof(*all->by_commit));
		qsort(all->by_number, all->n, sizeof(*all->by_number), number_cmp);
		qsort(all->by_commit, all->n, sizeof(*all->by_commit), commit_cmp);
	}
	*ret = all;
	return 0;
}

void issues_free(struct issues *i)
{
	if (!i)
		return;
	free(i->by_number);
	free(i->by_commit);
	free(i);
}

uint64_t issues_hash(const struct issues *i)
{
	return i->hash;
}

/* The number that a pull request's commit carries; 0: none. */
static uint64_t number_in(struct str message)
{
	struct str subject = message, rest, digits;
	ptrdiff_t at;
	uint64_t n = 0;

	rest = message;
	if (!str_split(&rest, '\n', &subject))
		return 0;
	subject = str_trim(subject);
	if (str_starts(subject, STR("Merge pull request #")))
		digits = str_from(subject, 20);
	else if (str_ends(subject, STR(")")) && (at = str_rfind(subject, STR("(#"))) >= 0)
		digits = str_from(subject, (size_t)at + 2);
	else
		return 0;
	for (size_t i = 0; i < digits.n && digits.s[i] >= '0' && digits.s[i] <= '9' && n < 1000000000; i++)
		n = n * 10 + (uint64_t)(digits.s[i] - '0');
	return n;
}

/* A row whose commit is a prefix of hex. Prefixes of one text sort before it, the longer the later. */
static const struct issue *find_commit(const struct issues *all, struct str hex)
{
	size_t lo = 0, hi = all->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (str_cmp(all->by_commit[mid].commit, hex) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo-- > 0 && all->by_commit[lo].commit.n && memcmp(all->by_commit[lo].commit.s, hex.s, 7) == 0)
		if (str_starts(hex, all->by_commit[lo].commit))
			return &all->by_commit[lo];
	return NULL;
}

static const struct issue *find_number(const struct issues *all, uint64_t number)
{
	size_t lo = 0, hi = all->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (all->by_number[mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return number && lo < all->n && all->by_number[lo].number == number ? &all->by_number[lo] : NULL;
}

static void add_text(struct json row, struct buf *text)
{
	struct json v;

	if (text->n)
		buf_addz(text, "\n\n");
	if (json_get(row, "title", &v) && json_str(v, text))
		buf_addz(text, "\n\n");
	if (json_get(row, "body", &v))
		json_str(v, text);
}

bool issues_find(const struct issues *i, const struct oid *commit, struct str message, struct buf *text)
{
	char hex[OID_HEX + 1];
	const struct issue *x;
	struct json row, list, one;
	struct err err;

	oid_hex(commit, hex);
	x = find_commit(i, str_of(hex));
	if (!x)
		x = find_number(i, number_in(message));
	if (!x || !json_parse(&row, x->row, &err))
		return false;
	if (json_get(row, "issues", &list) && list.kind == JSON_ARRAY && json_count(list)) {
		for (struct json_iter it = json_iter(list); json_next(&it, NULL, &one);)
			add_text(one, text);
	} else {
		add_text(row, text);
	}
	return true;
}
