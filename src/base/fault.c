/* A failure as data. */
#include "base/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/errors.h"
#include "base/text.h"

/* (step, errno) -> cause, the first row that fits.  What an errno alone does not tell is left open:
 * a wrong cause is worse than none. */
#define BOTH_WAYS(err, cause, words)          \
	{STEP_READ, err, cause, words},       \
	{                                     \
		STEP_WRITE, err, cause, words \
	}
static const struct {
	enum step step; /* STEP_NONE: every step */
	int err;
	enum cause cause;
	const char *words; /* NULL: those of the cause */
} causes[] = {
	{STEP_CONNECT, ECONNREFUSED, CAUSE_REFUSED, NULL},
	{STEP_CONNECT, ECONNRESET, CAUSE_REFUSED,
	 "the peer reset the connection while it was being made"},
	{STEP_CONNECT, EPIPE, CAUSE_REFUSED,
	 "the peer ended and reset the connection while it was being made"},
	{STEP_CONNECT, ECONNABORTED, CAUSE_ABORTED, NULL},
	{STEP_CONNECT, ETIMEDOUT, CAUSE_NO_ANSWER, NULL},
	{STEP_CONNECT, EHOSTUNREACH, CAUSE_HOST_UNREACHABLE, NULL},
	{STEP_CONNECT, ENETUNREACH, CAUSE_NETWORK_UNREACHABLE, NULL},
	{STEP_CONNECT, EHOSTDOWN, CAUSE_HOST_UNREACHABLE, "a router does not know that host"},
	{STEP_CONNECT, ENONET, CAUSE_HOST_UNREACHABLE, "a router says that the host is cut off"},
	{STEP_CONNECT, ENETDOWN, CAUSE_INTERFACE_DOWN, NULL},
	{STEP_CONNECT, ENOPROTOOPT, CAUSE_PROTOCOL_UNREACHABLE, NULL},
	{STEP_CONNECT, EPROTO, CAUSE_ICMP_ERROR,
	 "the host, or a router, finds the packets malformed (ICMP parameter problem)"},
	{STEP_CONNECT, EOPNOTSUPP, CAUSE_ICMP_ERROR, "a router could not follow the source route"},
	{STEP_CONNECT, EMSGSIZE, CAUSE_ICMP_ERROR,
	 "the packets are too large for the path (ICMP fragmentation needed)"},
	{STEP_CONNECT, EINVAL, CAUSE_ADDRESS_UNUSABLE, NULL}, /* a blackhole route, too */
	{STEP_CONNECT, EAFNOSUPPORT, CAUSE_FAMILY_MISSING, NULL},
	{STEP_CONNECT, ESOCKTNOSUPPORT, CAUSE_PROTOCOL_MISSING, NULL}, /* of vsock */
	{STEP_CONNECT, ENODEV, CAUSE_INTERFACE_MISSING,
	 "the interface of that address (its zone) is not there"},
	{STEP_CONNECT, EAGAIN, CAUSE_MEMORY, "this host has no entry left for the route"},
	{STEP_CONNECT, EADDRNOTAVAIL, CAUSE_NO_SOURCE_PORT, NULL},
	{STEP_CONNECT, EADDRINUSE, CAUSE_ADDRESS_IN_USE,
	 "another socket has that pair of addresses and ports already"},
	{STEP_CONNECT, ENOENT, CAUSE_PATH_MISSING, NULL},
	{STEP_CONNECT, ENOTDIR, CAUSE_PATH_MISSING, "a part of that path is no folder"},
	{STEP_CONNECT, ELOOP, CAUSE_PATH_MISSING, "the links of that path lead round in a circle"},
	{STEP_CONNECT, ENAMETOOLONG, CAUSE_PATH_MISSING, "a name in that path is too long"},
	{STEP_CONNECT, EPROTOTYPE, CAUSE_SOCKET_TYPE, NULL},
	{STEP_CONNECT, ENOTSOCK, CAUSE_NO_SOCKET, NULL},
	{STEP_CONNECT, EACCES, CAUSE_PERMISSION, NULL},
	{STEP_CONNECT, EPERM, CAUSE_PERMISSION,
	 "permission to connect is refused by this host, perhaps by its firewall"},
	{STEP_BIND, EADDRINUSE, CAUSE_ADDRESS_IN_USE, NULL},
	{STEP_BIND, EADDRNOTAVAIL, CAUSE_ADDRESS_NOT_OURS, NULL},
	{STEP_BIND, EACCES, CAUSE_PRIVILEGED_PORT, NULL},
	{STEP_BIND, EAFNOSUPPORT, CAUSE_FAMILY_MISSING, NULL},
	{STEP_BIND, ENOENT, CAUSE_PATH_MISSING, "the folder of that path does not exist"},
	{STEP_LISTEN, EADDRINUSE, CAUSE_ADDRESS_IN_USE,
	 "another socket listens on that address and port"},
	{STEP_SOCKET, EAFNOSUPPORT, CAUSE_FAMILY_MISSING, NULL},
	{STEP_SOCKET, EPROTONOSUPPORT, CAUSE_PROTOCOL_MISSING, NULL},
	{STEP_SOCKET, ENOPROTOOPT, CAUSE_PROTOCOL_MISSING,
	 "this kernel has that protocol switched off (sysctl)"},
	{STEP_OPTION, EPERM, CAUSE_PRIVILEGE, NULL},
	{STEP_OPTION, EACCES, CAUSE_PRIVILEGE, "this option needs a privilege (CAP_NET_ADMIN)"},
	{STEP_OPTION, ENODEV, CAUSE_INTERFACE_MISSING, NULL},
	{STEP_OPTION, ENOENT, CAUSE_OPTION_VALUE, NULL},
	{STEP_OPTION, ENOPROTOOPT, CAUSE_OPTION_MISSING, NULL},
	{STEP_OPTION, EOPNOTSUPP, CAUSE_OPTION_MISSING, "this kind of socket has no such option"},
	{STEP_ACCEPT, EACCES, CAUSE_PERMISSION, "a policy of this host (LSM) forbids to accept"},
	BOTH_WAYS(ECONNRESET, CAUSE_RESET, NULL),
	BOTH_WAYS(EPIPE, CAUSE_RESET, NULL),
	BOTH_WAYS(ECONNABORTED, CAUSE_ABORTED, NULL),
	BOTH_WAYS(ETIMEDOUT, CAUSE_PATH_LOST, NULL),
	/* An ICMP error is told once, and the connection may go on (ip(7), IP_RECVERR). */
	BOTH_WAYS(ECONNREFUSED, CAUSE_PATH_UNREACHABLE, "a host on the way refuses it by ICMP now"),
	BOTH_WAYS(EHOSTUNREACH, CAUSE_PATH_UNREACHABLE,
		  "a router does not reach the peer any more"),
	BOTH_WAYS(ENETUNREACH, CAUSE_PATH_UNREACHABLE,
		  "a router has no route to the peer any more"),
	BOTH_WAYS(EHOSTDOWN, CAUSE_PATH_UNREACHABLE, "a router does not know the peer any more"),
	BOTH_WAYS(ENONET, CAUSE_PATH_UNREACHABLE, "a router says that the peer is cut off"),
	BOTH_WAYS(ENETDOWN, CAUSE_PATH_UNREACHABLE, "an interface of this host is down"),
	BOTH_WAYS(EACCES, CAUSE_PATH_UNREACHABLE, "a firewall on the way prohibits it now"),
	BOTH_WAYS(EPERM, CAUSE_PATH_UNREACHABLE, "the firewall of this host prohibits it now"),
	BOTH_WAYS(ENOPROTOOPT, CAUSE_PATH_UNREACHABLE,
		  "the peer, or a firewall in its name, does not take this protocol any more"),
	BOTH_WAYS(EPROTO, CAUSE_PATH_UNREACHABLE,
		  "the peer, or a router, finds the packets malformed (ICMP parameter problem)"),
	BOTH_WAYS(EOPNOTSUPP, CAUSE_PATH_UNREACHABLE, "a router could not follow the source route"),
	{STEP_READ, EMSGSIZE, CAUSE_PATH_UNREACHABLE,
	 "the packets are too large for the path (ICMP fragmentation needed)"},
	{STEP_WRITE, EMSGSIZE, CAUSE_TOO_LARGE, "a message of that size does not fit the socket"},
	{STEP_DATAGRAM, EPERM, CAUSE_LOCAL_FIREWALL, NULL},
	{STEP_DATAGRAM, EACCES, CAUSE_PERMISSION,
	 "a broadcast needs -b, and a path the right to write there; else a firewall on the way "
	 "prohibits it (ICMP)"},
	{STEP_DATAGRAM, EHOSTUNREACH, CAUSE_HOST_UNREACHABLE, NULL},
	{STEP_DATAGRAM, ENETUNREACH, CAUSE_NETWORK_UNREACHABLE, NULL},
	{STEP_DATAGRAM, EHOSTDOWN, CAUSE_HOST_UNREACHABLE, "a router does not know that host"},
	{STEP_DATAGRAM, ENONET, CAUSE_HOST_UNREACHABLE, "a router says that the host is cut off"},
	{STEP_DATAGRAM, ENETDOWN, CAUSE_INTERFACE_DOWN, NULL},
	{STEP_DATAGRAM, ENOPROTOOPT, CAUSE_PROTOCOL_UNREACHABLE, NULL},
	{STEP_DATAGRAM, EPROTO, CAUSE_ICMP_ERROR,
	 "the host, or a router, finds the packets malformed (ICMP parameter problem)"},
	{STEP_DATAGRAM, EOPNOTSUPP, CAUSE_ICMP_ERROR, "a router could not follow the source route"},
	{STEP_DATAGRAM, EINVAL, CAUSE_ADDRESS_UNUSABLE, NULL},
	{STEP_DATAGRAM, EADDRNOTAVAIL, CAUSE_ADDRESS_NOT_OURS, NULL},
	{STEP_DATAGRAM, ENOENT, CAUSE_PATH_MISSING, NULL},
	{STEP_DATAGRAM, EPROTOTYPE, CAUSE_SOCKET_TYPE, NULL},
	{STEP_DATAGRAM, ECONNREFUSED, CAUSE_REFUSED,
	 "an earlier datagram was turned away by ICMP: nothing listens on that port, or a firewall "
	 "says so"},
	{STEP_DATAGRAM, EMSGSIZE, CAUSE_TOO_LARGE, NULL},
	{STEP_OUTPUT, ENOSPC, CAUSE_DISK_FULL, NULL},
	{STEP_OUTPUT, EDQUOT, CAUSE_DISK_FULL, "the quota of this user is used up"},
	{STEP_OUTPUT, EFBIG, CAUSE_DISK_FULL, "the file has the largest size that it may have"},
	{STEP_OUTPUT, EIO, CAUSE_DEVICE, NULL},
	{STEP_INPUT, EIO, CAUSE_DEVICE, NULL},
	{STEP_FILE, ENOSPC, CAUSE_DISK_FULL, NULL},
	{STEP_FILE, EDQUOT, CAUSE_DISK_FULL, "the quota of this user is used up"},
	{STEP_FILE, EFBIG, CAUSE_DISK_FULL, "the file has the largest size that it may have"},
	{STEP_FILE, EIO, CAUSE_DEVICE, NULL},
	{STEP_OUTPUT, EBADF, CAUSE_STDOUT_CLOSED, NULL},
	{STEP_INPUT, EISDIR, CAUSE_STDIN_DIRECTORY, NULL},
	{STEP_PROGRAM, ENOENT, CAUSE_PROGRAM_MISSING, NULL},
	{STEP_PROGRAM, EACCES, CAUSE_PROGRAM_PERMISSION, NULL},
	{STEP_PROGRAM, ENOEXEC, CAUSE_PROGRAM_FORMAT, NULL},
	{STEP_PROGRAM, EAGAIN, CAUSE_PROCESSES, NULL},
	{STEP_PROGRAM, E2BIG, CAUSE_PROGRAM_ARGUMENTS, NULL},
	{STEP_NONE, EMFILE, CAUSE_DESCRIPTORS, NULL},
	{STEP_NONE, ENFILE, CAUSE_DESCRIPTORS,
	 "this host has no descriptors left (sysctl fs.file-max)"},
	{STEP_NONE, ENOBUFS, CAUSE_MEMORY, "the kernel has no buffers left"},
	{STEP_NONE, ENOMEM, CAUSE_MEMORY, NULL},
};

#define CAUSES (sizeof(causes) / sizeof(causes[0]))

/* (step, errno) -> status where no cause of that step gives it, the first row that fits; STEP_NONE
 * and 0 fit everything. */
static const struct {
	enum step step;
	int err;
	enum status status;
} statuses[] = {
	{STEP_LOOKUP, 0, STATUS_NAME},
	{STEP_SERVICE, 0, STATUS_NAME},
	{STEP_READ, 0, STATUS_BROKEN},
	{STEP_WRITE, 0, STATUS_BROKEN},
	{STEP_WAIT, 0, STATUS_TIMEOUT},
	{STEP_USAGE, 0, STATUS_USAGE},
	{STEP_ACCEPT, ETIMEDOUT, STATUS_TIMEOUT},
	{STEP_NONE, 0, STATUS_LOCAL},
};

enum status fault_status(enum step step, int err)
{
	for (size_t i = 0; i < CAUSES; i++)
		if (causes[i].step == step && causes[i].err == err)
			return cause_status(causes[i].cause);
	size_t i = 0;
	while ((statuses[i].step != STEP_NONE && statuses[i].step != step) ||
	       (statuses[i].err != 0 && statuses[i].err != err))
		i++;
	return statuses[i].status;
}

const char *fault_advice(const struct fault *fault)
{
	if (fault->here && fault->cause == CAUSE_REFUSED)
		return "see whether the service runs, and on which address and port it listens (ss "
		       "-lntup)";
	return cause_advice(fault->cause);
}

int fault_rank(enum status status)
{
	switch (status) {
	case STATUS_REFUSED:
		return 3;
	case STATUS_TIMEOUT:
		return 2;
	case STATUS_UNREACHABLE:
		return 1;
	default:
		return 0;
	}
}

bool fault_is_set(const struct fault *fault)
{
	return fault->step != STEP_NONE;
}

/* Format into DEST, harmless for a terminal. */
static void __attribute__((format(printf, 3, 0)))
format_safe(char *dest, size_t size, const char *format, va_list args)
{
	char raw[1024];
	vsnprintf(raw, sizeof(raw), format, args);
	struct text out = text_in(dest, size);
	text_safe(&out, raw);
}

int fault_errno(struct fault *fault, enum step step, int err, const char *format, ...)
{
	*fault = (struct fault){.step = step, .err = err, .status = fault_status(step, err)};
	struct text reason = TEXT_IN(fault->reason);
	text_str(&reason, errno_words(err));
	va_list args;
	va_start(args, format);
	format_safe(fault->action, sizeof(fault->action), format, args);
	va_end(args);
	return -1;
}

int fault_words(struct fault *fault, enum step step, enum status status, const char *reason,
		const char *format, ...)
{
	*fault = (struct fault){.step = step, .status = status};
	struct text out = TEXT_IN(fault->reason);
	text_safe(&out, reason);
	va_list args;
	va_start(args, format);
	format_safe(fault->action, sizeof(fault->action), format, args);
	va_end(args);
	return -1;
}

int fault_usage(struct fault *fault, const char *format, ...)
{
	*fault = (struct fault){.step = STEP_USAGE, .status = STATUS_USAGE};
	va_list args;
	va_start(args, format);
	format_safe(fault->action, sizeof(fault->action), format, args);
	va_end(args);
	return -1;
}

void fault_cause(struct fault *fault, enum cause cause, const char *format, ...)
{
	char raw[sizeof(fault->detail)];
	fault->cause = cause;
	va_list args;
	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	/* Only now: the arguments may hold the detail that FAULT has had until here. */
	struct text out = TEXT_IN(fault->detail);
	text_safe_lines(&out, raw);
}

void fault_explain(struct fault *fault)
{
	if (fault->detail[0] != '\0')
		return;
	for (size_t i = 0; i < CAUSES; i++) {
		if (causes[i].step != fault->step && causes[i].step != STEP_NONE)
			continue;
		if (causes[i].err != fault->err)
			continue;
		enum cause cause = causes[i].cause;
		fault_cause(fault, cause, "%s",
			    causes[i].words ? causes[i].words : cause_words(cause));
		return;
	}
}
