/* chat.c - chat templates, built in; see chat.h. */
#include "engine/chat.h"

#include "base/arena.h"
#include "base/json.h"
#include "engine/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEMPLATE_MAX = 1 << 26, /* bytes of a file that holds one */ PARTS_MESSAGE = 8 };

struct chat_kind {
	const char *name;
	const char *mark;     /* a template that has this is of this kind; also the token that opens a turn */
	const char *begin;    /* before everything */
	const char *head_end; /* between role and content */
	const char *turn_end; /* token */
	const char *after;    /* behind it */
	bool trim;            /* blanks around contents go */
};

static const struct chat_kind kinds[] = {
	{ "chatml", "<|im_start|>", "", "\n", "<|im_end|>", "\n", false },
	{ "llama3", "<|start_header_id|>", "<|begin_of_text|>", "<|end_header_id|>\n\n", "<|eot_id|>", "", true },
	{ "none", NULL, NULL, NULL, NULL, NULL, false },
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds), NONE = KINDS - 1 };

/* What Llama 3.1's own template says when it is given no date. */
static const char dates[] = "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n";

const char *chat_names(void)
{
	return "chatml, llama3, none";
}

const char *chat_name(const struct chat *c)
{
	return c->kind->name;
}

static bool has(struct str text, const char *what)
{
	return str_find(text, str_of(what)) >= 0;
}

static bool has_any(struct str text, const char *chars)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.s[i] && strchr(chars, text.s[i]))
			return true;
	return false;
}

/*
 * The system text that the template itself supplies: in its source it stands whole between the marks,
 * '<|im_start|>system\nYou are ...<|im_end|>\n', where a text that comes from the messages would be an expression.
 */
static void default_system(struct chat *c, struct str template)
{
	struct str rest = template;
	ptrdiff_t at, end;

	while ((at = str_find(rest, STR("<|im_start|>system\\n"))) >= 0) {
		rest = str_from(rest, (size_t)at + sizeof("<|im_start|>system\\n") - 1);
		end = str_find(rest, STR("<|im_end|>"));
		if (end <= 0 || (size_t)end >= sizeof(c->system))
			continue;
		if (has_any(str_sub(rest, 0, (size_t)end), "'\"{}\\"))
			continue;
		memcpy(c->system, rest.s, (size_t)end);
		c->system[end] = 0;
		return;
	}
}

int chat_parse(struct chat *c, struct str template, const char *name, const struct tok *t, struct err *err)
{
	int k = 0;

	*c = (struct chat){ .end = -1 };
	if (name) {
		while (k < KINDS && strcmp(kinds[k].name, name) != 0)
			k++;
		if (k == KINDS)
			return err_set(err, "unknown chat template \"%s\"; there are %s", name, chat_names());
	} else if (template.n == 0) {
		k = NONE;
	} else {
		while (k < NONE && !has(template, kinds[k].mark))
			k++;
		if (k == NONE)
			return err_set(err, "the model's chat template is none that quarry knows; name one of %s", chat_names());
	}
	c->kind = &kinds[k];
	if (k == NONE)
		return 0;
	c->end = tok_find(t, str_of(c->kind->turn_end));
	if (c->end < 0 || tok_find(t, str_of(c->kind->mark)) < 0)
		return err_set(err, "chat template \"%s\" needs the tokens %s and %s, which the tokenizer does not have", c->kind->name,
			       c->kind->mark, c->kind->turn_end);
	c->think_open = has(template, "<|im_start|>assistant\\n<think>") || has(template, "<|im_start|>assistant\n<think>");
	c->drops_thought = has(template, "</think>");
	c->dated = k == 1 && has(template, "Cutting Knowledge Date");
	if (k == 0)
		default_system(c, template);
	return 0;
}

/* chat_template of tokenizer_config.json: a string, or a list of {name, template} with one named "default". */
static bool config_template(struct json root, struct buf *out)
{
	struct json v, e, name;

	if (!json_get(root, "chat_template", &v) || v.kind == JSON_NULL)
		return true;
	if (v.kind == JSON_STRING)
		return json_str(v, out);
	for (struct json_iter it = json_iter(v); json_next(&it, NULL, &e);)
		if (json_get(e, "name", &name) && json_is(name, "default") && json_get(e, "template", &name))
			return json_str(name, out);
	return false;
}

/* The model's template, "" if it has none. */
static int template_read(struct buf *out, const char *dir, struct err *err)
{
	struct buf file = BUF_INIT;
	struct json root;
	char path[4096];
	int rc;

	snprintf(path, sizeof(path), "%s/chat_template.jinja", dir);
	if (access(path, F_OK) == 0)
		return file_read(out, path, TEMPLATE_MAX, err);
	snprintf(path, sizeof(path), "%s/tokenizer_config.json", dir);
	if (access(path, F_OK) != 0)
		return 0;
	rc = file_read(&file, path, TEMPLATE_MAX, err);
	if (rc == 0 && !json_parse(&root, buf_str(&file), err))
		rc = err_at(err, "%s: ", path);
	if (rc == 0 && !config_template(root, out))
		rc = err_set(err, "%s: chat_template is neither text nor a list with a default", path);
	buf_release(&file);
	return rc;
}

int chat_open(struct chat *c, const char *dir, const char *name, const struct tok *t, struct err *err)
{
	struct buf template = BUF_INIT;
	int rc = template_read(&template, dir, err);

	if (rc == 0 && chat_parse(c, buf_str(&template), name, t, err) < 0)
		rc = err_at(err, "%s: ", dir);
	buf_release(&template);
	return rc;
}

/* A conversation being laid out: parts, and the memory of the texts in them. */
struct layout {
	struct arena arena;
	struct tok_part *part;
	size_t n;
};

static void control(struct layout *l, const char *text)
{
	l->part[l->n++] = (struct tok_part){ str_of(text), true };
}

static void content(struct layout *l, struct str text)
{
	l->part[l->n++] = (struct tok_part){ text, false };
}

static void turn_open(struct layout *l, const struct chat_kind *k, const char *role)
{
	control(l, k->mark);
	control(l, role);
	control(l, k->head_end);
}

static void turn(struct layout *l, const struct chat *c, const char *role, struct str text)
{
	ptrdiff_t thought = c->drops_thought && strcmp(role, "assistant") == 0 ? str_rfind(text, STR("</think>")) : -1;

	if (thought >= 0) {
		text = str_from(text, (size_t)thought + sizeof("</think>") - 1);
		while (text.n && text.s[0] == '\n')
			text = str_from(text, 1);
	}
	turn_open(l, c->kind, role);
	if (c->dated && strcmp(role, "system") == 0)
		control(l, dates);
	content(l, c->kind->trim ? str_trim(text) : text);
	control(l, c->kind->turn_end);
	control(l, c->kind->after);
}

static const char *role_of(struct json v)
{
	static const char *const roles[] = { "system", "user", "assistant" };

	for (int i = 0; i < 3; i++)
		if (json_is(v, roles[i]))
			return roles[i];
	return NULL;
}

static int message(struct layout *l, const struct chat *c, struct json m, size_t i, struct err *err)
{
	struct json role, v;
	struct str text;
	struct buf room = BUF_INIT;
	bool ok;

	if (!json_get(m, "role", &role) || !role_of(role))
		return err_set(err, "prompt message %zu: role is not system, user or assistant", i);
	if (!json_get(m, "content", &v) || v.kind != JSON_STRING)
		return err_set(err, "prompt message %zu: content is not text", i);
	if (!json_plain(v, &text)) {
		ok = json_str(v, &room);
		text = arena_str(&l->arena, buf_str(&room));
		buf_release(&room);
		if (!ok || !text.s)
			return err_set(err, "out of memory");
	}
	if (c->kind == &kinds[NONE]) {
		if (i > 0)
			content(l, STR("\n"));
		content(l, text);
		return 0;
	}
	if (i == 0 && strcmp(role_of(role), "system") != 0 && (c->system[0] || c->dated))
		turn(l, c, "system", str_of(c->system));
	turn(l, c, role_of(role), text);
	return 0;
}

static int begin_put(const struct tok *t, struct tok_ids *out, struct err *err)
{
	struct tok_ids begin = tok_begin(t);

	for (size_t i = 0; i < begin.n; i++)
		if (!tok_ids_add(out, begin.v[i]))
			return err_set(err, "out of memory");
	return 0;
}

int chat_encode(const struct chat *c, const struct tok *t, struct str messages, struct tok_ids *out, struct err *err)
{
	struct layout l = { .arena = ARENA_INIT };
	struct json all, m;
	size_t i = 0;
	int rc = 0;

	if (!json_parse(&all, messages, err))
		return err_at(err, "prompt: ");
	if (all.kind != JSON_ARRAY || json_count(all) == 0)
		return err_set(err, "prompt: not a list of messages");
	/* at most two turns for a message (a default system turn before it), and two ends */
	l.part = calloc(json_count(all) + 2, 2 * PARTS_MESSAGE * sizeof(*l.part));
	if (!l.part)
		return err_set(err, "out of memory");
	if (c->kind->begin)
		control(&l, c->kind->begin);
	else
		rc = begin_put(t, out, err);
	for (struct json_iter it = json_iter(all); rc == 0 && json_next(&it, NULL, &m); i++)
		rc = message(&l, c, m, i, err);
	if (c->kind->mark) {
		turn_open(&l, c->kind, "assistant");
		if (c->think_open)
			control(&l, "<think>\n");
	}
	if (rc == 0)
		rc = tok_encode(t, l.part, l.n, out, err);
	free(l.part);
	arena_release(&l.arena);
	return rc;
}
