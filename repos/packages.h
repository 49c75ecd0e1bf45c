/*
 * packages.h - the files of this machine that an environment's runs need: its programs' packages, all that these depend on, and what was
 * made of them when they were installed (links of alternatives, compiled Python).
 *
 *	struct packages p = { 0 };
 *
 *	if (packages_find(&p, &env, 1, &more, &err) < 0)	// no dpkg here, or a program that belongs to no package
 *		...
 *	for (size_t i = 0; i < p.files.n; i++)
 *		add(p.files.at[i]);		// "usr/bin/python3.11", sorted; a file or a link of this machine below /
 *	packages_release(&p);
 *
 * Documentation, translations and what is no program's business are left out. Debian and its kin only.
 */
#ifndef QUARRY_REPOS_PACKAGES_H
#define QUARRY_REPOS_PACKAGES_H

#include "repos/environment.h"

struct packages {
	struct words files;
	struct words names; /* "python3.11-minimal 3.11.2-6", sorted */
	struct arena text;
};

/* For several environments at once; more: packages beside those that they need. */
int packages_find(struct packages *p, const struct environment *envs, size_t n, const struct words *more, struct err *err);
bool packages_known(void); /* by dpkg, here */
/* Whether each of these ("python3.11-minimal 3.11.2-6") is installed here in just that version; err names the first that is not. */
int packages_here(const struct words *names, struct err *err);
void packages_release(struct packages *p);

#endif
