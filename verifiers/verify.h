/*
 * quarry/verify.h - decide whether a model's answer obeys a puzzle's rules.
 *
 *	struct quarry_verdict v;
 *	quarry_verify(quarry_rule("sudoku"), desc, response, &v);
 *	if (v.mark == QUARRY_CORRECT)
 *		reward = v.score;
 *
 * A check allocates nothing, prints nothing, runs no code and keeps no state, so any number of threads
 * may call it at once. It is linear in the response: under 10 ms for any megabyte, and options.budget bounds the megabytes.
 * It needs about 240 KiB of stack.
 */
#ifndef QUARRY_VERIFY_H
#define QUARRY_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUARRY_VERSION "0.1.0"

#if defined(__GNUC__)
#define QUARRY_API __attribute__((visibility("default")))
#else
#define QUARRY_API
#endif

enum quarry_mark {
	QUARRY_CORRECT,
	QUARRY_WRONG,      /* an answer was read and breaks a rule */
	QUARRY_UNREADABLE, /* an answer was handed in that cannot be parsed */
	QUARRY_NO_ANSWER,  /* nothing was handed in */
	QUARRY_BAD_TASK,   /* our side is broken: unknown task, damaged desc. Never about the response */
};

/* How an answer is handed in. QUARRY_ANY asks for nothing in particular. */
enum quarry_format {
	QUARRY_ANY,
	QUARRY_TAGS,  /* <answer>...</answer> */
	QUARRY_BOXED, /* \boxed{...} */
	QUARRY_JSON,  /* {"answer": ...} */
	QUARRY_FENCE, /* a fenced block */
	QUARRY_LINE,  /* a last line "Answer: ..." */
	QUARRY_FORMATS
};

struct quarry_rule; /* one task's rule; static, never freed */

struct quarry_options {
	enum quarry_format format; /* the format that the prompt asked for */
	bool think_open;           /* the prompt's template had already opened the thought */
	bool strict_format;        /* any other format, or two different final answers, is QUARRY_UNREADABLE */
	size_t budget;             /* most steps: a check takes one for each byte of the response; 0: no bound. A longer one is QUARRY_UNREADABLE */
};

struct quarry_verdict {
	enum quarry_mark mark;
	double score;         /* 0..1 */
	bool format_ok;       /* the answer came as it was asked for (always true for QUARRY_ANY with a wrapper) */
	int answers_seen;     /* how many different answers were handed in, at most 99 */
	const char *answer;   /* what was read as the answer: answer_len bytes inside the response, or NULL */
	size_t answer_len;
	char why[160];        /* one sentence, for people; UTF-8 */
};

/* The rule of a task by its name ("sudoku"; aliases are known), NULL where there is none. */
QUARRY_API const struct quarry_rule *quarry_rule(const char *task);
QUARRY_API const struct quarry_rule *quarry_rule_at(size_t i); /* by number, in order of name; NULL past the last */
QUARRY_API const char *quarry_rule_name(const struct quarry_rule *rule);
QUARRY_API int quarry_rule_revision(const struct quarry_rule *rule);

/* Judge a response. A NULL rule is QUARRY_BAD_TASK. The strings end in NUL. */
QUARRY_API void quarry_verify(const struct quarry_rule *rule, const char *desc, const char *response,
			      struct quarry_verdict *v);
/* The same for any bytes; o may be NULL. */
QUARRY_API void quarry_verify_n(const struct quarry_rule *rule, const char *desc, size_t desc_len,
				const char *response, size_t response_len, const struct quarry_options *o,
				struct quarry_verdict *v);

/*
 * The same by a ground truth, {"v":1,"task":"sudoku","revision":1,"desc":"..."}: the one string that travels with a dataset's row.
 * Anything else is QUARRY_BAD_TASK.
 */
QUARRY_API void quarry_verify_truth(const char *truth, size_t truth_len, const char *response, size_t response_len,
				    const struct quarry_options *o, struct quarry_verdict *v);

/* ---- many at once ---- */

struct quarry_item {
	const char *truth; /* a ground truth; or NULL, and rule and desc hold */
	size_t truth_len;
	const struct quarry_rule *rule;
	const char *desc;
	size_t desc_len;
	const char *response;
	size_t response_len;
	const struct quarry_options *options; /* may be NULL */
};

/*
 * Threads to judge on, the caller's own among them: 1 .. 256, else NULL, as when memory is short. Where fewer can be started, there are
 * fewer. Any number of threads may share a pool. After fork() the child's use of it is valid and runs on the calling thread alone; a child
 * that wants threads makes a pool of its own.
 */
struct quarry_pool;
QUARRY_API struct quarry_pool *quarry_pool_new(int threads);
QUARRY_API int quarry_pool_threads(const struct quarry_pool *pool); /* how many a batch runs on here; of NULL 1 */
QUARRY_API void quarry_pool_free(struct quarry_pool *pool);         /* no batch may be running; NULL is fine */
/* A verdict for each of n items, in order; the same as one by one. pool NULL: on the calling thread. */
QUARRY_API void quarry_verify_batch(struct quarry_pool *pool, const struct quarry_item *item, size_t n, struct quarry_verdict *verdict);

/* ---- names ---- */

QUARRY_API const char *quarry_mark_name(enum quarry_mark mark);       /* "correct", "wrong", "unreadable", ... */
QUARRY_API const char *quarry_format_name(enum quarry_format format); /* "any", "tags", "boxed", "json", "fence", "line" */
QUARRY_API bool quarry_format_from(const char *name, enum quarry_format *ret);
QUARRY_API const char *quarry_version(void);

#ifdef __cplusplus
}
#endif

#endif
