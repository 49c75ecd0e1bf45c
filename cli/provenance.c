/* provenance.c - are two runs one? See provenance.h. */
#include "cli/provenance.h"
#include "base/json.h"

const char *provenance_differs(struct str then, struct str now, bool *mix)
{
	static const struct {
		const char *part, *what;
		bool mix;
	} parts[] = {
		{ "recipe_hash", "another recipe's run", false },
		{ "seed", "a run of another seed or other sampling settings", false },
		{ "sampling", "a run of another seed or other sampling settings", false },
		{ "model", "a run of another model or instruction set", true },
		{ "models", "a run of another model or instruction set", true },
		{ "chat", "a run of another chat template", true },
		{ "revisions", "a run of another revision of the tasks", true },
		{ "quarry", "a run of another quarry", true },
	};
	struct json a, b, x, y;
	struct err ignored;

	*mix = false;
	if (!json_parse(&a, then, &ignored) || !json_parse(&b, now, &ignored))
		return "a damaged run";
	for (size_t i = 0; i < COUNT(parts); i++) {
		json_get(a, parts[i].part, &x);
		json_get(b, parts[i].part, &y);
		*mix = parts[i].mix;
		if (!str_eq(x.raw, y.raw))
			return parts[i].what;
	}
	return NULL;
}
