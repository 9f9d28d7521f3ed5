/* A call's arguments and result as text.  Each kind of argument has one function, which knows the notations; the loop
 * over the row of sysdesc.c puts them together. */
#include "trace/decode.h"

#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/text.h"
#include "proto/addr.h"
#include "proto/json.h"
#include "proto/xlat.h"
#include "trace/decode_addr.h"
#include "trace/event.h"
#include "trace/sysdesc.h"

/* As strace(1): so much of a buffer, so many descriptors of a poll are shown. */
#define SHOWN_BYTES 32
#define SHOWN_FDS 32

/* One argument being written. */
struct argument {
	struct text *out;
	const struct call *call;
	size_t slot;
	enum notation notation;
};

static uint64_t value_of(const struct argument *arg)
{
	return arg->call->arg[arg->slot];
}

static const void *pointer_of(const struct argument *arg)
{
	return (const void *)(uintptr_t)value_of(arg);
}

static bool failed(const struct argument *arg)
{
	return arg->call->ret == -1;
}

/* Append TEXT, as a JSON string where JSON is wanted. */
static void put(const struct argument *arg, const char *text)
{
	if (arg->notation == NOTATION_JSON)
		json_string(arg->out, text);
	else
		text_str(arg->out, text);
}

static void put_number(const struct argument *arg)
{
	text_printf(arg->out, "%" PRId64, (int64_t)value_of(arg));
}

/* strace(1) prints the address of what a call did not fill in. */
static void put_unfilled(const struct argument *arg)
{
	if (arg->notation == NOTATION_STRACE)
		text_printf(arg->out, "%#" PRIx64, value_of(arg));
	else
		text_str(arg->out, arg->notation == NOTATION_JSON ? "null" : "?");
}

static void put_name(const struct argument *arg, const struct xlat *table)
{
	char number[32];
	const char *name = xlat_name(table, (int)value_of(arg));
	snprintf(number, sizeof(number), "%#x", (unsigned)value_of(arg));
	put(arg, name ? name : number);
}

static void put_flags(const struct argument *arg, const struct xlat *table)
{
	char flags[256];
	struct text text = TEXT_IN(flags);
	xlat_flags(&text, table, value_of(arg) & UINT32_MAX);
	put(arg, flags);
}

/* strace(1) names the flags of a socket in the other order. */
static void put_sockflags(const struct argument *arg, struct text *text, int flags)
{
	bool nonblock = flags & SOCK_NONBLOCK;
	bool cloexec = flags & SOCK_CLOEXEC;
	const char *separator = text->len > 0 ? "|" : "";
	if (nonblock && cloexec)
		text_printf(text, "%s%s", separator,
			    arg->notation == NOTATION_STRACE ? "SOCK_CLOEXEC|SOCK_NONBLOCK"
							     : "SOCK_NONBLOCK|SOCK_CLOEXEC");
	else if (nonblock || cloexec)
		text_printf(text, "%s%s", separator, nonblock ? "SOCK_NONBLOCK" : "SOCK_CLOEXEC");
	else if (text->len == 0)
		text_char(text, '0');
}

static void put_socktype(const struct argument *arg, bool flags_only)
{
	char type[128];
	struct text text = TEXT_IN(type);
	int flags = (int)value_of(arg) & (SOCK_NONBLOCK | SOCK_CLOEXEC);
	const char *name = xlat_name(xlat_socktype, (int)value_of(arg) & ~flags);
	if (!flags_only)
		text_str(&text, name ? name : "SOCK_???");
	put_sockflags(arg, &text, flags);
	put(arg, type);
}

/* Only the protocols of the Internet have names here; 0 is the family's own. */
static void put_protocol(const struct argument *arg)
{
	int family = (int)arg->call->arg[0];
	if (family == AF_INET || family == AF_INET6)
		put_name(arg, xlat_ipproto);
	else
		put_number(arg);
}

static void put_addr(const struct argument *arg, socklen_t len)
{
	char address[512];
	struct text text = TEXT_IN(address);
	const struct sockaddr *sa = pointer_of(arg);
	if (arg->notation == NOTATION_STRACE)
		decode_addr_strace(&text, sa, len);
	else
		addr_format(&text, sa, len);
	put(arg, address);
}

static void put_addr_in(const struct argument *arg)
{
	if (pointer_of(arg))
		put_addr(arg, (socklen_t)arg->call->arg[arg->slot + 1]);
	else
		text_str(arg->out, arg->notation == NOTATION_JSON ? "null" : "NULL");
}

static void put_addr_out(const struct argument *arg)
{
	const socklen_t *len = (const socklen_t *)(uintptr_t)arg->call->arg[arg->slot + 1];
	if (!pointer_of(arg))
		text_str(arg->out, arg->notation == NOTATION_JSON ? "null" : "NULL");
	else if (failed(arg))
		put_unfilled(arg);
	else
		put_addr(arg, *len);
}

/* What a length was before the call, and what it is now: "[128 => 16]". */
static void put_length_out(const struct argument *arg, socklen_t before)
{
	const socklen_t *len = pointer_of(arg);
	if (arg->notation == NOTATION_JSON)
		text_printf(arg->out, "%u", len ? *len : 0);
	else if (!len)
		text_str(arg->out, "NULL");
	else if (failed(arg) || *len == before)
		text_printf(arg->out, "[%u]", before);
	else
		text_printf(arg->out, "[%u => %u]", before, *len);
}

static void put_optname(const struct argument *arg)
{
	put_name(arg, xlat_optname((int)arg->call->arg[arg->slot - 1]));
}

static void put_option(const struct argument *arg, socklen_t len)
{
	int level = (int)arg->call->arg[arg->slot - 2];
	int name = (int)arg->call->arg[arg->slot - 1];
	decode_option(arg->out, level, name, pointer_of(arg), len, arg->notation);
}

static void put_option_out(const struct argument *arg)
{
	const socklen_t *len = (const socklen_t *)(uintptr_t)arg->call->arg[arg->slot + 1];
	if (failed(arg))
		put_unfilled(arg);
	else
		put_option(arg, *len);
}

static void put_fds(const struct argument *arg)
{
	const struct pollfd *fds = pointer_of(arg);
	size_t count = arg->call->arg[arg->slot + 1];
	bool json = arg->notation == NOTATION_JSON;

	text_char(arg->out, '[');
	for (size_t i = 0; i < count && i < SHOWN_FDS; i++) {
		text_printf(arg->out, json ? "%s{\"fd\":%d,\"events\":\"" : "%s{fd=%d, events=",
			    i == 0 ? ""
			    : json ? ","
				   : ", ",
			    fds[i].fd);
		xlat_flags(arg->out, xlat_poll, (unsigned short)fds[i].events);
		if (json) {
			text_str(arg->out, "\",\"revents\":\"");
			xlat_flags(arg->out, xlat_poll, (unsigned short)fds[i].revents);
			text_char(arg->out, '"');
		}
		text_char(arg->out, '}');
	}
	if (count > SHOWN_FDS && !json)
		text_str(arg->out, ", ...");
	text_char(arg->out, ']');
}

static void put_bytes(const struct argument *arg, const void *bytes, size_t len)
{
	size_t shown = len < SHOWN_BYTES ? len : SHOWN_BYTES;
	if (arg->notation == NOTATION_JSON) {
		json_bytes(arg->out, bytes, shown);
		return;
	}
	text_char(arg->out, '"');
	text_c_escaped(arg->out, bytes, shown);
	text_str(arg->out, len > shown ? "\"..." : "\"");
}

static void put_buffer_out(const struct argument *arg)
{
	if (failed(arg))
		put_unfilled(arg);
	else
		put_bytes(arg, pointer_of(arg), (size_t)arg->call->ret);
}

static void put_iov(const struct argument *arg)
{
	const struct iovec *iov = pointer_of(arg);
	bool strace = arg->notation == NOTATION_STRACE;
	if (strace)
		text_str(arg->out, "[{iov_base=");
	put_bytes(arg, iov->iov_base, iov->iov_len);
	if (strace)
		text_printf(arg->out, ", iov_len=%zu}]", iov->iov_len);
}

static void put_int_out(const struct argument *arg)
{
	const int *number = pointer_of(arg);
	if (failed(arg))
		put_unfilled(arg);
	else
		text_printf(arg->out, arg->notation == NOTATION_STRACE ? "[%d]" : "%d", *number);
}

static void put_argument(const struct argument *arg, enum arg_kind kind)
{
	switch (kind) {
	case ARG_FAMILY:
		put_name(arg, xlat_family);
		break;
	case ARG_SOCKTYPE:
		put_socktype(arg, false);
		break;
	case ARG_SOCKFLAGS:
		put_socktype(arg, true);
		break;
	case ARG_PROTOCOL:
		put_protocol(arg);
		break;
	case ARG_ADDR:
		put_addr_in(arg);
		break;
	case ARG_ADDR_OUT:
		put_addr_out(arg);
		break;
	case ARG_ADDRLEN_OUT:
		put_length_out(arg, sizeof(struct sockaddr_storage));
		break;
	case ARG_HOW:
		put_name(arg, xlat_how);
		break;
	case ARG_LEVEL:
		put_name(arg, xlat_level);
		break;
	case ARG_OPTNAME:
		put_optname(arg);
		break;
	case ARG_OPTVAL:
		put_option(arg, (socklen_t)arg->call->arg[arg->slot + 1]);
		break;
	case ARG_OPTVAL_OUT:
		put_option_out(arg);
		break;
	case ARG_OPTLEN_OUT:
		put_length_out(arg, (socklen_t)arg->call->arg[SYS_ARGS - 1]);
		break;
	case ARG_FDS:
		put_fds(arg);
		break;
	case ARG_BUF:
		put_bytes(arg, pointer_of(arg), arg->call->arg[arg->slot + 1]);
		break;
	case ARG_BUF_OUT:
		put_buffer_out(arg);
		break;
	case ARG_IOV:
		put_iov(arg);
		break;
	case ARG_MSGFLAGS:
		put_flags(arg, xlat_msgflags);
		break;
	case ARG_RWFLAGS:
		put_flags(arg, xlat_rwflags);
		break;
	case ARG_SPLICEFLAGS:
		put_flags(arg, xlat_splice);
		break;
	case ARG_IOCTL:
		put_name(arg, xlat_ioctl);
		break;
	case ARG_OFFSET:
		text_str(arg->out, arg->notation == NOTATION_JSON ? "null" : "NULL");
		break;
	case ARG_INT_OUT:
		put_int_out(arg);
		break;
	default:
		put_number(arg);
	}
}

/* What a reader does not miss: lengths that follow from what they measure, and what is not there. */
static bool is_left_out(const struct argument *arg, enum arg_kind kind)
{
	if (arg->notation != NOTATION_READABLE)
		return false;
	switch (kind) {
	case ARG_ADDRLEN:
	case ARG_ADDRLEN_OUT:
	case ARG_OPTLEN:
	case ARG_OPTLEN_OUT:
	case ARG_OFFSET:
	case ARG_NFDS:
	case ARG_IOVCNT:
		return true;
	case ARG_ADDR:
	case ARG_ADDR_OUT:
		return !pointer_of(arg) || (kind == ARG_ADDR_OUT && failed(arg));
	case ARG_BUF_OUT:
		return failed(arg);
	default:
		return false;
	}
}

void decode_args(struct text *out, const struct call *call, enum notation notation)
{
	const struct sysdesc *desc = &sysdesc[call->id];
	bool json = notation == NOTATION_JSON;
	bool first = true;

	text_str(out, json ? "{" : "");
	for (size_t i = 0; i < SYS_ARGS && desc->args[i].kind != ARG_END; i++) {
		struct argument arg = {.out = out, .call = call, .slot = i, .notation = notation};
		if (is_left_out(&arg, desc->args[i].kind))
			continue;
		text_str(out, first ? "" : json ? "," : ", ");
		if (json)
			text_printf(out, "\"%s\":", desc->args[i].name);
		put_argument(&arg, desc->args[i].kind);
		first = false;
	}
	text_str(out, json ? "}" : "");
}

/* What poll came back with, as strace(1) tells it. */
static void poll_result(struct text *out, const struct call *call)
{
	const struct pollfd *fds = (const struct pollfd *)(uintptr_t)call->arg[0];
	bool first = true;
	size_t shown = 0;

	if (call->ret == 0) {
		text_str(out, " (Timeout)");
		return;
	}
	text_str(out, " ([");
	for (size_t i = 0; i < call->arg[1] && shown < SHOWN_FDS; i++) {
		if (!fds[i].revents)
			continue;
		text_printf(out, "%s{fd=%d, revents=", first ? "" : ", ", fds[i].fd);
		xlat_flags(out, xlat_poll, (unsigned short)fds[i].revents);
		text_char(out, '}');
		first = false;
		shown++;
	}
	text_str(out, "])");
}

void decode_result(struct text *out, const struct call *call)
{
	const char *name = errno_name(call->err);
	text_printf(out, "%" PRId64, call->ret);
	if (call->ret == -1)
		text_printf(out, " %s (%s)", name ? name : "E???", strerror(call->err));
	else if (call->id == SYS_POLL)
		poll_result(out, call);
}
