/*
 * provenance.h - what must be the same for two runs to be one: resuming and merging ask it.
 *
 *	const char *what = provenance_differs(then, now, &mix);	// JSON texts, as run.db's "provenance"
 *	if (what && !(mix && given_mix))
 *		return err_set(err, "%s holds %s", dir, what);
 */
#ifndef QUARRY_CLI_PROVENANCE_H
#define QUARRY_CLI_PROVENANCE_H

#include "base/str.h"

/*
 * NULL where all that bytes depend on is the same; else what `then` is, as "another recipe's run". *mix: whether --mix may
 * allow it. Both unread are "a damaged run".
 */
const char *provenance_differs(struct str then, struct str now, bool *mix);

#endif
