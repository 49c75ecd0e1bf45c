/* stop.h - a signal asks us to save and stop: SIGINT, SIGTERM, SIGHUP and SIGUSR1 (Slurm's warning) set a flag that jobs look at. */
#ifndef QUARRY_CLI_STOP_H
#define QUARRY_CLI_STOP_H

#include <stdbool.h>
#include <stdint.h>

void stop_watch(void);     /* from now on the signals set the flag; a second one ends the program at once */
bool stop_asked(void);
bool stop_quit(void *ctx); /* the same, as a callback */
const _Atomic int64_t *stop_until(void); /* the same, as a time when runs are to end (sandbox.h): never, or long ago */

#endif
