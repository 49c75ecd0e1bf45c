/*
 * ln.h - the natural logarithm by arithmetic alone, so that it is the same number on every machine and, compiled without contraction, on a GPU.
 */
#ifndef QUARRY_BASE_LN_H
#define QUARRY_BASE_LN_H

#include <math.h>

/* What a compiler for GPUs wants in front of a function. */
#ifndef LN_CALL
#define LN_CALL static inline
#endif

/* Of a normal positive number, to the last digit or two: x = m 2^e, ln m = 2 atanh((m-1)/(m+1)). */
LN_CALL double ln(double x)
{
	int e;
	double m = frexp(x, &e), s, s2, sum = 0;

	if (m < 0.70710678118654752) {
		m *= 2;
		e--;
	}
	s = (m - 1) / (m + 1);
	s2 = s * s;
	for (int k = 23; k >= 1; k -= 2)
		sum = sum * s2 + 1.0 / k;
	return 2 * s * sum + e * 0.69314718055994530942;
}

#endif
