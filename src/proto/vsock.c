/* Addresses of vsock(7). */
#include "proto/vsock.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/kernel.h"
#include "base/parse.h"
#include "proto/addr.h"
#include "proto/xlat.h"

static const struct xlat cids[] = {{VMADDR_CID_HYPERVISOR, "hypervisor"},
				   {VMADDR_CID_LOCAL, "local"},
				   {VMADDR_CID_HOST, "host"},
				   {VMADDR_CID_ANY, "any"},
				   {0, ""}};

static int parse_cid(const char *text, bool listen, uint32_t *cid)
{
	int64_t number = VMADDR_CID_ANY;
	if (*text && xlat_value(cids, text, &number) != 0 &&
	    parse_int(text, 0, UINT32_MAX, &number) != 0)
		return -1;
	*cid = (uint32_t)number;
	return *cid != VMADDR_CID_ANY || listen ? 0 : -1;
}

enum vsock_error vsock_parse(struct addr *addr, const char *cid, const char *port, bool listen)
{
	struct addr result = addr_any(AF_VSOCK, 0);
	int64_t number;
	if (parse_cid(cid, listen, &((struct sockaddr_vm *)&result.ss)->svm_cid) != 0)
		return VSOCK_BAD_CID;
	if (parse_int(port, listen ? 0 : 1, UINT32_MAX - 1, &number) != 0)
		return VSOCK_BAD_PORT;
	addr_set_port(&result, (uint32_t)number);
	*addr = result;
	return VSOCK_OK;
}

void vsock_explain(const struct addr *addr, struct fault *fault)
{
	bool local = ((const struct sockaddr_vm *)&addr->ss)->svm_cid == VMADDR_CID_LOCAL;
	switch (fault->err) {
	case ECONNRESET:
		fault_cause(fault, CAUSE_REFUSED,
			    "that machine answered: nothing listens on that port");
		return;
	case ENODEV:
		fault_cause(
			fault, CAUSE_VSOCK_TRANSPORT,
			"this kernel has no way to that CID; its modules: vhost_vsock on a host, "
			"vmw_vsock_virtio_transport in a guest, vsock_loopback for CID 1 (local)");
		return;
	case ETIMEDOUT:
		fault_cause(fault, CAUSE_NO_ANSWER,
			    local ? "no answer; where the module vsock_loopback is not loaded, "
				    "what is sent to "
				    "CID 1 (local) goes to the host"
				  : "no answer: no machine has that CID, or it does not answer");
		return;
	default:
		return;
	}
}
