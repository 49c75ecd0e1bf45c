/* chat.c - chat templates, built in; see chat.h. */
#include "engine/chat.h"

#include "base/arena.h"
#include "base/json.h"
#include "engine/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEMPLATE_MAX = 1 << 26 /* bytes of a file that holds one */ };

enum role { SYSTEM, USER, ASSISTANT, ROLES };

/* In the texts below: the tokens that begin and end a text, as tokenizer_config.json names them. */
#define BOS "\001"
#define EOS "\002"

struct chat_kind {
	const char *name;
	const char *mark;    /* a template that has this is of this kind; where others look alike, all of a turn... */
	const char *not;     /* ...unless it has this */
	const char *needs[2]; /* tokens without which it would be nonsense */
	const char *bos, *eos; /* where tokenizer_config.json names none */
	const char *begin;   /* before everything */
	struct {
		const char *head, *tail; /* around the content; head NULL: there is no such turn */
	} role[ROLES];
	const char *answer;  /* opens the model's turn */
	const char *end;     /* the token that ends it */
	const char *system;  /* content of the first system turn where the messages give none; NULL: no turn then */
	bool system_first;   /* only the first message may be the system's */
	bool alternates;     /* after it, user and assistant in turn */
	bool system_in_user; /* the system's text stands in the first user turn */
};

static const struct chat_kind kinds[] = {
	{
		.name = "chatml", .mark = "<|im_start|>", .not = "<|im_sep|>", .needs = { "<|im_start|>" }, .begin = "",
		.role = { { "<|im_start|>system\n", "<|im_end|>\n" }, { "<|im_start|>user\n", "<|im_end|>\n" },
			  { "<|im_start|>assistant\n", "<|im_end|>\n" } },
		.answer = "<|im_start|>assistant\n", .end = "<|im_end|>",
	}, {
		.name = "llama3", .mark = "<|start_header_id|>", .needs = { "<|start_header_id|>", "<|end_header_id|>" }, .bos = "<|begin_of_text|>",
		.begin = BOS, .role = { { "<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>" },
					{ "<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>" },
					{ "<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>" } },
		.answer = "<|start_header_id|>assistant<|end_header_id|>\n\n", .end = "<|eot_id|>",
	}, { /* Mistral and Mixtral, 2023 */
		.name = "mistral", .mark = "'[INST] ' + message['content'] + ' [/INST]'", .bos = "<s>", .eos = "</s>", .begin = BOS,
		.role = { { NULL, NULL }, { "[INST] ", " [/INST]" }, { "", EOS } },
		.answer = "", .end = EOS, .alternates = true,
	}, { /* the same, 2024 */
		.name = "mistral-spaced", .mark = "' [INST] ' + message['content'] + ' [/INST]'", .bos = "<s>", .eos = "</s>", .begin = BOS,
		.role = { { "", "\n\n" }, { " [INST] ", " [/INST]" }, { " ", EOS } },
		.answer = "", .end = EOS, .system_first = true, .alternates = true, .system_in_user = true,
	}, {
		.name = "olmoe", .mark = "'<|user|>\n' + message['content'] + '\n'", .bos = "<|endoftext|>", .eos = "<|endoftext|>", .begin = BOS,
		.role = { { "<|system|>\n", "\n" }, { "<|user|>\n", "\n" }, { "<|assistant|>\n", EOS "\n" } },
		.answer = "<|assistant|>\n", .end = EOS,
	}, { /* MiniMax-Text-01 and M1; M1 begins with a token of its own */
		.name = "minimax", .mark = "<beginning_of_sentence>", .needs = { "<beginning_of_sentence>" }, .begin = "",
		.role = { { "<beginning_of_sentence>system ai_setting=assistant\n", "<end_of_sentence>\n" },
			  { "<beginning_of_sentence>user name=user\n", "<end_of_sentence>\n" },
			  { "<beginning_of_sentence>ai name=assistant\n", "<end_of_sentence>\n" } },
		.answer = "<beginning_of_sentence>ai name=assistant\n", .end = "<end_of_sentence>", .system_first = true,
	}, {
		.name = "minimax-m2", .mark = "]~b]", .needs = { "]~b]", "]~!b[" }, .begin = "]~!b[",
		.role = { { "]~b]system\n", "[e~[\n" }, { "]~b]user\n", "[e~[\n" }, { "]~b]ai\n", "[e~[\n" } },
		.answer = "]~b]ai\n<think>\n", .end = "[e~[", .system_first = true,
		.system = "You are a helpful assistant. Your name is MiniMax-M2 and is built by MiniMax.",
	},
	{ .name = "none" },
};

enum { KINDS = COUNT(kinds), NONE = KINDS - 1 };

/* What Llama 3.1's own template says when it is given no date. */
static const char dates[] = "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n";

const char *chat_names(void)
{
	return "chatml, llama3, mistral, mistral-spaced, olmoe, minimax, minimax-m2, none";
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
 * The text that the template's source has between these marks: 1. An expression there, as for a text that comes from the messages, begins with the
 * quote that ends the first mark: 0. What is neither, -1.
 */
static int text_between(struct str template, struct str before, struct str after, char *out, size_t cap)
{
	struct str rest = template;
	ptrdiff_t at, end;

	while ((at = str_find(rest, before)) >= 0) {
		rest = str_from(rest, (size_t)at + before.n);
		end = str_find(rest, after);
		if (rest.n == 0 || rest.s[0] == '\'' || rest.s[0] == '"')
			continue;
		if (end <= 0 || (size_t)end >= cap || has_any(str_sub(rest, 0, (size_t)end), "'\"{}\\"))
			return -1;
		memcpy(out, rest.s, (size_t)end);
		out[end] = 0;
		return 1;
	}
	return 0;
}

/*
 * The system text that the template itself supplies: in its source it stands whole between the marks,
 * '<|im_start|>system\nYou are ...<|im_end|>\n'. False: there is one, but it is not plain text.
 */
static bool default_system(struct chat *c, struct str template)
{
	int found = 0;

	c->has_system = c->kind->system != NULL;
	snprintf(c->system, sizeof(c->system), "%s", c->has_system ? c->kind->system : "");
	if (c->kind->system)
		found = text_between(template, STR("model_identity = \""), STR("\""), c->system, sizeof(c->system));
	if (c->kind == &kinds[0])
		found = text_between(template, STR("<|im_start|>system\n"), STR("<|im_end|>"), c->system, sizeof(c->system));
	c->has_system = c->has_system || found > 0;
	return found >= 0;
}

static bool is_kind(const struct chat_kind *k, struct str template)
{
	return has(template, k->mark) && !(k->not && has(template, k->not));
}

/* The token's id, and an error where the tokenizer has none. */
static int token_need(const struct chat *c, const struct tok *t, const char *name, int32_t *id, struct err *err)
{
	name = strcmp(name, BOS) == 0 ? c->bos : strcmp(name, EOS) == 0 ? c->eos : name;
	*id = tok_find(t, str_of(name));
	if (*id < 0)
		return err_set(err, "chat template \"%s\" needs the token %s, which the tokenizer does not have", c->kind->name, name);
	return 0;
}

/* Which kind; and of a template that is none, what to do about it. */
static int kind_choose(struct chat *c, struct str template, const char *name, struct err *err)
{
	int k = 0;

	if (name) {
		while (k < KINDS && strcmp(kinds[k].name, name) != 0)
			k++;
		if (k == KINDS)
			return err_set(err, "unknown chat template \"%.60s\"; there are %s", name, chat_names());
	} else if (template.n == 0) {
		k = NONE;
	} else {
		while (k < NONE && !is_kind(&kinds[k], template))
			k++;
		if (k == NONE)
			return err_set(err, "the model's chat template is none that quarry knows; name one of %s behind the folder, as in FOLDER#chatml",
				       chat_names());
	}
	c->kind = &kinds[k];
	return 0;
}

/* What the template's text says beside its kind. */
static int traits(struct chat *c, struct str template, bool named, struct err *err)
{
	c->think_open = has(template, "<|im_start|>assistant\n<think>") || strstr(c->kind->answer, "<think>");
	c->drops_thought = has(template, ".split('</think>')") || has(template, ".split(\"</think>\")") || c->kind->system;
	c->trims = has(template, "| trim + '") || has(template, "|trim + '") || (c->kind == &kinds[1] && template.n == 0);
	c->dated = c->kind == &kinds[1] && has(template, "Cutting Knowledge Date");
	c->document = has(template, "<begin_of_document>");
	if (!default_system(c, template) && !named)
		return err_set(err, "the chat template's own system text cannot be read; name \"%s\" behind the folder, as in FOLDER#%s, to go without it",
			       c->kind->name, c->kind->name);
	return 0;
}

static int tokens_find(struct chat *c, const struct tok *t, struct err *err)
{
	int32_t id;

	if (!c->bos[0] && c->kind->bos)
		snprintf(c->bos, sizeof(c->bos), "%s", c->kind->bos);
	if (!c->eos[0] && c->kind->eos)
		snprintf(c->eos, sizeof(c->eos), "%s", c->kind->eos);
	for (int i = 0; i < 2 && c->kind->needs[i]; i++)
		if (token_need(c, t, c->kind->needs[i], &id, err) < 0)
			return ERR_FAIL;
	if (strcmp(c->kind->begin, BOS) == 0 && token_need(c, t, BOS, &id, err) < 0)
		return ERR_FAIL;
	return token_need(c, t, c->kind->end, &c->end, err);
}

int chat_parse(struct chat *c, struct str template, const char *name, const struct tok *t, struct err *err)
{
	struct buf plain = BUF_INIT;
	int rc;

	c->end = -1;
	/* in a template's strings line ends are escaped or not, as whoever wrote it liked */
	for (size_t i = 0; i < template.n; i++) {
		bool line = template.s[i] == '\\' && i + 1 < template.n && template.s[i + 1] == 'n';

		buf_addc(&plain, line ? '\n' : template.s[i]);
		i += line;
	}
	rc = plain.failed ? err_set(err, "out of memory") : kind_choose(c, buf_str(&plain), name, err);
	if (rc == 0 && c->kind != &kinds[NONE]) {
		rc = tokens_find(c, t, err);
		if (rc == 0)
			rc = traits(c, buf_str(&plain), name != NULL, err);
	}
	buf_release(&plain);
	return rc;
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

/* bos_token or eos_token: its name, or an object with that as content. */
static void config_token(struct json root, const char *key, char out[CHAT_TOKEN])
{
	struct buf name = BUF_INIT;
	struct json v;

	if (json_get(root, key, &v) && v.kind == JSON_OBJECT)
		json_get(v, "content", &v);
	if (v.kind == JSON_STRING && json_str(v, &name) && name.n < CHAT_TOKEN && str_chr(buf_str(&name), '\0') < 0)
		snprintf(out, CHAT_TOKEN, "%s", buf_z(&name));
	buf_release(&name);
}

/* The model's template, "" if it has none, and the names of its tokens. */
static int template_read(struct chat *c, struct buf *out, const char *dir, struct err *err)
{
	struct buf file = BUF_INIT;
	struct json root;
	char path[4096];
	int rc = 0;

	snprintf(path, sizeof(path), "%s/tokenizer_config.json", dir);
	if (access(path, F_OK) == 0) {
		rc = file_read(&file, path, TEMPLATE_MAX, err);
		if (rc == 0 && !json_parse(&root, buf_str(&file), err))
			rc = err_at(err, "%s: ", path);
		if (rc == 0 && !config_template(root, out))
			rc = err_set(err, "%s: chat_template is neither text nor a list with a default", path);
		if (rc == 0) {
			config_token(root, "bos_token", c->bos);
			config_token(root, "eos_token", c->eos);
		}
		buf_release(&file);
	}
	snprintf(path, sizeof(path), "%s/chat_template.jinja", dir);
	if (rc == 0 && access(path, F_OK) == 0) {
		buf_reset(out);
		rc = file_read(out, path, TEMPLATE_MAX, err);
	}
	return rc;
}

int chat_open(struct chat *c, const char *dir, const char *name, const struct tok *t, struct err *err)
{
	struct buf template = BUF_INIT;
	int rc;

	*c = (struct chat){ .end = -1 };
	rc = template_read(c, &template, dir, err);
	if (rc == 0 && chat_parse(c, buf_str(&template), name, t, err) < 0)
		rc = err_at(err, "%s: ", dir);
	buf_release(&template);
	return rc;
}

/* A conversation being laid out: parts, and the memory of the texts in them. */
struct layout {
	const struct chat *c;
	struct arena arena;
	struct tok_part *part;
	size_t n, cap;
	struct str system; /* that waits for the first user turn */
	int turns;         /* behind it */
	enum role last;
	bool failed;       /* out of memory */
};

static void put(struct layout *l, struct str text, bool control)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 32;
		struct tok_part *part = realloc(l->part, cap * sizeof(*part));

		if (!part) {
			l->failed = true;
			return;
		}
		l->part = part;
		l->cap = cap;
	}
	l->part[l->n++] = (struct tok_part){ text, control };
}

static void control(struct layout *l, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, BOS EOS);

		if (n)
			put(l, (struct str){ text, n }, true);
		text += n;
		if (*text)
			put(l, str_of(*text++ == BOS[0] ? l->c->bos : l->c->eos), true);
	}
}

/* As Python's strip(), which templates call. */
static bool blank(uint32_t c)
{
	return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static struct str strip(struct str s)
{
	uint32_t c;

	while (s.n) {
		size_t n = utf8_next(s, &c);

		if (!blank(c))
			break;
		s = str_from(s, n);
	}
	for (size_t last = s.n; last > 0;) {
		do
			last--;
		while (last > 0 && ((unsigned char)s.s[last] & 0xC0) == 0x80);
		utf8_next(str_from(s, last), &c);
		if (!blank(c))
			break;
		s.n = last;
	}
	return s;
}

/* An earlier answer without its thought. */
static struct str answered(const struct chat *c, struct str text)
{
	ptrdiff_t thought = c->drops_thought ? str_rfind(text, STR("</think>")) : -1;

	if (thought < 0)
		return text;
	text = str_from(text, (size_t)thought + sizeof("</think>") - 1);
	while (text.n && text.s[0] == '\n')
		text = str_from(text, 1);
	while (c->kind->system && text.n && text.s[text.n - 1] == '\n')
		text.n--;
	return text;
}

static void turn(struct layout *l, enum role role, struct str text)
{
	const struct chat *c = l->c;

	control(l, c->kind->role[role].head);
	if (role == SYSTEM && c->dated && l->turns == 0)
		control(l, dates);
	if (l->system.s) {
		put(l, l->system, false);
		control(l, c->kind->role[SYSTEM].tail);
		l->system = (struct str){ NULL, 0 };
	}
	text = role == ASSISTANT ? answered(c, text) : text;
	put(l, c->trims ? strip(text) : text, false);
	control(l, c->kind->role[role].tail);
	l->turns++;
}

static enum role role_of(struct json v)
{
	static const char *const roles[] = { "system", "user", "assistant" };
	int i = 0;

	while (i < ROLES && !json_is(v, roles[i]))
		i++;
	return (enum role)i;
}

static int message_text(struct layout *l, struct json m, size_t i, enum role *role, struct str *text, struct err *err)
{
	struct json v;
	struct buf room = BUF_INIT;
	bool ok;

	*role = json_get(m, "role", &v) ? role_of(v) : ROLES;
	if (*role == ROLES)
		return err_set(err, "prompt message %zu: role is not system, user or assistant", i);
	if (!json_get(m, "content", &v) || v.kind != JSON_STRING)
		return err_set(err, "prompt message %zu: content is not text", i);
	if (json_plain(v, text))
		return 0;
	ok = json_str(v, &room);
	*text = arena_str(&l->arena, buf_str(&room));
	buf_release(&room);
	return ok && text->s ? 0 : err_set(err, "out of memory");
}

static int message(struct layout *l, struct json m, size_t i, struct err *err)
{
	const struct chat *c = l->c;
	const struct chat_kind *k = c->kind;
	enum role role;
	struct str text;

	if (message_text(l, m, i, &role, &text, err) < 0)
		return ERR_FAIL;
	l->last = role;
	if (k == &kinds[NONE]) {
		if (i > 0)
			put(l, STR("\n"), false);
		put(l, text, false);
		return 0;
	}
	if (!k->role[role].head)
		return err_set(err, "prompt message %zu: chat template \"%s\" has no system turn", i, k->name);
	if (role == SYSTEM && i > 0 && k->system_first)
		return err_set(err, "prompt message %zu: chat template \"%s\" has a system turn only at the start", i, k->name);
	if (k->alternates && role != SYSTEM && (role == USER) != (l->turns % 2 == 0))
		return err_set(err, "prompt message %zu: chat template \"%s\" wants user and assistant in turn", i, k->name);
	if (role == SYSTEM && k->system_in_user) {
		l->system = text;
		return 0;
	}
	if (i == 0 && role != SYSTEM && (c->has_system || c->dated))
		turn(l, SYSTEM, str_of(c->system));
	turn(l, role, role == SYSTEM && text.n == 0 && k->system ? str_of(c->system) : text);
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

static int layout(struct layout *l, const struct tok *t, struct json all, struct tok_ids *out, struct err *err)
{
	const struct chat_kind *k = l->c->kind;
	struct json m;
	size_t i = 0;

	if (k == &kinds[NONE] && begin_put(t, out, err) < 0)
		return ERR_FAIL;
	if (k->begin)
		control(l, l->c->document ? "<begin_of_document>" : k->begin);
	for (struct json_iter it = json_iter(all); json_next(&it, NULL, &m); i++)
		if (message(l, m, i, err) < 0)
			return ERR_FAIL;
	if (k->answer && (l->last == ASSISTANT || l->system.s))
		return err_set(err, "prompt: chat template \"%s\" wants the last message to be the user's", k->name);
	if (k->answer)
		control(l, k->answer);
	if (l->c->think_open && !strstr(k->answer, "<think>"))
		control(l, "<think>\n");
	return l->failed ? err_set(err, "out of memory") : tok_encode(t, l->part, l->n, out, err);
}

int chat_encode(const struct chat *c, const struct tok *t, struct str messages, struct tok_ids *out, struct err *err)
{
	struct layout l = { .c = c, .arena = ARENA_INIT };
	struct json all;
	int rc;

	if (!json_parse(&all, messages, err))
		return err_at(err, "prompt: ");
	if (all.kind != JSON_ARRAY || json_count(all) == 0)
		return err_set(err, "prompt: not a list of messages");
	rc = layout(&l, t, all, out, err);
	free(l.part);
	arena_release(&l.arena);
	return rc;
}
