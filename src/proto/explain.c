/* The cause of a failure in plain words.  Evidence is stated as fact and inference as inference: a
 * wrong cause is worse than none, so what an errno alone does not tell is left open. */
#include "proto/explain.h"

#include <errno.h>
#include <stddef.h>

#include "base/fault.h"

/* The first row that fits is the cause; STEP_NONE fits every step. */
static const struct {
	enum step step;
	int err;
	const char *name;
	const char *cause;
} rows[] = {
	{STEP_CONNECT, ECONNREFUSED, "refused",
	 "the host answered: nothing listens there, or a firewall refuses in its name"},
	{STEP_CONNECT, ETIMEDOUT, "no-answer",
	 "no answer to the SYNs: dropped on the way, or the host is down"},
	{STEP_CONNECT, EHOSTUNREACH, "host-unreachable",
	 "a router, or this host, reports that the host cannot be reached"},
	{STEP_CONNECT, ENETUNREACH, "network-unreachable",
	 "this host, or a router, has no route to that network"},
	{STEP_CONNECT, EINVAL, "address-unusable",
	 "this host does not send to that address: it is no host's, or its routing throws away "
	 "what goes there"},
	{STEP_CONNECT, EADDRNOTAVAIL, "no-source-port",
	 "no source port or source address is left for that destination"},
	{STEP_CONNECT, EADDRINUSE, "address-in-use",
	 "another socket has that pair of addresses and ports already"},
	{STEP_CONNECT, ENOENT, "path-missing", "there is no such path"},
	{STEP_CONNECT, EPROTOTYPE, "socket-type",
	 "the socket there is of another type (stream, datagram or packet)"},
	{STEP_CONNECT, ENOTSOCK, "no-socket", "there is something at that path that is no socket"},
	{STEP_CONNECT, EACCES, "permission",
	 "permission to connect is refused by this host, a route or a firewall"},
	{STEP_CONNECT, EPERM, "permission",
	 "permission to connect is refused by this host, perhaps by its firewall"},
	{STEP_CONNECT, ECONNRESET, "refused",
	 "the peer reset the connection while it was being made"},
	{STEP_BIND, EADDRINUSE, "address-in-use", "another socket has that address and port"},
	{STEP_BIND, EADDRNOTAVAIL, "address-not-ours",
	 "no interface of this host has that address"},
	{STEP_BIND, EACCES, "privileged-port",
	 "that port, or that path, needs a privilege that this user does not have"},
	{STEP_BIND, EAFNOSUPPORT, "family-missing", "this kernel has no such address family"},
	{STEP_BIND, ENOENT, "path-missing", "the folder of that path does not exist"},
	{STEP_LISTEN, EADDRINUSE, "address-in-use",
	 "another socket listens on that address and port"},
	{STEP_SOCKET, EAFNOSUPPORT, "family-missing", "this kernel has no such address family"},
	{STEP_SOCKET, EPROTONOSUPPORT, "protocol-missing",
	 "this kernel has no such protocol, or it is switched off"},
	{STEP_SOCKET, ENOPROTOOPT, "protocol-missing",
	 "this kernel has that protocol switched off (sysctl)"},
	{STEP_OPTION, EPERM, "privilege",
	 "this option needs a privilege (CAP_NET_ADMIN or CAP_NET_RAW)"},
	{STEP_OPTION, EACCES, "privilege", "this option needs a privilege (CAP_NET_ADMIN)"},
	{STEP_OPTION, ENODEV, "interface-missing", "there is no such interface (ip link)"},
	{STEP_OPTION, ENOENT, "option-value",
	 "this kernel has no such value (for congestion control: it is not loaded or not there)"},
	{STEP_OPTION, ENOPROTOOPT, "option-missing",
	 "this kernel, or this kind of socket, has no such option"},
	{STEP_OPTION, EOPNOTSUPP, "option-missing", "this kind of socket has no such option"},
	{STEP_READ, ECONNRESET, "reset",
	 "the peer reset the connection: not all that was sent may have arrived"},
	{STEP_WRITE, ECONNRESET, "reset",
	 "the peer reset the connection: not all that was sent may have arrived"},
	{STEP_READ, ETIMEDOUT, "path-lost", "the peer stopped answering in mid-stream"},
	{STEP_WRITE, ETIMEDOUT, "path-lost", "the peer stopped answering in mid-stream"},
	{STEP_DATAGRAM, ECONNREFUSED, "refused",
	 "an earlier datagram was turned away by ICMP: nothing listens on that port, or a firewall "
	 "says so"},
	{STEP_DATAGRAM, EMSGSIZE, "too-large",
	 "a datagram of that size does not fit the path or the socket"},
	{STEP_OUTPUT, ENOSPC, "disk-full", "the file system is full: what was not written is lost"},
	{STEP_OUTPUT, EBADF, "stdout-closed",
	 "standard output is closed: there is nowhere to write what was received"},
	{STEP_INPUT, EISDIR, "stdin-directory", "standard input is a directory"},
	{STEP_PROGRAM, ENOENT, "program-missing",
	 "there is no such program, neither at that path nor in PATH"},
	{STEP_PROGRAM, EACCES, "program-permission",
	 "it may not be run: it is not executable, or a folder before it is closed"},
	{STEP_PROGRAM, ENOEXEC, "program-format", "the file is no program, and has no #! line"},
	{STEP_PROGRAM, EAGAIN, "processes", "this user may have no more processes (ulimit -u)"},
	{STEP_PROGRAM, E2BIG, "program-arguments",
	 "the arguments and the environment are too large"},
	{STEP_NONE, EMFILE, "descriptors", "this process may have no more descriptors (ulimit -n)"},
	{STEP_NONE, ENFILE, "descriptors",
	 "this host has no descriptors left (sysctl fs.file-max)"},
	{STEP_NONE, ENOBUFS, "memory", "the kernel has no buffers left"},
	{STEP_NONE, ENOMEM, "memory", "there is no memory left"},
};

void explain_fault(struct fault *fault)
{
	if (fault->cause[0] != '\0')
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool step = rows[i].step == fault->step || rows[i].step == STEP_NONE;
		if (!step || rows[i].err != fault->err)
			continue;
		fault_cause(fault, rows[i].name, "%s", rows[i].cause);
		return;
	}
}
