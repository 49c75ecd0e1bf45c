/*
 * cpu_pairs.h - pairs of bf16 for cpu_body.h where no instruction multiplies them: the first ones and the second ones, 16 floats each. The file
 * that includes this has defined v16 and its v_zero, v_set and v_fma.
 */
#ifndef QUARRY_ENGINE_CPU_PAIRS_H
#define QUARRY_ENGINE_CPU_PAIRS_H

typedef float half;

typedef struct {
	v16 first, second;
} pairs;

INLINE pairs p_set(const half *h)
{
	return (pairs){ v_set(h[0]), v_set(h[1]) };
}

INLINE pairs p_first(pairs p)
{
	return (pairs){ p.first, v_zero() };
}

INLINE v16 v_dot(v16 c, pairs a, pairs b)
{
	return v_fma(a.first, b.first, v_fma(a.second, b.second, c));
}

#endif
