/* recipe_tune.c - the recipe's keys "tune" and "calibration"; see recipe.h. */
#include "base/hash.h"
#include "cli/recipe_read.h"

/* What the file says is the run's, not how it is named: its content goes into the hash when it is read. */
int read_calibration(struct walk *w, const yaml_node_t *n, void *to)
{
	struct recipe *r = to;
	size_t mark = w->canon.n;
	int rc = get_text(w, n, "calibration", &r->calibration);

	buf_cut(&w->canon, mark);
	r->calibration_line = (int)n->start_mark.line + 1;
	return rc;
}

/* ---- tune */

/* [lo, hi], or one rate. */
static int get_rate(struct walk *w, const yaml_node_t *n, struct aim *a)
{
	if (n->type == YAML_SCALAR_NODE) {
		int rc = get_real(w, n, "the target's rate", 0.01, 0.99, &a->rate);

		a->lo = a->hi = a->rate;
		return rc;
	}
	if (want_kind(w, n, YAML_SEQUENCE_NODE, "the target's rate") < 0)
		return ERR_FAIL;
	if (get_two(w, n, "a band of rates", "lo", "hi", 0, 1, &a->lo, &a->hi) < 0)
		return ERR_FAIL;
	a->rate = (a->lo + a->hi) / 2;
	if (a->hi - a->lo < 0.01) {
		err_set(w->err, "the band [%g, %g] is narrower than 0.01", a->lo, a->hi);
		return fault(w, n);
	}
	return 0;
}

static int aim_share(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_real(w, n, "share", 0.001, 1, &((struct aim *)to)->share);
}

static int aim_rate(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_rate(w, n, to);
}

static const struct member aim_members[] = { { "share", aim_share }, { "rate", aim_rate }, { 0 } };

static int get_mixture(struct walk *w, const yaml_node_t *n, struct tune_plan *t)
{
	double sum = 0;

	t->naims = 0;
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++) {
		yaml_node_t *part = yaml_document_get_node(w->doc, *i);
		struct aim *a = &t->aims[t->naims];

		if (t->naims++ == TUNE_AIMS) {
			err_set(w->err, "a mixture of more than %d parts", TUNE_AIMS);
			return fault(w, n);
		}
		*a = (struct aim){ .share = 0 };
		if (get_mapping(w, part, "a part of the mixture", aim_members, a) < 0)
			return ERR_FAIL;
		if (a->share <= 0 || a->hi <= 0) {
			err_set(w->err, "a part of a mixture needs a \"share\" and a \"rate\"");
			return fault(w, part);
		}
		sum += a->share;
	}
	if (sum < 0.999 || sum > 1.001) {
		err_set(w->err, "the mixture's shares sum to %g, not 1", sum);
		return fault(w, n);
	}
	for (int i = 0; i < t->naims; i++)
		t->aims[i].share /= sum;
	return 0;
}

/* 0.5, [0.3, 0.6], or a list of {share, rate}. */
static int tune_target(struct walk *w, const yaml_node_t *n, void *to)
{
	struct tune_plan *t = &((struct recipe *)to)->tune;
	yaml_node_item_t *first = n->data.sequence.items.start;

	if (n->type == YAML_SEQUENCE_NODE && first < n->data.sequence.items.top &&
	    yaml_document_get_node(w->doc, *first)->type == YAML_MAPPING_NODE)
		return get_mixture(w, n, t);
	t->aims[0] = (struct aim){ .share = 1 };
	t->naims = 1;
	return get_rate(w, n, &t->aims[0]);
}

static int tune_budget(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_int(w, n, "budget", 16, 65536, &((struct recipe *)to)->tune.budget);
}

static int tune_batch(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_int(w, n, "batch", 1, 4096, &((struct recipe *)to)->tune.batch);
}

static int tune_tolerance(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_real(w, n, "tolerance", 0.005, 0.5, &((struct recipe *)to)->tune.tolerance);
}

static const struct member tune_members[] = {
	{ "target", tune_target }, { "budget", tune_budget }, { "batch", tune_batch }, { "tolerance", tune_tolerance }, { 0 },
};

/* The section has a hash of its own: what is built does not depend on it. */
int read_tune(struct walk *w, const yaml_node_t *n, void *to)
{
	struct tune_plan *t = &((struct recipe *)to)->tune;
	size_t mark = w->canon.n;
	int rc = get_mapping(w, n, "tune", tune_members, to);

	hash64_hex(hash64(buf_z(&w->canon) + mark, w->canon.n - mark, 0), t->hash);
	buf_cut(&w->canon, mark);
	return rc;
}
