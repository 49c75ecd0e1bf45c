/* recipe_read.c - checked values of a YAML document; see recipe_read.h. */
#include "cli/recipe_read.h"

int fault(struct walk *w, const yaml_node_t *n)
{
	return err_at(w->err, "%s:%zu: ", w->r->path, n->start_mark.line + 1);
}

struct str text_of(const yaml_node_t *n)
{
	return (struct str){ (const char *)n->data.scalar.value, n->data.scalar.length };
}

int want_kind(struct walk *w, const yaml_node_t *n, yaml_node_type_t kind, const char *what)
{
	static const char *const kinds[] = { "nothing", "a single value", "a list", "a mapping" };

	if (n->type == kind)
		return 0;
	err_set(w->err, "%s must be %s, not %s", what, kinds[kind], kinds[n->type]);
	return fault(w, n);
}

int get_int(struct walk *w, const yaml_node_t *n, const char *what, int64_t lo, int64_t hi, int64_t *ret)
{
	if (want_kind(w, n, YAML_SCALAR_NODE, what) < 0)
		return ERR_FAIL;
	if (str_i64(text_of(n), ret) && *ret >= lo && *ret <= hi) {
		buf_addf(&w->canon, "%s %lld\n", what, (long long)*ret);
		return 0;
	}
	err_set(w->err, "%s must be a whole number from %lld to %lld, not \"%.40s\"", what, (long long)lo, (long long)hi,
		text_of(n).s);
	return fault(w, n);
}

int get_real(struct walk *w, const yaml_node_t *n, const char *what, double lo, double hi, double *ret)
{
	if (want_kind(w, n, YAML_SCALAR_NODE, what) < 0)
		return ERR_FAIL;
	if (str_f64(text_of(n), ret) && *ret >= lo && *ret <= hi) {
		buf_addf(&w->canon, "%s %.17g\n", what, *ret);
		return 0;
	}
	err_set(w->err, "%s must be a number from %g to %g, not \"%.40s\"", what, lo, hi, text_of(n).s);
	return fault(w, n);
}

int get_text(struct walk *w, const yaml_node_t *n, const char *what, const char **ret)
{
	if (want_kind(w, n, YAML_SCALAR_NODE, what) < 0)
		return ERR_FAIL;
	if (text_of(n).n == 0 || memchr(text_of(n).s, 0, text_of(n).n)) {
		err_set(w->err, "%s is empty", what);
		return fault(w, n);
	}
	*ret = arena_strdup(&w->r->arena, text_of(n));
	if (!*ret)
		return err_set(w->err, "out of memory");
	buf_addf(&w->canon, "%s ", what);
	json_add_z(&w->canon, *ret);
	buf_addc(&w->canon, '\n');
	return 0;
}

int get_message(struct walk *w, const yaml_node_t *n, struct str *ret)
{
	if (want_kind(w, n, YAML_SCALAR_NODE, "system") < 0)
		return ERR_FAIL;
	if (memchr(text_of(n).s, 0, text_of(n).n)) {
		err_set(w->err, "system holds a NUL");
		return fault(w, n);
	}
	*ret = text_of(n).n ? arena_str(&w->r->arena, text_of(n)) : STR("");
	if (!ret->s)
		return err_set(w->err, "out of memory");
	buf_addz(&w->canon, "system ");
	json_add_str(&w->canon, *ret);
	buf_addc(&w->canon, '\n');
	return 0;
}

int get_bool(struct walk *w, const yaml_node_t *n, const char *what, bool *ret)
{
	if (want_kind(w, n, YAML_SCALAR_NODE, what) < 0)
		return ERR_FAIL;
	*ret = str_is(text_of(n), "true") || str_is(text_of(n), "yes");
	if (*ret || str_is(text_of(n), "false") || str_is(text_of(n), "no")) {
		buf_addf(&w->canon, "%s %d\n", what, *ret);
		return 0;
	}
	err_set(w->err, "%s must be yes or no, not \"%.40s\"", what, text_of(n).s);
	return fault(w, n);
}

int get_choice(struct walk *w, const yaml_node_t *n, const char *what, const char *const words[], int *ret)
{
	struct buf all = BUF_INIT;
	const char *near;

	*ret = 0;
	if (want_kind(w, n, YAML_SCALAR_NODE, what) < 0)
		return ERR_FAIL;
	for (int i = 0; words[i]; i++) {
		if (str_is(text_of(n), words[i])) {
			buf_addf(&w->canon, "%s %s\n", what, words[i]);
			buf_release(&all);
			*ret = i;
			return 0;
		}
		buf_addf(&all, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
	}
	near = str_nearest(text_of(n), words);
	err_set(w->err, "%s must be %s, not \"%.40s\"%s%s%s", what, buf_z(&all), text_of(n).s, near ? "; did you mean \"" : "", near ? near : "",
		near ? "\"?" : "");
	buf_release(&all);
	return fault(w, n);
}

int get_two(struct walk *w, const yaml_node_t *n, const char *what, const char *first, const char *second, double lo, double hi,
		   double *a, double *b)
{
	char of[2][100];

	if (want_kind(w, n, YAML_SEQUENCE_NODE, what) < 0)
		return ERR_FAIL;
	if (n->data.sequence.items.top - n->data.sequence.items.start != 2) {
		err_set(w->err, "%s must be [%s, %s]", what, first, second);
		return fault(w, n);
	}
	snprintf(of[0], sizeof(of[0]), "%s's %s", what, first);
	snprintf(of[1], sizeof(of[1]), "%s's %s", what, second);
	if (get_real(w, yaml_document_get_node(w->doc, n->data.sequence.items.start[0]), of[0], lo, hi, a) < 0)
		return ERR_FAIL;
	return get_real(w, yaml_document_get_node(w->doc, n->data.sequence.items.start[1]), of[1], lo, hi, b);
}

int get_words(struct walk *w, const yaml_node_t *n, const char *what, struct buf *out)
{
	buf_reset(out);
	if (n->type == YAML_SCALAR_NODE) {
		buf_add(out, text_of(n));
	} else {
		if (want_kind(w, n, YAML_SEQUENCE_NODE, what) < 0)
			return ERR_FAIL;
		for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++) {
			yaml_node_t *v = yaml_document_get_node(w->doc, *i);

			if (want_kind(w, v, YAML_SCALAR_NODE, what) < 0)
				return ERR_FAIL;
			if (out->n)
				buf_addc(out, ',');
			buf_add(out, text_of(v));
		}
	}
	buf_addf(&w->canon, "%s %s\n", what, buf_z(out));
	return 0;
}

int get_mapping(struct walk *w, const yaml_node_t *n, const char *what, const struct member *members, void *to)
{
	uint64_t seen = 0;

	if (want_kind(w, n, YAML_MAPPING_NODE, what) < 0)
		return ERR_FAIL;
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(w->doc, p->key), *v = yaml_document_get_node(w->doc, p->value);
		const struct member *m = members;
		const char *near;
		int k = 0;

		if (want_kind(w, key, YAML_SCALAR_NODE, "a key") < 0)
			return ERR_FAIL;
		while (m->name && !str_is(text_of(key), m->name)) {
			w->names[k++] = m->name;
			m++;
		}
		if (!m->name) {
			w->names[k] = NULL;
			near = str_nearest(text_of(key), w->names);
			err_set(w->err, "unknown key \"%.40s\" in %s%s%s%s", text_of(key).s, what, near ? "; did you mean \"" : "",
				near ? near : "", near ? "\"?" : "");
			return fault(w, key);
		}
		if (seen >> (m - members) & 1) {
			err_set(w->err, "\"%s\" stands twice", m->name);
			return fault(w, key);
		}
		seen |= (uint64_t)1 << (m - members);
		if (m->read(w, v, to) < 0)
			return ERR_FAIL;
	}
	return 0;
}

yaml_node_t *find_key(struct walk *w, const yaml_node_t *map, const char *name)
{
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(w->doc, p->key);

		if (key->type == YAML_SCALAR_NODE && str_is(text_of(key), name))
			return yaml_document_get_node(w->doc, p->value);
	}
	return NULL;
}
