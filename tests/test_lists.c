/* test_lists.c - the bilingual lists: large enough, all entries different, nothing that would read badly. */
#include "generators/lists.h"
#include "tests/check.h"

static const struct {
	const char *name;
	size_t least;
} wanted[] = {
	{ "adjectives", 12 }, { "animals", 60 }, { "colours", 16 }, { "drinks", 20 }, { "foods", 60 }, { "hobbies", 24 },
	{ "jobs", 40 }, { "materials", 20 }, { "people", 120 }, { "places", 60 }, { "shapes", 12 }, { "sports", 24 },
	{ "subjects", 20 }, { "things", 420 },
};

static bool blank_at_an_end(struct str s)
{
	return !str_eq(str_trim(s), s) || str_starts(s, STR("\xe3\x80\x80")) || str_ends(s, STR("\xe3\x80\x80"));
}

/* English: letters, with single blanks or hyphens between them. Chinese: Han characters only. */
static bool well_spelt(struct str s, enum lang lang)
{
	if (s.n == 0 || !utf8_valid(s) || blank_at_an_end(s))
		return false;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t n = utf8_next(str_from(s, i), &cp);
		bool letter = (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');

		if (lang == LANG_ZH && (cp < 0x4e00 || cp > 0x9fff))
			return false;
		if (lang == LANG_EN && !letter && (i == 0 || (cp != ' ' && cp != '-') || s.s[i - 1] == ' '))
			return false;
		i += n;
	}
	return true;
}

static bool alike(struct str a, struct str b)
{
	return str_ieq(a, b);
}

static bool one_word_only(struct str s)
{
	return str_chr(s, ' ') < 0 && str_chr(s, '-') < 0;
}

static bool contains_folded(struct str a, struct str b)
{
	for (size_t i = 0; i + b.n <= a.n; i++)
		if (alike(str_sub(a, i, i + b.n), b))
			return true;
	return false;
}

int main(void)
{
	int one_word = 0;

	for (size_t l = 0; l < COUNT(wanted); l++) {
		const char *name = wanted[l].name;
		size_t n = list_count(name);
		bool people = strcmp(name, "people") == 0;

		check_in("%s", name);
		CHECK(n >= wanted[l].least);
		for (int lang = 0; lang < LANGS; lang++) {
			for (size_t i = 0; i < n; i++) {
				struct str s = list_at(name, i, (enum lang)lang);

				check_in("%s, %.*s", name, (int)s.n, s.s);
				CHECK(well_spelt(s, (enum lang)lang));
				for (size_t j = 0; j < n; j++) {
					struct str t = list_at(name, j, (enum lang)lang);

					if (j != i && (people ? contains_folded(t, s) : alike(t, s)))
						CHECK(!"different");
				}
			}
		}
	}
	check_in("things of one word");
	for (size_t i = 0; i < list_count("things"); i++)
		one_word += one_word_only(list_at("things", i, LANG_EN));
	CHECK(one_word >= 380);
	check_in("people");
	for (size_t i = 0; i < list_count("people"); i++)
		for (const char *const *w = (const char *const[]){ "yes", "no", "true", "false", "none", "unknown", NULL }; *w; w++)
			CHECK(!str_ieq(list_at("people", i, LANG_EN), str_of(*w)));
	return check_done();
}
