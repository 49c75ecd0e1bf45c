/* card.c - README.md of a dataset: what it is, for loaders and for people; see pages.h. */
#include "datasets/pages.h"

/* ---- front matter */

/* YAML's double-quoted scalars are JSON's. */
static void add_quoted(struct buf *b, struct str s)
{
	struct buf t = BUF_INIT;

	json_add_str(&t, s);
	buf_add(b, buf_str(&t));
	b->failed = b->failed || t.failed;
	buf_release(&t);
}

static void add_indent(struct buf *b, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_addz(b, "  ");
}

/* The features of a view, pinned, so that no loader has to guess types from the first rows. */
static void add_features(struct buf *b, const struct column *c, int depth)
{
	int base = depth;

	for (; c->type != COL_END || depth > base; c++) {
		static const char *const dtypes[] = {
			[COL_TEXT] = "string", [COL_INT] = "int64", [COL_REAL] = "float64", [COL_BOOL] = "bool",
		};

		if (c->type == COL_END) {
			depth--;
			continue;
		}
		add_indent(b, depth);
		buf_addf(b, "- name: %s\n", c->name);
		add_indent(b, depth + 1);
		if (c->type == COL_OBJECT) {
			buf_addz(b, "struct:\n");
			depth++;
		} else if (c->type == COL_MESSAGES) {
			buf_addz(b, "list:\n");
			for (int i = 0; i < 2; i++) {
				add_indent(b, depth + 1);
				buf_addf(b, "- name: %s\n", i ? "content" : "role");
				add_indent(b, depth + 2);
				buf_addz(b, "dtype: string\n");
			}
		} else {
			buf_addf(b, "dtype: %s\n", dtypes[c->type]);
		}
	}
}

struct split_size {
	int64_t rows, bytes, text_bytes;
};

static struct split_size size_of(const struct shards *s, int view, int split)
{
	struct split_size z = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		const struct shard_entry *e = &s->at[i];

		if (e->view != view || (split >= 0 && (int)e->split != split))
			continue;
		z.rows += e->info.rows;
		z.bytes += e->info.bytes;
		z.text_bytes += e->info.text_bytes;
	}
	return z;
}

/* rl where there are rows of it. */
static int first_view(const struct shards *s)
{
	for (int v = 0; v < VIEWS; v++)
		if (size_of(s, v, -1).rows)
			return v;
	return VIEW_TRACES;
}

/* Only views and splits that have rows: a loader fails on a pattern that matches nothing. */
static void add_configs(struct buf *b, const struct shards *s)
{
	buf_addz(b, "configs:\n");
	for (int v = 0; v < VIEWS; v++) {
		if (size_of(s, v, -1).rows == 0)
			continue;
		buf_addf(b, "- config_name: %s\n", view_name(v));
		if (v == first_view(s))
			buf_addz(b, "  default: true\n");
		buf_addz(b, "  data_files:\n");
		for (int i = 0; i < SPLITS; i++)
			if (size_of(s, v, i).rows)
				buf_addf(b, "  - split: %s\n    path: data/%s/%s-*.jsonl.zst\n", split_name((enum split)i), view_name(v),
					 split_name((enum split)i));
	}
	buf_addz(b, "dataset_info:\n");
	for (int v = 0; v < VIEWS; v++) {
		struct split_size all = size_of(s, v, -1);

		if (all.rows == 0)
			continue;
		buf_addf(b, "- config_name: %s\n  features:\n", view_name(v));
		add_features(b, view_columns(v), 1);
		buf_addz(b, "  splits:\n");
		for (int i = 0; i < SPLITS; i++) {
			struct split_size z = size_of(s, v, i);

			if (z.rows)
				buf_addf(b, "  - name: %s\n    num_bytes: %lld\n    num_examples: %lld\n", split_name((enum split)i),
					 (long long)z.text_bytes, (long long)z.rows);
		}
		buf_addf(b, "  download_size: %lld\n  dataset_size: %lld\n", (long long)all.bytes, (long long)all.text_bytes);
	}
}

static const char *size_category(int64_t rows)
{
	return rows < 1000 ? "n<1K" : rows < 10000 ? "1K<n<10K" : rows < 100000 ? "10K<n<100K" : rows < 1000000 ? "100K<n<1M" :
	       rows < 10000000 ? "1M<n<10M" : rows < 100000000 ? "10M<n<100M" : "100M<n<1B";
}

static void add_front(struct buf *b, const struct dataset_plan *plan, const struct shards *s, const struct stats *st)
{
	int64_t rows = 0;

	for (int v = 0; v < VIEWS; v++)
		rows += size_of(s, v, -1).rows;
	buf_addz(b, "---\npretty_name: ");
	add_quoted(b, str_of(plan->name));
	buf_addz(b, "\nlicense: mit\nlanguage:\n");
	for (int i = 0; i < st->langs; i++)
		buf_addf(b, "- %s\n", st->lang[i]);
	buf_addz(b, "task_categories:\n- text-generation\ntags:\n- reasoning\n- puzzles\n"
		    "- synthetic\n- verifiable-rewards\n- quarry\n");
	buf_addf(b, "size_categories:\n- %s\n", size_category(rows));
	add_configs(b, s);
	buf_addz(b, "---\n\n");
}

/* ---- the text */

static double part(int64_t k, int64_t n)
{
	return n ? 100.0 * (double)k / (double)n : 0;
}

static void add_views(struct buf *b, const struct stats *st, const struct shards *s)
{
	static const char *const what[VIEWS] = {
		[VIEW_RL] = "prompts that are neither too easy nor too hard for the sampler, with their pass rate",
		[VIEW_SFT] = "right answers fit to imitate: complete, in the format asked, no loops, not told before they are worked out",
		[VIEW_PAIRS] = "a right and a wrong answer to the same prompt",
		[VIEW_TRACES] = "every answer that was drawn, with its verdict",
		[VIEW_DEFERRED] = "prompts that were never answered right: for a stronger sampler",
	};

	buf_addz(b, "## Views\n\n| config | train | validation | compressed | what |\n|---|--:|--:|--:|---|\n");
	for (int v = 0; v < VIEWS; v++)
		buf_addf(b, "| `%s` | %lld | %lld | %.1f KiB | %s |\n", view_name(v), (long long)st->rows[v][SPLIT_TRAIN],
			 (long long)st->rows[v][SPLIT_VALIDATION], (double)size_of(s, v, -1).bytes / 1024, what[v]);
	buf_addz(b, "\nA view or split without rows has no file. Splits are ranges of `canon`, the hash of a puzzle under its symmetries: no\n"
		    "puzzle of one split is a twin of one in the other. All rows of a view have the same keys and types; `knobs`, `effort`,\n"
		    "`model`, `models` and `sampling` are JSON in a string; where `has_stats` is false, `logprob_mean` and `entropy_mean` mean\n"
		    "nothing.\n\n");
}

static void add_tasks(struct buf *b, const struct stats *st)
{
	buf_addz(b, "## Tasks\n\n| task | prompts | samples | right | kept |\n|---|--:|--:|--:|--:|\n");
	for (int i = 0; i <= st->tasks; i++) {
		const struct task_stats *t = i < st->tasks ? &st->task[i] : &st->all;

		buf_addf(b, "| %s | %lld | %lld | %.1f %% | %lld |\n", i < st->tasks ? t->name : "**all**", (long long)t->prompts, (long long)t->samples,
			 part(t->right, t->samples - t->errors), (long long)t->fate[FATE_KEPT]);
	}
	buf_addz(b, "\n");
}

static void add_filter(struct buf *b, const struct dataset_plan *p, const struct stats *st)
{
	buf_addz(b, "## Kept and dropped\n\n");
	limits_tell(b, &p->limits);
	buf_addz(b, "\n\n| prompts | |\n|---|--:|\n");
	for (int f = 0; f < FATES; f++)
		if (st->all.fate[f])
			buf_addf(b, "| %s | %lld |\n", fate_name((enum fate)f), (long long)st->all.fate[f]);
	buf_addf(b, "\nOf the right answers to kept prompts at most %d a prompt, the %s fit ones, are in `sft`:\n\n| right answers | |\n|---|--:|\n",
		 p->sft_per_prompt, p->sft_by == SFT_SHORTEST ? "shortest" : "first");
	for (int t = 0; t < TRAITS; t++)
		if (st->trait[t])
			buf_addf(b, "| %s | %lld |\n", trait_name((enum trait)t), (long long)st->trait[t]);
	buf_addz(b, "\n");
}

static void add_use(struct buf *b, const struct shards *s)
{
	buf_addf(b,
		 "## Loading\n\n```python\nfrom datasets import load_dataset  # and: pip install zstandard\n\n"
		 "rows = load_dataset(\"path/to/this/directory\", \"%s\")\n```\n\n",
		 view_name(first_view(s)));
	buf_addz(b, "## Checking\n\n```sh\nquarry verify --recheck data/traces/train-00000-*.jsonl.zst --summary\n```\n\n"
		    "Every verdict can be had again from a row alone: `ground_truth` (in `rl`: `reward_model.ground_truth`) states the whole puzzle,\n"
		    "and `quarry verify` judges a response by the rules, never against a stored answer. `manifest.json` holds the\n"
		    "SHA-256 of every shard and of the text in it; the text is the same for the same recipe, seed, model and instruction set.\n\n");
}

/* A fence longer than any in the text. */
static void add_fenced(struct buf *b, struct str text, const char *word)
{
	int run = 0, longest = 2;

	for (size_t i = 0; i < text.n; i++) {
		run = text.s[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (int i = 0; i <= longest; i++)
		buf_addc(b, '`');
	buf_addf(b, "%s\n", word);
	buf_add(b, text);
	if (text.n && text.s[text.n - 1] != '\n')
		buf_addc(b, '\n');
	for (int i = 0; i <= longest; i++)
		buf_addc(b, '`');
	buf_addz(b, "\n\n");
}

/* Who answered, where there are several. */
static void add_models(struct buf *b, const struct stats *st, const struct about *about)
{
	if (about->limits.models < 2)
		return;
	buf_addz(b, "## Models\n\n| model | samples | right | |\n|---|--:|--:|---|\n");
	for (int m = 0; m < about->limits.models; m++)
		buf_addf(b, "| `%.*s` | %lld | %.1f %% | %s |\n", (int)about->by[m].name.n, about->by[m].name.s, (long long)st->model[m].samples,
			 part(st->model[m].right, st->model[m].samples - st->model[m].errors), m == about->limits.model ? "decides what is kept; `sft` and `pairs` are its answers" : "");
	buf_addz(b, "\nEvery row says how often each of them was right (`models`); `traces` holds the answers of all.\n\n");
}

void card_write(struct buf *b, const struct dataset_plan *plan, const struct shards *s, const struct stats *st,
		const struct about *about)
{
	add_front(b, plan, s, st);
	buf_addf(b, "# %s\n\n", plan->name);
	if (plan->demonstration)
		buf_addz(b, "> **This is a demonstration, not training data.** The answers were drawn from the small model that comes with quarry. They show\n"
			    "> what a dataset looks like; pass rates are that model's.\n\n");
	buf_addf(b, "%lld prompts, invented by quarry and answered %lld times by `%.*s`; every answer was judged by the puzzle's rules.\n"
		    "%lld prompts are kept. See `report.html` for pass rates and lengths.\n\n",
		 (long long)st->all.prompts, (long long)st->all.samples, (int)about->model_name.n, about->model_name.s,
		 (long long)st->all.fate[FATE_KEPT]);
	add_models(b, st, about);
	add_views(b, st, s);
	add_tasks(b, st);
	add_filter(b, plan, st);
	add_use(b, s);
	if (plan->recipe.n) {
		buf_addz(b, "## Recipe\n\n");
		add_fenced(b, plan->recipe, "yaml");
	}
	if (plan->provenance.n) {
		buf_addz(b, "## Provenance\n\n");
		add_fenced(b, plan->provenance, "json");
	}
}
