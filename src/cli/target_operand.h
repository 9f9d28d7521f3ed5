/* A host and a port among the operands, and what is wrong with them. */
#ifndef HANDSET_CLI_TARGET_OPERAND_H
#define HANDSET_CLI_TARGET_OPERAND_H

#include <stdbool.h>

#include "proto/target.h"

struct fault;

/* Put HOST and PORT, to connect to, into TARGET.  0, or -1 with FAULT. */
int target_operand(struct target *target, const char *host, const char *port, struct fault *fault);

/* Fill in FAULT for ERROR of HOST and PORT, as they were given; ZERO_OK: to listen on.  0 for
 * TARGET_OK, else -1. */
int target_operand_fault(enum target_error error, const char *host, const char *port, bool zero_ok,
			 struct fault *fault);

/* Fill in FAULT for HOST, which stands alone; ROLE is what stands before it.  Returns -1. */
int target_operand_no_port(const char *host, const char *role, struct fault *fault);

/* Returns the part of OPERAND behind the colon, for a message. */
const char *target_operand_port(const char *operand);

#endif
