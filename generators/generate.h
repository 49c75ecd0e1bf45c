/*
 * quarry/generate.h - puzzles for a program in another language: everything in and out is JSON text.
 *
 *	char error[QUARRY_ERROR_MAX];
 *	struct quarry_generator *g = quarry_generator_new("{\"task\":\"sudoku\",\"difficulty\":\"1..4\"}", error);
 *	char *line = quarry_generator_line(g, 7, 0, error);	// what `quarry generate sudoku -d 1..4 -s 7` writes first
 *	quarry_text_free(line);
 *	quarry_generator_free(g);
 *
 * libquarry-generate is private to the bindings and comes with them; its interface is no promise to others. A generator is not
 * changed by its use: any number of threads may share one.
 */
#ifndef QUARRY_GENERATE_H
#define QUARRY_GENERATE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUARRY_GENERATE_API __attribute__((visibility("default")))

enum { QUARRY_ERROR_MAX = 512 };

struct quarry_generator;

/*
 * From a wish, a JSON object of the options of `quarry generate`: "task" (needed), "difficulty" (3, 2.5 or "1..4"), "lang", "format",
 * "form", "canon" ("0.5..1"), "knobs" {}, "worked", "bare" (neither canon nor effort is made: faster). NULL: error says why.
 */
QUARRY_GENERATE_API struct quarry_generator *quarry_generator_new(const char *wish, char error[QUARRY_ERROR_MAX]);
QUARRY_GENERATE_API void quarry_generator_free(struct quarry_generator *g);
/* The i-th instance under a run's seed (both below 2^63) as one JSON object; NULL: error says why. */
QUARRY_GENERATE_API char *quarry_generator_line(const struct quarry_generator *g, uint64_t seed, uint64_t i, char error[QUARRY_ERROR_MAX]);
/* {"tasks":[...]} as `quarry tasks --json` writes it; NULL: out of memory. */
QUARRY_GENERATE_API char *quarry_tasks_json(void);
QUARRY_GENERATE_API void quarry_text_free(char *text);

#ifdef __cplusplus
}
#endif

#endif
