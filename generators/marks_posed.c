/* marks_posed.c - posed puzzles that are boards of marks; see marks_posed.h. */
#include "generators/marks_posed.h"

#include "generators/marks_sets.h"

/* The one solution, in f->first. */
static bool well_posed(const struct posed *p, struct marks_shape *s, struct marks_search *f, struct str desc)
{
	return p->shape(s, desc) && marks_unique(f, s);
}

bool posed_prove(const struct posed *p, struct str desc)
{
	struct marks_shape s;
	struct marks_search f;

	return well_posed(p, &s, &f, desc);
}

bool posed_solve(const struct posed *p, struct buf *answer, struct str desc)
{
	struct marks_shape s;
	struct marks_search f;

	if (!p->shape(&s, desc) || !marks_any(&f, &s))
		return false;
	p->answer(answer, &s, &f.first);
	return true;
}

enum { COUNT_NODES = 30000 };

int posed_count(const struct posed *p, struct buf *answer, struct str desc, int limit)
{
	struct marks_shape s;
	struct marks_sets sets;
	struct marks_search f;
	int found;

	if (!p->shape(&s, desc))
		return -1;
	marks_sets(&sets, &s);
	found = marks_search(&f, &sets, NULL, limit, COUNT_NODES);
	if (found > 0)
		p->answer(answer, &s, &f.first);
	return f.spent && found < limit ? -1 : found;
}

void posed_explain(const struct posed *p, struct buf *steps, struct str desc, enum lang lang)
{
	struct marks_shape s;
	struct marks_search f;

	if (!well_posed(p, &s, &f, desc))
		return;
	buf_addz(steps, p->legend[lang]);
	marks_explain(steps, &s);
}

void posed_grade(const struct posed *p, struct effort *e, struct str desc)
{
	struct marks_shape s;
	struct marks_search f;

	*e = (struct effort){ .technique = "" };
	if (well_posed(p, &s, &f, desc))
		e->technique = p->techniques[marks_grade(&s, &e->depth, &e->branch, &e->steps)];
}
