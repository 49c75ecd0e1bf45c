/*
 * log.h - the talk on stderr: one line a call, as text or as JSON; for cli/ only (libraries never print).
 *
 *	log_init(opt.log_json, LOG_INFO);
 *	log_info("%d prompts sampled", n);			// 12:00:03 240 prompts sampled
 *	log_warn("%s: no chat template", dir);			// 12:00:03 warning: ...
 *	log_event(LOG_INFO, STR("\"done\":240,\"rate\":81.5"), "sampling");
 *		// --log-json: {"ts":"2025-01-31T12:00:03.250Z","level":"info","msg":"sampling","done":240,"rate":81.5}
 *
 * Any thread may call once log_init is done: a line is a single write. Control characters in it become '?'.
 */
#ifndef QUARRY_BASE_LOG_H
#define QUARRY_BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_INFO, LOG_WARN, LOG_ERROR, LOG_SILENT };

void log_init(bool json, int level); /* lines below `level` are not written; before this call: text from LOG_INFO on */

void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* members: further JSON members without braces, well formed, or empty; the text form leaves them out. */
void log_event(enum log_level level, struct str members, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
