/* Signals as a descriptor (signalfd(2)), so that poll sees them and nothing is interrupted
 * half-way.  SIGUSR1 asks for the state.  Those that end a program are caught only by a run that
 * has something to tidy up or to tell; the others keep the default and simply die. */
#ifndef HANDSET_NET_SIGNALS_H
#define HANDSET_NET_SIGNALS_H

#include <stdbool.h>

struct fault;
struct run;

/* Ignore SIGPIPE: splice(2) and sendfile(2) have no MSG_NOSIGNAL. */
void signals_ignore_pipe(void);

/* Catch SIGUSR1, SIGHUP where RUN reloads by it, and where ENDING also the signals that end a
 * program (HUP, INT, TERM), by RUN's signal_fd.  0, or -1 with FAULT. */
int signals_catch(struct run *run, bool ending, struct fault *fault);

/* RUN's signal_fd is readable: the number of the signal that has come in; 0: none. */
int signals_take(const struct run *run);

/* End as a process does that SIGNAL kills: the shell sees the status that it expects. */
void __attribute__((noreturn)) signals_die(int number);

#endif
