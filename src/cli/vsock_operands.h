/* The operands of --vsock: CID PORT, CID:PORT, with -l a PORT alone.  Private to cli/. */
#ifndef HANDSET_CLI_VSOCK_OPERANDS_H
#define HANDSET_CLI_VSOCK_OPERANDS_H

struct dial_config;
struct fault;
struct options;

/* Put the COUNT operands into the `dial` or `serve` of OPTIONS.  0, or -1 with FAULT. */
int vsock_operands(struct options *options, int count, char **operands, struct fault *fault);

/* The same for a --to of "vsock:CID:PORT". */
int vsock_to(struct dial_config *to, const char *operand, struct fault *fault);

#endif
