/* Operands and addresses of vsock. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/kernel.h"
#include "base/text.h"
#include "proto/addr.h"
#include "proto/vsock.h"
#include "unit.h"

static void a_cid_and_a_port(void)
{
	static const struct {
		const char *cid, *port;
		bool listen;
		enum vsock_error error;
		const char *address;
	} rows[] = {
		{"3", "1024", false, VSOCK_OK, "vsock:3:1024"},
		{"host", "22", false, VSOCK_OK, "vsock:2:22"},
		{"LOCAL", "22", false, VSOCK_OK, "vsock:1:22"},
		{"hypervisor", "1", false, VSOCK_OK, "vsock:0:1"},
		{"4294967294", "4294967294", false, VSOCK_OK, "vsock:4294967294:4294967294"},
		{"any", "5", false, VSOCK_BAD_CID, ""},
		{"", "5", false, VSOCK_BAD_CID, ""},
		{"4294967295", "5", false, VSOCK_BAD_CID, ""},
		{"4294967296", "5", false, VSOCK_BAD_CID, ""},
		{"-1", "5", false, VSOCK_BAD_CID, ""},
		{"3x", "5", false, VSOCK_BAD_CID, ""},
		{"3", "0", false, VSOCK_BAD_PORT, ""},
		{"3", "", false, VSOCK_BAD_PORT, ""},
		{"3", "http", false, VSOCK_BAD_PORT, ""},
		{"3", "4294967295", false, VSOCK_BAD_PORT, ""},
		{"", "0", true, VSOCK_OK, "vsock:any:0"},
		{"any", "70000", true, VSOCK_OK, "vsock:any:70000"},
		{"2", "7", true, VSOCK_OK, "vsock:2:7"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr addr = {.len = 0};
		char written[64];
		struct text text = TEXT_IN(written);
		CHECK_INT(vsock_parse(&addr, rows[i].cid, rows[i].port, rows[i].listen),
			  rows[i].error);
		if (rows[i].error != VSOCK_OK)
			continue;
		addr_format(&text, &addr);
		CHECK_STR(written, rows[i].address);
	}
}

static void a_port_of_32_bits(void)
{
	struct addr addr = addr_any(AF_VSOCK, 0);
	const struct sockaddr_vm *vm = (const struct sockaddr_vm *)&addr.ss;
	CHECK_INT(addr.len, sizeof(struct sockaddr_vm));
	CHECK_INT(vm->svm_port == VMADDR_PORT_ANY, 1);
	CHECK_INT(addr_port(&addr), 0);
	addr_set_port(&addr, 3000000000U);
	CHECK_INT(addr_port(&addr) == 3000000000U, 1);
	struct addr same = addr;
	CHECK_INT(addr_equal(&addr, &same), 1);
	addr_set_port(&same, 7);
	CHECK_INT(addr_equal(&addr, &same), 0);
}

static void why_a_connect_failed(void)
{
	static const struct {
		const char *cid;
		int err;
		enum cause cause;
		const char *word;
	} rows[] = {
		{"2", ECONNRESET, CAUSE_REFUSED, "nothing listens"},
		{"9", ENODEV, CAUSE_VSOCK_TRANSPORT, "vhost_vsock"},
		{"9", ETIMEDOUT, CAUSE_NO_ANSWER, "no machine has that CID"},
		{"local", ETIMEDOUT, CAUSE_NO_ANSWER, "vsock_loopback"},
		{"2", EPERM, CAUSE_NONE, ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr addr;
		struct fault fault = {.err = rows[i].err};
		vsock_parse(&addr, rows[i].cid, "1", false);
		vsock_explain(&addr, &fault);
		CHECK_INT(fault.cause, rows[i].cause);
		CHECK_INT(strstr(fault.detail, rows[i].word) != NULL, 1);
	}
}

UNIT_MAIN(a_cid_and_a_port, a_port_of_32_bits, why_a_connect_failed)
