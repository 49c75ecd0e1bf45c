/* list.h - small things that several commands share: tasks by name, knobs by name, languages, formats. */
#ifndef QUARRY_CLI_LIST_H
#define QUARRY_CLI_LIST_H

#include "base/err.h"
#include "generators/instance.h"

/* The task, or NULL with "unknown task ...; did you mean ...?". */
const struct task *find_task(struct str name, struct err *err);
/* "k=v" onto an ask; false with err set. */
bool ask_knob(struct instance_ask *ask, struct str name, int64_t value, struct err *err);
bool ask_knob_text(struct instance_ask *ask, const char *text, struct err *err);
/* Comma-separated languages / formats ("tags,boxed", "all"); how many, or -1 with err set. */
int parse_langs(const char *text, enum lang ret[LANGS], struct err *err);
int parse_formats(const char *text, enum quarry_format ret[QUARRY_FORMATS], struct err *err);
/* Difficulty for the i-th instance of a range lo..hi of tenths: whole steps drawn evenly from its seed. */
int draw_difficulty(int lo, int hi, uint64_t seed);

#endif
