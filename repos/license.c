/* license.c - SPDX names of licences' texts. See license.h. */
#include "repos/license.h"

#include <string.h>
#include <strings.h>

enum { LICENSE_MAX = 256 << 10 };

/* The first row all of whose phrases stand in the text wins, so the more special come first. */
static const struct {
	const char *spdx;
	const char *phrase[3];
} licenses[] = {
	{ "AGPL-3.0", { "gnu affero general public license", "version 3" } },
	{ "LGPL-3.0", { "gnu lesser general public license", "version 3, 29 june 2007" } },
	{ "LGPL-2.1", { "gnu lesser general public license", "version 2.1" } },
	{ "GPL-3.0", { "gnu general public license", "version 3, 29 june 2007" } },
	{ "GPL-2.0", { "gnu general public license", "version 2, june 1991" } },
	{ "Apache-2.0", { "apache license", "version 2.0" } },
	{ "Apache-2.0", { "licensed under the apache license, version 2.0" } },
	{ "MPL-2.0", { "mozilla public license", "2.0" } },
	{ "EPL-2.0", { "eclipse public license - v 2.0" } },
	{ "BSL-1.0", { "boost software license - version 1.0" } },
	{ "PSF-2.0", { "python software foundation license version 2" } },
	{ "BSD-3-Clause", { "redistributions of source code must retain", "redistributions in binary form must reproduce", "endorse or promote products derived" } },
	{ "BSD-2-Clause", { "redistributions of source code must retain", "redistributions in binary form must reproduce" } },
	{ "MIT", { "permission is hereby granted, free of charge", "the software is provided \"as is\"" } },
	{ "ISC", { "permission to use, copy, modify, and/or distribute this software for any purpose" } },
	{ "ISC", { "permission to use, copy, modify, and distribute this software for any purpose" } },
	{ "Zlib", { "this software is provided 'as-is'", "altered source versions must be plainly marked" } },
	{ "Unlicense", { "this is free and unencumbered software released into the public domain" } },
	{ "CC0-1.0", { "cc0 1.0 universal" } },
};

const char *license_read(struct str text)
{
	struct buf flat = BUF_INIT;
	const char *found = "";

	for (size_t i = 0; i < text.n && i < LICENSE_MAX; i++) {
		char c = text.s[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			if (flat.n && flat.s[flat.n - 1] != ' ')
				buf_addc(&flat, ' ');
		} else {
			buf_addc(&flat, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
		}
	}
	for (size_t i = 0; !*found && i < COUNT(licenses); i++) {
		bool all = true;

		for (size_t k = 0; k < 3 && licenses[i].phrase[k]; k++)
			all = all && str_find(buf_str(&flat), str_of(licenses[i].phrase[k])) >= 0;
		if (all)
			found = licenses[i].spdx;
	}
	buf_release(&flat);
	return found;
}

/* A name at the top of a tree that a licence is kept under. */
static bool is_license(struct str name)
{
	static const char *const begins[] = { "license", "licence", "copying", "unlicense" };

	for (size_t i = 0; i < COUNT(begins); i++)
		if (name.n >= strlen(begins[i]) && strncasecmp(name.s, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

const char *license_of(struct repo *r, const struct oid *tree)
{
	struct object top = OBJECT_INIT;
	const char *found = "";

	if (repo_tree(r, tree, &top) == OBJECT_OK) {
		struct str raw = object_str(&top);
		struct tree_entry e;

		while (!*found && tree_next(&raw, &e) == 1) {
			struct object text = OBJECT_INIT;

			if ((e.mode == MODE_FILE || e.mode == MODE_EXEC) && is_license(e.name) && repo_blob(r, &e.id, LICENSE_MAX, &text) == OBJECT_OK)
				found = license_read(object_str(&text));
			object_release(&text);
		}
	}
	object_release(&top);
	return found;
}
