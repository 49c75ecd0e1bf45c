/*
 * recipe_read.h - what of a YAML document a recipe's keys are read with: checked values, a line for each fault, and the hash's text.
 *
 *	static const struct member members[] = { { "n", sampling_n }, { "fill", sampling_fill }, { 0 } };
 *	rc = get_mapping(w, node, "sampling", members, recipe);		// calls the readers
 *
 * Every getter returns 0, or ERR_FAIL with w->err naming file and line. Private to cli/recipe*.c.
 */
#ifndef QUARRY_CLI_RECIPE_READ_H
#define QUARRY_CLI_RECIPE_READ_H

#include "cli/recipe.h"

#include <yaml.h>

struct walk {
	struct recipe *r;
	yaml_document_t *doc;
	struct err *err;
	struct buf canon; /* what was read, in one spelling: the recipe's hash */
	const char *names[48]; /* keys known at the place, for "did you mean" */
};

/* One member of a mapping: its name and how it is read. */
struct member {
	const char *name;
	int (*read)(struct walk *w, const yaml_node_t *n, void *to);
};

int fault(struct walk *w, const yaml_node_t *n); /* put file and line before w->err */
struct str text_of(const yaml_node_t *n);
int want_kind(struct walk *w, const yaml_node_t *n, yaml_node_type_t kind, const char *what);
yaml_node_t *find_key(struct walk *w, const yaml_node_t *map, const char *name);
int get_int(struct walk *w, const yaml_node_t *n, const char *what, int64_t lo, int64_t hi, int64_t *ret);
int get_real(struct walk *w, const yaml_node_t *n, const char *what, double lo, double hi, double *ret);
int get_bool(struct walk *w, const yaml_node_t *n, const char *what, bool *ret);
int get_text(struct walk *w, const yaml_node_t *n, const char *what, const char **ret);
/* A message's text, which may have any characters but NUL; empty: none. */
int get_message(struct walk *w, const yaml_node_t *n, struct str *ret);
/* One of these words, which end in NULL; *ret is its place. */
int get_choice(struct walk *w, const yaml_node_t *n, const char *what, const char *const words[], int *ret);
/* A list of two numbers. */
int get_two(struct walk *w, const yaml_node_t *n, const char *what, const char *first, const char *second, double lo, double hi, double *a, double *b);
/* A list of words, or one word, joined with commas. */
int get_words(struct walk *w, const yaml_node_t *n, const char *what, struct buf *out);
int get_mapping(struct walk *w, const yaml_node_t *n, const char *what, const struct member *members, void *to);

/* cli/recipe_tune.c: two keys of the recipe. */
int read_tune(struct walk *w, const yaml_node_t *n, void *to);
int read_calibration(struct walk *w, const yaml_node_t *n, void *to);

#endif
