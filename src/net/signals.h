/* Signals as a descriptor (signalfd(2)), so that poll sees them and nothing is interrupted half-way.  Only a run that
 * has something to tidy up catches any; the others keep the default and simply die. */
#ifndef HANDSET_NET_SIGNALS_H
#define HANDSET_NET_SIGNALS_H

struct fault;
struct run;

/* Ignore SIGPIPE: splice(2) and sendfile(2) have no MSG_NOSIGNAL. */
void signals_ignore_pipe(void);

/* Catch the signals that end a program (HUP, INT, TERM) by RUN's signal_fd.  0, or -1 with FAULT. */
int signals_catch(struct run *run, struct fault *fault);

/* A signal has come in: fill in FAULT with STEP_SIGNAL and its number. Returns -1. */
int signals_fault(const struct run *run, struct fault *fault);

/* End as a process does that SIGNAL kills: the shell sees the status that it expects. */
void __attribute__((noreturn)) signals_die(int number);

#endif
