/* A failure as data. */
#include "base/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* (step, errno) -> status, the first row that fits; STEP_NONE and 0 fit everything. */
static const struct {
	enum step step;
	int err;
	enum status status;
} statuses[] = {
	{STEP_LOOKUP, 0, STATUS_NAME},
	{STEP_CONNECT, ECONNREFUSED, STATUS_REFUSED},
	{STEP_CONNECT, ETIMEDOUT, STATUS_TIMEOUT},
	{STEP_CONNECT, EHOSTUNREACH, STATUS_UNREACHABLE},
	{STEP_CONNECT, ENETUNREACH, STATUS_UNREACHABLE},
	{STEP_CONNECT, EHOSTDOWN, STATUS_UNREACHABLE},
	{STEP_CONNECT, ENETDOWN, STATUS_UNREACHABLE},
	{STEP_CONNECT, EINVAL, STATUS_UNREACHABLE}, /* a blackhole route (field notes 3.2) */
	{STEP_CONNECT, ENOPROTOOPT, STATUS_UNREACHABLE},
	{STEP_CONNECT, ECONNRESET, STATUS_REFUSED},
	{STEP_CONNECT, EPROTOTYPE, STATUS_LOCAL},
	{STEP_CONNECT, 0, STATUS_LOCAL},
	/* An ICMP error that answers a datagram sent earlier. */
	{STEP_DATAGRAM, ECONNREFUSED, STATUS_REFUSED},
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

void fault_cause(struct fault *fault, const char *name, const char *format, ...)
{
	char raw[sizeof(fault->cause)];
	fault->name = name;
	va_list args;
	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	/* Only now: the arguments may hold what the cause has been until here. */
	struct text out = TEXT_IN(fault->cause);
	text_safe_lines(&out, raw);
}

bool fault_is_cause(const struct fault *fault, const char *name)
{
	return fault->name && strcmp(fault->name, name) == 0;
}
