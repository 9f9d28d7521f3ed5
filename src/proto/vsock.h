/* Addresses of vsock(7), by which a host and its virtual machines talk: a CID, which names the
 * machine, and a port.  Pure. */
#ifndef HANDSET_PROTO_VSOCK_H
#define HANDSET_PROTO_VSOCK_H

#include <stdbool.h>

#define VSOCK_PREFIX "vsock:" /* of such an address where others can stand, too */

struct addr;
struct fault;

enum vsock_error { VSOCK_OK, VSOCK_BAD_CID, VSOCK_BAD_PORT };

/* The address of CID, a number or "hypervisor", "local" (this machine itself) or "host", and PORT,
 * a number from 1.  To LISTEN on, CID can be "any", which an empty one is as well, and PORT 0, a
 * free one. */
enum vsock_error vsock_parse(struct addr *addr, const char *cid, const char *port, bool listen);

/* Add to FAULT, a connect to ADDR that failed, the cause, where its errno tells one. */
void vsock_explain(const struct addr *addr, struct fault *fault);

#endif
