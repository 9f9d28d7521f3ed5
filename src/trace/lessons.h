/* --explain: what each step means, in plain words, for someone who learns sockets, with the
 * telephone in mind (socket installs it, bind gives it a number, listen plugs it in, accept picks
 * up, connect dials). */
#ifndef HANDSET_TRACE_LESSONS_H
#define HANDSET_TRACE_LESSONS_H

struct text;
struct call;

/* Append one sentence or two on what CALL did, its arguments and its result considered (the kind of
 * socket, the option set, EINPROGRESS on a connect, ...), and on a failure what the errno says. */
void lessons_call(struct text *out, const struct call *call);

#endif
