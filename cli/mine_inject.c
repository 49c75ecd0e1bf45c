/* mine_inject.c - bugs put into a commit, each tried as a change that takes it out again. See mine.h, repos/inject.h. */
#include "cli/mine_inside.h"

#include "cli/stop.h"
#include "repos/modules.h"

#include "base/json.h"
#include "base/log.h"

#include <stdlib.h>

enum { DRAWN_FOR_EACH = 5, DRAWN_MORE = 20 }; /* bugs that are drawn for each that is wanted: about four of five are noticed */

static struct ground *ground_of(struct mine *m, enum code_lang lang)
{
	return &m->grounds[lang != CODE_PYTHON];
}

/* Runs the tests of the tree without bugs. Where they do not run that is said, and no bugs of this language are put in. */
static int settle_ground(struct mine *m, struct repo *r, const struct oid *tree, enum code_lang lang, struct err *err)
{
	struct ground *g = ground_of(m, lang);
	struct change_ask ask = { .repo = r, .name = m->name, .start = *tree, .fixed = *tree, .code_lang = code_lang_name(lang), .env = m->o.env,
		.variants = m->o.variants, .until = stop_until() };
	struct validation v = { 0 };
	int rc = tests_of_tree(&g->files, &g->text, r, tree, lang, err);

	ask.files = g->files;
	if (rc == 0 && g->files.n == 0)
		mine_count(&m->counts.dropped, &m->counts.n_dropped, STR("no_tests"), 1);
	else if (rc == 0)
		rc = settle(m->harness, &ask, &g->settled, &v, err);
	if (rc == 0 && g->files.n && !stop_asked()) {
		m->counts.cpu_s += (double)v.cpu_us / 1e6;
		if (!g->settled) {
			log_warn("%s: the tests of its %s do not run: %s", m->name, code_lang_name(lang), v.reason);
			mine_count(&m->counts.dropped, &m->counts.n_dropped, str_of(v.reason), 1);
		}
	}
	validation_release(&v);
	return rc;
}

int mine_offer_bugs(struct mine *m, struct repo *r, const char *head, struct err *err)
{
	struct bugs_options o = { .seed = (uint64_t)m->o.common->seed, .most = DRAWN_FOR_EACH * m->o.inject + DRAWN_MORE, .together = m->o.together };
	struct oid commit;
	struct commit c = { 0 };
	unsigned there;
	int rc = repo_resolve(r, head, &commit, err);

	if (rc == 0 && repo_commit(r, &commit, &c) != OBJECT_OK)
		rc = err_set(err, "%s: the commit %s cannot be read", m->path, head);
	if (rc == 0 && walk_excludes(&m->o.walk, &commit))
		rc = err_set(err, "%s: the commit %s is excluded", m->path, head);
	there = rc == 0 ? bugs_langs(r, &c.tree) & (m->o.walk.langs ? m->o.walk.langs : ~0u) : 0;
	if (there >> CODE_PYTHON & 1 && !m->o.dry)
		rc = settle_ground(m, r, &c.tree, CODE_PYTHON, err);
	if (rc == 0 && (there >> CODE_C & 1 || there >> CODE_CPP & 1) && !m->o.dry)
		rc = settle_ground(m, r, &c.tree, there >> CODE_C & 1 ? CODE_C : CODE_CPP, err);
	if (m->grounds[0].settled || m->o.dry)
		o.langs |= there & 1u << CODE_PYTHON;
	if (m->grounds[1].settled || m->o.dry)
		o.langs |= there & (1u << CODE_C | 1u << CODE_CPP);
	object_release(&c.object);
	if (rc == 0 && o.langs)
		rc = bugs_draw(&m->bugs, m->box, r, &commit, &o, err);
	m->counts.bug_files += m->bugs.files;
	m->counts.bug_unread += m->bugs.unread;
	m->counts.bug_places += m->bugs.places;
	for (size_t i = 0; rc == 0 && i < m->bugs.n; i++)
		rc = mine_offer(m, (struct slot){ .commit = m->bugs.at[i].tree, .number = i });
	return rc < 0 ? rc : 0;
}

int mine_try_bug(struct attempt *a)
{
	struct mine *m = a->m;
	const struct bug *bug = &m->bugs.at[a->slot->number];
	const struct ground *g = ground_of(m, bug->lang);
	struct change_ask ask = { .repo = a->repo, .name = m->name, .fixed = m->bugs.commit.tree, .files = g->files, .code_lang = code_lang_name(bug->lang),
		.variants = m->o.variants, .settled = g->settled, .until = stop_until() };
	struct row_ask row = { .kind = "bug_injection", .bug = bug, .seed = (uint64_t)m->o.common->seed };
	struct buf put_in = BUF_INIT;
	struct made c;
	struct validation v = { 0 };
	int rc = bug_candidate(&c, a->repo, &m->bugs, bug, a->err);

	if (rc < 0)
		return rc;
	rc = bug_patch(&put_in, a->repo, &m->bugs, bug, a->err);
	json_key(a->line, "operator");
	json_add_z(a->line, bug_operator(bug));
	ask.start = c.c.parent_tree;
	row.bug_patch = buf_str(&put_in);
	if (rc == 0)
		rc = validate(m->harness, &ask, &v, a->err);
	if (rc == 0 && v.kept) {
		v.task.made = v.task.start;
		v.task.made_of = v.task.from;
		v.task.edits = bug_sites(bug, &v.task.text);
		v.task.n_edits = bug->n_edits;
		if (!v.task.edits)
			rc = err_set(a->err, "out of memory");
	}
	if (rc == 0)
		rc = mine_add_result(a, &c.c, &v, &row);
	validation_release(&v);
	made_release(&c);
	buf_release(&put_in);
	return rc < 0 ? rc : 1;
}

void mine_drop_bugs(struct mine *m)
{
	bugs_release(&m->bugs);
	for (int i = 0; i < 2; i++) {
		settled_free(m->grounds[i].settled);
		arena_release(&m->grounds[i].text);
		m->grounds[i] = (struct ground){ 0 };
	}
}
