/* The operands: HOST PORT in all its forms. */
#ifndef HANDSET_CLI_OPERANDS_H
#define HANDSET_CLI_OPERANDS_H

struct fault;
struct options;

/* Put the COUNT operands into the `dial` or `serve` of OPTIONS, whose options are known.  0, or -1
 * with FAULT. */
int operands_parse(struct options *options, int count, char **operands, struct fault *fault);

#endif
