/* embedded.h - a text file that was built in; tables of them are made by tools/embed.c and end with a NULL name. */
#ifndef QUARRY_BASE_EMBEDDED_H
#define QUARRY_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name; /* the file's, without folder and ending */
	const char *text; /* NUL-terminated */
	size_t n;         /* bytes, without the NUL */
};

#endif
