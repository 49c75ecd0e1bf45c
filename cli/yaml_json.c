/* yaml_json.c - a YAML document as JSON. See yaml_json.h. */
#include "cli/yaml_json.h"

#include "base/json.h"

#include <yaml.h>

enum { DEEPEST = 60, NODES = 100000 }; /* aliases could make a short text endless */

struct walk {
	yaml_document_t doc;
	const char *name;
	struct buf *json;
	struct err *err;
	int nodes;
};

static int fault(struct walk *w, const yaml_node_t *n, const char *what)
{
	return err_set(w->err, "%s:%zu: %s", w->name, n->start_mark.line + 1, what);
}

/* A scalar without quotes that JSON would read as other than text. */
static bool is_bare(struct str s)
{
	struct json j;
	size_t used;

	return json_parse_head(&j, s, &used) && used == s.n && j.kind != JSON_STRING && j.kind != JSON_ARRAY && j.kind != JSON_OBJECT;
}

static int add_node(struct walk *w, int id, int depth)
{
	const yaml_node_t *n = yaml_document_get_node(&w->doc, id);
	struct str s;

	if (!n)
		return err_set(w->err, "%s: empty", w->name);
	if (depth > DEEPEST || ++w->nodes > NODES)
		return fault(w, n, "nested too deeply, or too much of it");
	if (n->type == YAML_SCALAR_NODE) {
		s = (struct str){ (const char *)n->data.scalar.value, n->data.scalar.length };
		if (n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && is_bare(s))
			json_add_raw(w->json, s);
		else
			json_add_str(w->json, s);
		return 0;
	}
	json_open(w->json, n->type == YAML_MAPPING_NODE ? '{' : '[');
	if (n->type == YAML_SEQUENCE_NODE) {
		for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++)
			if (add_node(w, *i, depth + 1) < 0)
				return ERR_FAIL;
	} else {
		for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
			const yaml_node_t *key = yaml_document_get_node(&w->doc, p->key);

			if (key->type != YAML_SCALAR_NODE)
				return fault(w, key, "a key has to be a word");
			s = (struct str){ (const char *)key->data.scalar.value, key->data.scalar.length };
			json_key_str(w->json, s);
			if (add_node(w, p->value, depth + 1) < 0)
				return ERR_FAIL;
		}
	}
	json_close(w->json, n->type == YAML_MAPPING_NODE ? '}' : ']');
	return 0;
}

int yaml_to_json(struct str text, const char *name, struct buf *json, struct err *err)
{
	struct walk w = { .name = name, .json = json, .err = err };
	yaml_parser_t parser;
	const yaml_node_t *root;
	int rc = 0;

	if (!yaml_parser_initialize(&parser))
		return err_set(err, "out of memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.s, text.n);
	if (!yaml_parser_load(&parser, &w.doc)) {
		rc = err_set(err, "%s:%zu: %s", name, parser.problem_mark.line + 1, parser.problem ? parser.problem : "not YAML");
		yaml_parser_delete(&parser);
		return rc;
	}
	root = yaml_document_get_root_node(&w.doc);
	rc = root ? add_node(&w, 1, 0) : err_set(err, "%s: empty", name);
	if (rc == 0 && json->failed)
		rc = err_set(err, "out of memory");
	yaml_document_delete(&w.doc);
	yaml_parser_delete(&parser);
	return rc;
}
