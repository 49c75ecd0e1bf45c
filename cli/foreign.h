/*
 * foreign.h - rows of other houses' datasets, turned into what our rules judge: a task and its desc.
 *
 *	struct foreign f = FOREIGN_INIT;
 *	if (foreign_read(&f, row, FOREIGN_SYNLOGIC, &err) < 0)
 *		...						// no row of that schema; err says what is missing
 *	foreign_judge(&f, response, false, &room, &v);		// f.rule is NULL for a name that nobody knows: v is bad_task
 *	foreign_release(&f);
 *
 * A puzzle that the row states fully becomes a desc of our own task (f.task), judged by the rules as its question states them.
 * Where only an answer is stored, the desc is one of the rule "stored_answer": how to compare, and with what.
 */
#ifndef QUARRY_CLI_FOREIGN_H
#define QUARRY_CLI_FOREIGN_H

#include "base/json.h"
#include "generators/task.h"
#include "verifiers/verify.h"

enum foreign_kind { FOREIGN_SYNLOGIC, FOREIGN_GYM };

struct foreign {
	char name[64];                  /* as the row has it, without "val/" */
	const struct quarry_rule *rule; /* NULL: an unknown name, or the row does not hold what its task needs: see why */
	const struct task *task;        /* NULL: a stored answer */
	char why[120];                  /* where rule is NULL */
	bool unknown;                   /* there: nobody knows the name */
	bool never;                     /* there: the puzzle can have no answer, why says why; set by convert */
	struct buf desc;
	struct buf question, gold;      /* gold: the stored answer as text; empty where there is none */
	enum quarry_format asked;       /* by the question: boxed, fence, or any */
	bool found;                     /* no task of ours, and yet the desc is of the puzzle's rules, not of what is stored; the same */
	bool list;                      /* the question asks for [[...]] or [(...)] at the end; set by convert */
	bool flat;                      /* it asks for [...]; the same */
	bool line;                      /* it asks for a last line "The answer is ..."; the same */
	bool prose;                     /* where nothing is handed in, what is shown is the answer, in sentences; the same */
	bool whole;                     /* and that is matched as it is, but for tags around it; the same */
	bool bare;                      /* where nothing is handed in, all that is shown is the answer */
	struct json meta;               /* SynLogic's metadata or reasoning-gym's; inside text */
	struct buf text, extra;         /* extra: of an extra_info that is JSON in a string */
};

#define FOREIGN_INIT ((struct foreign){ .task = NULL })

int foreign_read(struct foreign *f, struct json row, enum foreign_kind kind, struct err *err);
void foreign_release(struct foreign *f);
bool foreign_kind_from(const char *name, enum foreign_kind *ret); /* "synlogic", "reasoning-gym" */
/* The row's `response`, else the one that its game_data_str holds; false: none. */
bool foreign_response(const struct foreign *f, struct json row, struct buf *response);
/*
 * Judge a response as its row asks: what stands between <answer> tags, else what is handed in as the question says (a box, a block,
 * a list in brackets, a line), else whatever an answer may look like, else a last line that is right. The verdict's answer points into the response or the room.
 */
void foreign_judge(const struct foreign *f, struct str response, bool strict, struct buf *room, struct quarry_verdict *v);

/* The same for a response to f->prose; foreign_judge asks it. */
void foreign_prose(const struct foreign *f, struct str response, bool strict, struct quarry_verdict *v);

/*
 * How one of their tasks becomes ours: f has question, gold and meta; the desc goes to f->desc. False with f->why set where
 * the row lacks something.
 */
typedef bool foreign_fn(struct foreign *f);

struct foreign_task {
	const char *theirs, *ours; /* names; ours may be stored_answer */
	foreign_fn *convert;
};

/* Tables by family, each in a file of its own; they end with a NULL name. */
extern const struct foreign_task foreign_boards[];  /* foreign_boards.c: grids with metadata */
extern const struct foreign_task foreign_texts[];   /* foreign_texts.c: words, numbers and stories */
extern const struct foreign_task foreign_bench[];   /* foreign_bench.c: BBH, BBEH, GPQA, ARC: stored answers */
extern const struct foreign_task foreign_gym[];     /* foreign_gym.c: reasoning-gym */

#endif
