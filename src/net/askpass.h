/* A password that is asked for on the terminal. */
#ifndef HANDSET_NET_ASKPASS_H
#define HANDSET_NET_ASKPASS_H

#include <stddef.h>

struct fault;
struct run;

/* Ask for a password with PROMPT, which is harmless for a terminal, on the controlling terminal
 * (/dev/tty), whatever stdin and stdout are, and without an echo.  RUN's signals are watched, so
 * that the terminal is itself again whatever ends the wait.  A line into PASSWORD of SIZE bytes,
 * and 0; or -1 with FAULT. */
int askpass(const struct run *run, const char *prompt, char *password, size_t size,
	    struct fault *fault);

#endif
