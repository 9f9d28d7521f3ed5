/* The operands: HOST PORT in all its forms (cli.md, "Operands"). Private to cli/. */
#ifndef HANDSET_CLI_OPERANDS_H
#define HANDSET_CLI_OPERANDS_H

struct fault;
struct options;
struct target;

/* Put the COUNT operands into the `dial` or `serve` of OPTIONS, whose options are known.  0, or -1
 * with FAULT. */
int operands_parse(struct options *options, int count, char **operands, struct fault *fault);

/* Put HOST and PORT, to connect to, into TARGET.  0, or -1 with FAULT. */
int operands_target(struct target *target, const char *host, const char *port, struct fault *fault);

#endif
