/* stored_lists.c - lists to the letter, and who is what; see stored_answer.h. */
#include "verifiers/stored_answer.h"
#include "verifiers/text.h"

/* EXCEPT|Let|callers: capitals count. */
enum quarry_mark stored_items(struct why *why, struct str gold, struct str answer)
{
	struct str due[STORED_ITEMS], rest = gold, item;
	char room[STORED_TEXT];
	size_t n = 0, k = 0;

	while (str_split(&rest, '|', &item)) {
		if (n == STORED_ITEMS || text_strip(item).n == 0 || str_chr(item, ',') >= 0 || str_chr(item, ' ') >= 0)
			return QUARRY_BAD_TASK;
		due[n++] = text_strip(item); /* "_word_", as the answer's items are read */
	}
	if (n == 0 || gold.s[gold.n - 1] == '|')
		return QUARRY_BAD_TASK;
	if (!stored_plain(answer, room, &rest))
		return rule_unreadable(why, "that is too long for the list");
	for (rest = text_list(rest); text_item(&rest, &item); k++)
		if (k < n && !str_eq(due[k], item))
			return rule_wrong(why, "item %zu of the list is not due there", k + 1);
	if (k == 0)
		return rule_unreadable(why, "it is no list");
	return k == n ? QUARRY_CORRECT : rule_wrong(why, "%zu items are due, not %zu", n, k);
}

/* ---- who is what ---- */

enum { PEOPLE = 32 };

struct roles {
	struct str term[2]; /* of those who tell the truth, of those who lie */
	struct str name[PEOPLE];
	int due[PEOPLE], said[PEOPLE]; /* -1: not yet */
	int n;
};

static bool letters(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter(s.s[i]))
			return false;
	return s.n > 0;
}

static int name_find(const struct roles *r, struct str s)
{
	for (int i = 0; i < r->n; i++)
		if (str_ieq(r->name[i], s))
			return i;
	return -1;
}

/* knight/knave Ada=knight|Ben=knave */
static bool roles_read(struct roles *r, struct str gold)
{
	struct str head, item, name;
	bool ended = gold.n && gold.s[gold.n - 1] != '|';

	r->n = 0;
	if (!str_split(&gold, ' ', &head) || !str_split(&head, '/', &r->term[0]))
		return false;
	r->term[1] = head;
	if (!letters(r->term[0]) || !letters(r->term[1]) || str_ieq(r->term[0], r->term[1]))
		return false;
	while (str_split(&gold, '|', &item)) {
		if (r->n == PEOPLE || !str_split(&item, '=', &name) || !letters(name) || name_find(r, name) >= 0)
			return false;
		r->due[r->n] = str_eq(item, r->term[1]);
		if (!r->due[r->n] && !str_eq(item, r->term[0]))
			return false;
		r->said[r->n] = -1;
		r->name[r->n++] = name;
	}
	return r->n > 0 && ended;
}

/* A term in the singular or plural: 0, 1; -1: neither. */
static int term_find(const struct roles *r, struct str w)
{
	for (int i = 0; i < 2; i++)
		if (str_ieq(w, r->term[i]) || str_ieq(str_sub(w, 0, r->term[i].n), r->term[i]))
			if (w.n == r->term[i].n || str_ieq(str_from(w, r->term[i].n), STR("s")) || str_ieq(str_from(w, r->term[i].n), STR("es")))
				return i;
	return -1;
}

static bool fills(struct str w)
{
	static const char *const words[] = { "both", "while", "whereas", "but", "name", "role", "person", "inhabitant", "type" };

	return stored_leads(w) || ONE_OF(w, words);
}

/* "Ada is a knight, and Ben and Cy are knaves.": names, then what they are. Any other word makes it unreadable. */
enum quarry_mark stored_roles(struct why *why, struct str gold, struct str answer)
{
	char room[STORED_TEXT];
	int waiting[PEOPLE], n = 0, who, term;
	struct str s, piece;
	struct roles r;
	bool again = false, right = true;
	enum piece kind;

	if (!roles_read(&r, gold))
		return QUARRY_BAD_TASK;
	if (!stored_plain(answer, room, &s))
		return rule_unreadable(why, "that is too long to say who is what");
	while ((kind = stored_piece(&s, &piece)) != END) {
		if (kind == NUMBER || (kind == MARK && strchr("/?!<>", piece.s[0])))
			return rule_unreadable(why, "it does not just say who is what");
		if (kind != WORD)
			continue;
		who = name_find(&r, piece);
		term = term_find(&r, piece);
		if (who >= 0) {
			if (n == PEOPLE)
				return rule_unreadable(why, "it does not just say who is what");
			waiting[n++] = who;
		} else if (term >= 0 && n > 0) {
			while (n > 0) {
				who = waiting[--n];
				again |= r.said[who] >= 0 && r.said[who] != term;
				r.said[who] = term;
			}
		} else if (term >= 0 || !fills(piece)) {
			return rule_unreadable(why, "it does not just say who is what");
		}
	}
	if (n > 0)
		return rule_unreadable(why, "somebody in it is nothing");
	if (again)
		return rule_wrong(why, "somebody in it is both");
	for (int i = 0; i < r.n; i++) {
		if (r.said[i] < 0)
			return rule_wrong(why, "it does not say what %.*s is", (int)(r.name[i].n < 40 ? r.name[i].n : 40), r.name[i].s);
		right &= r.said[i] == r.due[i];
	}
	return right ? QUARRY_CORRECT : stored_differs(why);
}
