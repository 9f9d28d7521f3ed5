/* A call's arguments and result as text, in the notations of the sinks. Pure. */
#ifndef HANDSET_TRACE_DECODE_H
#define HANDSET_TRACE_DECODE_H

struct text;
struct call;

/* How arguments are written. */
enum notation {
	NOTATION_READABLE, /* addresses as 127.0.0.1:80, constants by name */
	NOTATION_STRACE,   /* strace(1)'s: {sa_family=AF_INET, sin_port=htons(80), ...} and every
			      length */
	NOTATION_JSON,     /* JSON values: numbers are numbers, the rest are strings */
};

/* Append the arguments of CALL: "a, b, c" in the first two notations, "{"fd":3,...}" in JSON. */
void decode_args(struct text *out, const struct call *call, enum notation notation);

/* Append the result: "3", "-1 EINPROGRESS (Operation now in progress)", and for poll what came
 * back, as strace does: "1 ([{fd=3, revents=POLLIN}])", "0 (Timeout)". Not for JSON. */
void decode_result(struct text *out, const struct call *call);

#endif
