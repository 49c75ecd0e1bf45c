/*
 * prompt.h - wordings from .prompt files: a small grammar, so that one puzzle is asked in hundreds of ways.
 *
 * A .prompt file holds families of wordings, each under a line "== LANG NAME":
 *
 *	# a comment, before the first wording only
 *	== en plain
 *	{{opening}}
 *	{{Fill|Complete}} this 4 x 4 grid:
 *	{{=board|=rows}}
 *	~ Each row holds 1 to 4 once.
 *	~ Each column holds 1 to 4 once.
 *	Give the grid row by row. {{handin}}
 *
 * {{hole}}		its text comes from the task's fields(), from a slot of the file or from generators/slots.prompt
 * {{a|b|}}		one of these texts; = in front makes it a hole of the task's
 * ~ rule		consecutive lines of this kind come in any order, as a list with -, * or numbers
 * {{how}}		how to hand in the answer, plainly; {{handin}}: the same, said in one of several ways
 *			(verifiers/answers.prompt, whose wordings are named LANG FORMAT)
 * == en slot:NAME	no wording but a piece: {{NAME}} in the families of that language
 * == en NAME held	kept for validation: drawn only where it is asked for
 * == en NAME tiny	the wording that models/tiny was trained on: unchanged
 *
 * A line on which only holes stand that stay empty is dropped. A family's forms are numbered: "plain.17"; one that
 * has no choice in it is just "plain". Texts are read once; all functions may run in any number of threads.
 */
#ifndef QUARRY_GENERATORS_PROMPT_H
#define QUARRY_GENERATORS_PROMPT_H

#include "base/err.h"
#include "generators/task.h"
#include "verifiers/verify.h"

enum { PROMPT_TURN_MAX = 9 };  /* "plain.17~2": the same, its rules turned so that the third of them is the first */
enum { PROMPT_FORM_MAX = 48 }; /* bytes of a form's name, with the NUL */

struct prompt_family {
	struct str name, tag; /* static; the tag is held, tiny or empty */
	uint32_t forms;       /* how many wordings, at most 2^31 - 1 are told apart */
};

int prompt_families(const char *task, enum lang lang);
struct prompt_family prompt_family(const char *task, enum lang lang, int i);

/*
 * Draw a wording. `wish` names families, tags or single forms, parted by commas; "all" is every family, "" every one that
 * is not held. Families are drawn by the number of their forms, at most 64 of each counting, so that no form is common.
 * ERR_FAIL where the task has nothing that was wished for.
 */
int prompt_draw(char form[PROMPT_FORM_MAX], const char *task, enum lang lang, struct str wish, struct rng *rng,
		struct err *err);

/* The prompt of a desc; ERR_FAIL names a hole that nobody filled or an unknown form. */
int prompt_write(struct buf *out, const struct task *t, struct str desc, enum lang lang, enum quarry_format format,
		 struct str form, struct err *err);

#endif
