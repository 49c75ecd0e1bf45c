/*
 * fuzz_serve.c - the service's shapes on any body: a reply always comes, it is JSON, it refuses the request or has a result for each
 * item, and it is the same again. No sockets. An input that begins with '/' is a path and, from its second line on, a body; any
 * other, a case, becomes a body of each shape, which is then damaged.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/rng.h"
#include "cli/serve.h"
#include "tests/fuzz.h"

static struct metrics *metrics;

/* The times that a verdict took differ; the rest may not. */
static void without_times(struct buf *b)
{
	struct buf out = BUF_INIT;
	struct str rest = buf_str(b), key = STR("\"verify_us\":");
	ptrdiff_t at;

	while ((at = str_find(rest, key)) >= 0) {
		buf_add(&out, str_sub(rest, 0, (size_t)at));
		rest = str_from(rest, (size_t)at + key.n);
		while (rest.n && !strchr(",}]", rest.s[0]))
			rest = str_from(rest, 1);
	}
	buf_add(&out, rest);
	buf_release(b);
	*b = out;
}

static void check_items(struct str body, struct str reply)
{
	struct json row, list;
	struct err err;
	size_t items;

	FUZZ_CHECK(json_parse(&row, body, &err) && json_get(row, "items", &list)); /* mended, where it had to be */
	items = json_count(list);
	FUZZ_CHECK(json_parse(&row, reply, &err) && json_get(row, "results", &list) && json_count(list) == items);
}

static void ask(const char *url, struct str body)
{
	const struct service s = { .metrics = metrics, .strict = body.n % 2, .deadline = 60, .budget = body.n % 3 ? 1 << 20 : 100 };
	const struct route *route = route_find(url);
	struct reply r[2] = { { .status = 200, .type = "" }, { .status = 200, .type = "" } };
	struct json v;
	struct err err;
	char *copy;

	if (!route)
		return;
	FUZZ_CHECK(route == route_find(route->path));
	copy = fuzz_copy(body, 0);
	for (int i = 0; i < 2; i++) {
		struct buf text = { .s = copy, .n = body.n };

		route->answer(&r[i], &s, &text, body.n % 5 == 0);
		FUZZ_CHECK((r[i].status == 200 || r[i].status == 400) && !r[i].body.failed);
		FUZZ_CHECK(json_parse(&v, buf_str(&r[i].body), &err));
		FUZZ_CHECK(r[i].status == 200 || (v.kind == JSON_OBJECT && json_get(v, "error", &v)));
		if (r[i].status == 200 && strcmp(route->path, "/v1/verify") == 0)
			check_items((struct str){ copy, body.n }, buf_str(&r[i].body));
	}
	/* sums and lists of times are not looked into */
	if (r[0].status == 400 || (strcmp(route->path, "/get_reward") && strcmp(route->path, "/aggregate_metrics"))) {
		without_times(&r[0].body);
		without_times(&r[1].body);
		FUZZ_CHECK(r[0].status == r[1].status && str_eq(buf_str(&r[0].body), buf_str(&r[1].body)));
	}
	free(copy);
	buf_release(&r[0].body);
	buf_release(&r[1].body);
}

static void add_truth(struct buf *b, const struct fuzz_input *in, bool text)
{
	struct buf t = BUF_INIT, *to = text ? &t : b;

	json_open(to, '{');
	json_key(to, "task");
	json_add_z(to, in->task);
	json_key(to, "desc");
	json_add_str(to, (struct str){ in->desc, in->desc_n });
	json_close(to, '}');
	if (text)
		json_add_str(b, buf_str(&t));
	buf_release(&t);
}

static void add_row(struct buf *b, const struct fuzz_input *in, struct rng *r)
{
	static const char *const places[] = { "ground_truth", "label", "solution", "answer" };
	static const char *const formats[] = { "any", "tags", "boxed", "json", "fence", "line", "no such" };
	struct str response = { in->response, in->response_n };

	json_open(b, '{');
	switch (rng_below(r, 4)) {
	case 0:
		json_key(b, "task");
		json_add_z(b, in->task);
		json_key(b, "desc");
		json_add_str(b, (struct str){ in->desc, in->desc_n });
		break;
	case 1:
		json_key(b, "reward_model");
		json_open(b, '{');
		json_key(b, "ground_truth");
		add_truth(b, in, rng_chance(r, 50));
		json_close(b, '}');
		json_key(b, "extra_info");
		json_open(b, '{');
		json_key(b, "format");
		json_add_z(b, formats[rng_below(r, 7)]);
		json_key(b, "think");
		json_add_z(b, "open");
		json_close(b, '}');
		break;
	default:
		json_key(b, places[rng_below(r, 4)]);
		add_truth(b, in, rng_chance(r, 50));
		break;
	}
	if (rng_chance(r, 30)) {
		json_key(b, "data_source");
		json_add_str(b, str_sub(response, 0, rng_below(r, 100)));
	}
	json_key(b, "response");
	json_add_str(b, response);
	json_close(b, '}');
}

static void add_items(struct buf *b, const struct fuzz_input *in, struct rng *r)
{
	json_open(b, '{');
	json_key(b, "items");
	json_open(b, '[');
	for (uint32_t n = rng_below(r, 4); n-- > 0;)
		add_row(b, in, r);
	json_close(b, ']');
	json_close(b, '}');
}

static void add_lists(struct buf *b, const struct fuzz_input *in, struct rng *r)
{
	static const char *const names[] = { "query", "prompts", "labels" };
	uint32_t n = rng_below(r, 4);

	json_open(b, '{');
	for (int k = 0; k < 3; k++) {
		json_key(b, names[k]);
		json_open(b, '[');
		for (uint32_t i = 0; i < n; i++) {
			if (k < 2)
				json_add_str(b, (struct str){ in->response, k ? in->response_n / 3 : in->response_n });
			else
				add_truth(b, in, rng_chance(r, 50));
		}
		json_close(b, ']');
	}
	json_close(b, '}');
}

/* NeMo-Gym's: the response is an OpenAI object. */
static void add_output(struct buf *b, const struct fuzz_input *in, struct rng *r)
{
	json_open(b, '{');
	json_key(b, "ground_truth");
	add_truth(b, in, rng_chance(r, 50));
	json_key(b, "reward");
	json_add_i64(b, 7);
	json_key(b, "response");
	json_add_raw(b, STR("{\"output\":[{\"type\":\"reasoning\"},{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":"));
	json_add_str(b, (struct str){ in->response, in->response_n });
	buf_addz(b, "}]}]}");
	json_close(b, '}');
}

/* A list of what verify replies hold. */
static void add_replies(struct buf *b, const struct fuzz_input *in, struct rng *r)
{
	json_open(b, '[');
	for (uint32_t n = rng_below(r, 4); n-- > 0;) {
		json_open(b, '{');
		json_key(b, "reward");
		json_add_f64(b, (double)in->desc_n / 3);
		json_key(b, "acc");
		json_add_str(b, (struct str){ in->desc, in->desc_n });
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void damage(struct buf *b, struct rng *r)
{
	static const struct str bits[] = { { "\"", 1 }, { "\\", 1 }, { "{", 1 }, { "}", 1 }, { "[", 1 }, { "]", 1 }, { ",", 1 }, { "null", 4 }, { "1e999", 5 },
					   { "\\ud800", 6 }, { "\xff", 1 }, { "\0", 1 }, { "NaN", 3 }, { "\"task\":7,", 9 }, { "\"response\":null,", 16 } };
	uint32_t at = rng_below(r, (uint32_t)b->n + 1);
	struct buf t = BUF_INIT;

	buf_add(&t, str_sub(buf_str(b), 0, at));
	if (rng_chance(r, 70))
		buf_add(&t, bits[rng_below(r, COUNT(bits))]);
	buf_add(&t, str_from(buf_str(b), at + (rng_chance(r, 50) ? rng_below(r, 8) : 0)));
	buf_release(b);
	*b = t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		const char *url;
		void (*add)(struct buf *b, const struct fuzz_input *in, struct rng *r);
	} shapes[] = {
		{ "/v1/verify", add_items }, { "/get_reward", add_lists }, { "/remote_rm", add_row }, { "/judge", add_row },
		{ "/ng-rollout/7/verify", add_output }, { "/aggregate_metrics", add_replies }, { "/seed_session", add_row }, { "/version", add_row },
	};
	struct buf b = BUF_INIT;
	struct fuzz_input in;
	struct rng r;

	if (!metrics)
		metrics = metrics_new();
	rng_init(&r, hash64(data, size, 0), "serve");
	fuzz_read(&in, data, size);
	if (size && data[0] == '/') {
		struct str all = { (const char *)data, size };

		ask(in.task, str_from(all, strlen(in.task) + 1));
		fuzz_free(&in);
		return 0;
	}
	for (size_t i = 0; i < COUNT(shapes); i++) {
		buf_reset(&b);
		shapes[i].add(&b, &in, &r);
		ask(shapes[i].url, buf_str(&b));
		for (uint32_t n = 1 + rng_below(&r, 3); n-- > 0;)
			damage(&b, &r);
		ask(shapes[i].url, buf_str(&b));
	}
	if (rng_chance(&r, 1)) {
		buf_reset(&b);
		metrics_text(&b, metrics, 0, 0);
		FUZZ_CHECK(b.n && !b.failed && b.n < 8 << 20);
	}
	buf_release(&b);
	fuzz_free(&in);
	return 0;
}
