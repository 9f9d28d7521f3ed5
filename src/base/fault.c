/* A failure as data. */
#include "base/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* (step, errno) -> cause, the first row that fits.  What an errno alone does not tell is left open:
 * a wrong cause is worse than none. */
static const struct {
	enum step step; /* STEP_NONE: every step */
	int err;
	enum cause cause;
	const char *words; /* NULL: those of the cause */
} causes[] = {
	{STEP_CONNECT, ECONNREFUSED, CAUSE_REFUSED, NULL},
	{STEP_CONNECT, ECONNRESET, CAUSE_REFUSED,
	 "the peer reset the connection while it was being made"},
	{STEP_CONNECT, ETIMEDOUT, CAUSE_NO_ANSWER, NULL},
	{STEP_CONNECT, EHOSTUNREACH, CAUSE_HOST_UNREACHABLE, NULL},
	{STEP_CONNECT, ENETUNREACH, CAUSE_NETWORK_UNREACHABLE, NULL},
	{STEP_CONNECT, EINVAL, CAUSE_ADDRESS_UNUSABLE, NULL}, /* a blackhole route, too */
	{STEP_CONNECT, EADDRNOTAVAIL, CAUSE_NO_SOURCE_PORT, NULL},
	{STEP_CONNECT, EADDRINUSE, CAUSE_ADDRESS_IN_USE,
	 "another socket has that pair of addresses and ports already"},
	{STEP_CONNECT, ENOENT, CAUSE_PATH_MISSING, NULL},
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
	{STEP_READ, ECONNRESET, CAUSE_RESET, NULL},
	{STEP_WRITE, ECONNRESET, CAUSE_RESET, NULL},
	{STEP_READ, ETIMEDOUT, CAUSE_PATH_LOST, NULL},
	{STEP_WRITE, ETIMEDOUT, CAUSE_PATH_LOST, NULL},
	{STEP_DATAGRAM, ECONNREFUSED, CAUSE_REFUSED,
	 "an earlier datagram was turned away by ICMP: nothing listens on that port, or a firewall "
	 "says so"},
	{STEP_DATAGRAM, EMSGSIZE, CAUSE_TOO_LARGE, NULL},
	{STEP_OUTPUT, ENOSPC, CAUSE_DISK_FULL, NULL},
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
	{STEP_CONNECT, EHOSTDOWN, STATUS_UNREACHABLE},
	{STEP_CONNECT, ENETDOWN, STATUS_UNREACHABLE},
	{STEP_CONNECT, ENOPROTOOPT, STATUS_UNREACHABLE},
	/* An ICMP error that answers a datagram sent earlier. */
	{STEP_DATAGRAM, EHOSTUNREACH, STATUS_UNREACHABLE},
	{STEP_DATAGRAM, ENETUNREACH, STATUS_UNREACHABLE},
	{STEP_DATAGRAM, ENOPROTOOPT, STATUS_UNREACHABLE},
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
	text_str(&reason, strerror(err));
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
