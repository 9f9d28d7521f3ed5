/* The operands of a scan of several ports. Private to cli/. */
#ifndef HANDSET_CLI_PORT_OPERANDS_H
#define HANDSET_CLI_PORT_OPERANDS_H

#include <stdbool.h>

struct fault;
struct options;

/* Whether COUNT OPERANDS are those of a scan of several ports: "HOST PORT PORT", "HOST 80,443",
 * "HOST:1-1024". */
bool port_operands_are_many(int count, char **operands);

/* Put them into OPTIONS: the ports of the scan, and the host with the first of them as its target.
 * 0, or -1 with FAULT. */
int port_operands(struct options *options, int count, char **operands, struct fault *fault);

#endif
