/*
 * foreign_symbols.h - what an expression is worth in which signs of the puzzle's own stand beside + - * / % **.
 *
 *	if (symbols_value(definitions, STR("4 @ 5 - 1"), false, &v))
 *		...
 *
 * The definitions are SynLogic's: {"@": {"precedence": 4, "conditions": [{"condition": "x is odd", "operation": "x + y"}],
 * "default_operation": "x - y"}}, in English or Chinese. 1 is the precedence of + and -, 2 of * / %, 3 of **, 4 and 5 bind tighter.
 * What is equal goes from left to right; whether ** does is the reader's to say, for the questions do not.
 */
#ifndef QUARRY_CLI_FOREIGN_SYMBOLS_H
#define QUARRY_CLI_FOREIGN_SYMBOLS_H

#include "base/json.h"

/* False: something in it is not understood, has no value, or takes too long. */
bool symbols_value(struct json definitions, struct str expression, bool powers_from_right, double *ret);

#endif
