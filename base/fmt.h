/*
 * fmt.h - printf into memory that is there, without libc's machinery where the format holds none but plain pieces.
 *
 *	n = fmt_vput(room, sizeof(room), "row %d holds two %s", ap);
 *
 * Plain are %d %u %lld %zu %c %s %.*s and %%; with any other piece it is vsnprintf's work, and takes its time.
 */
#ifndef QUARRY_BASE_FMT_H
#define QUARRY_BASE_FMT_H

#include <stdarg.h>
#include <stddef.h>

/* As snprintf: at most cap - 1 bytes and a NUL are written; the length that the whole has. cap may be 0. */
size_t fmt_vput(char *room, size_t cap, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));

#endif
