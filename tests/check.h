/*
 * check.h - the whole of our test harness: checks that count, and say where and what when they fail.
 *
 *	int main(void)
 *	{
 *		CHECK(grid_read(&g, text, &ask));
 *		CHECK_EQ(g.rows, 4);
 *		CHECK_STR(answer, "42");
 *		return check_done();		// prints "12 passed, 0 failed"; 1 when something failed
 *	}
 *
 * A check evaluates its arguments once and gives back whether it held. check_in() names what is being looked at,
 * for failures inside a loop.
 */
#ifndef QUARRY_TESTS_CHECK_H
#define QUARRY_TESTS_CHECK_H

#include "base/str.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Under a sanitizer, which is many times slower: statistics can be left to the other builds. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { CHECK_SLOW = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { CHECK_SLOW = 1 };
#else
enum { CHECK_SLOW = 0 };
#endif
#else
enum { CHECK_SLOW = 0 };
#endif

static long check_passed, check_failed;
static char check_where[200]; /* set by check_in, printed with failures */

#define CHECK(cond) check_true(__FILE__, __LINE__, (cond), #cond)
/* Two integers, compared as int64_t. */
#define CHECK_EQ(is, want) check_int(__FILE__, __LINE__, #is, (int64_t)(is), (int64_t)(want))
/* A struct str and a C string. */
#define CHECK_STR(is, want) check_str(__FILE__, __LINE__, #is, (is), str_of(want))
#define CHECK_STR_EQ(is, want) check_str(__FILE__, __LINE__, #is, (is), (want))
/* Two doubles, equal to the last bit. */
#define CHECK_F64(is, want) check_f64(__FILE__, __LINE__, #is, (is), (want))

__attribute__((unused, format(printf, 1, 2))) static void check_in(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(check_where, sizeof(check_where), fmt, ap);
	va_end(ap);
}

__attribute__((unused, format(printf, 4, 5))) static bool check_note(const char *file, int line, bool held,
								      const char *fmt, ...)
{
	va_list ap;

	if (held) {
		check_passed++;
		return true;
	}
	/* past the first hundred nobody reads on, but they count */
	if (++check_failed <= 100) {
		fprintf(stderr, "%s:%d: %s%s", file, line, check_where, check_where[0] ? ": " : "");
		va_start(ap, fmt);
		vfprintf(stderr, fmt, ap);
		va_end(ap);
		fputc('\n', stderr);
	}
	return false;
}

__attribute__((unused)) static bool check_true(const char *file, int line, bool held, const char *what)
{
	return check_note(file, line, held, "%s does not hold", what);
}

__attribute__((unused)) static bool check_int(const char *file, int line, const char *what, int64_t is, int64_t want)
{
	return check_note(file, line, is == want, "%s is %" PRId64 ", not %" PRId64, what, is, want);
}

__attribute__((unused)) static bool check_f64(const char *file, int line, const char *what, double is, double want)
{
	return check_note(file, line, memcmp(&is, &want, sizeof(is)) == 0, "%s is %.17g, not %.17g", what, is, want);
}

__attribute__((unused)) static bool check_str(const char *file, int line, const char *what, struct str is,
					       struct str want)
{
	return check_note(file, line, str_eq(is, want), "%s is \"%.*s\", not \"%.*s\"", what,
			  (int)(is.n < 500 ? is.n : 500), is.n ? is.s : "", (int)(want.n < 500 ? want.n : 500),
			  want.n ? want.s : "");
}

__attribute__((unused)) static int check_done(void)
{
	printf("%ld passed, %ld failed\n", check_passed, check_failed);
	return check_failed > 0 || check_passed == 0;
}

#endif
