/* A call's arguments and result as text.  Each kind of argument has one function, which knows the
 * notations; the loop over the row of sysdesc.c puts them together. */
#include "trace/decode.h"

#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/text.h"
#include "proto/xlat.h"
#include "trace/decode_addr.h"
#include "trace/decode_data.h"
#include "trace/event.h"
#include "trace/sysdesc.h"

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

/* The bytes at the pointer that the call has filled in. */
static size_t filled_of(const struct argument *arg)
{
	return arg->call->filled[arg->slot];
}

static bool call_failed(const struct argument *arg)
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

static void put_null(const struct argument *arg)
{
	text_str(arg->out, arg->notation == NOTATION_JSON ? "null" : "NULL");
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

static void put_socktype(const struct argument *arg, bool flags_only)
{
	char type[128];
	struct text text = TEXT_IN(type);
	int flags = (int)value_of(arg) & (SOCK_NONBLOCK | SOCK_CLOEXEC);
	const char *name = xlat_name(xlat_socktype, (int)value_of(arg) & ~flags);
	if (!flags_only)
		text_str(&text, name ? name : "SOCK_???");
	decode_sockflags(&text, flags, arg->notation);
	put(arg, type);
}

/* Only the protocols of the Internet have names here; 0 is the family's own. */
static void put_protocol(const struct argument *arg)
{
	int family = (int)arg->call->arg[0];
	if (family == AF_INET || family == AF_INET6)
		put_name(arg, xlat_ipproto);
	else if (family == AF_NETLINK)
		put_name(arg, xlat_netlink);
	else
		put_number(arg);
}

static void put_addr_in(const struct argument *arg)
{
	decode_addr(arg->out, pointer_of(arg), (socklen_t)arg->call->arg[arg->slot + 1],
		    arg->notation);
}

static void put_addr_out(const struct argument *arg)
{
	if (pointer_of(arg) && call_failed(arg))
		put_unfilled(arg);
	else
		decode_addr(arg->out, pointer_of(arg), (socklen_t)filled_of(arg), arg->notation);
}

/* What a length was before the call, and what it is now: "[128 => 16]". */
static void put_length_out(const struct argument *arg, socklen_t before)
{
	const socklen_t *len = pointer_of(arg);
	if (arg->notation == NOTATION_JSON)
		text_printf(arg->out, "%u", len ? *len : 0);
	else if (!len)
		text_str(arg->out, "NULL");
	else if (call_failed(arg) || *len == before)
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
	struct option_value option = {.level = (int)arg->call->arg[arg->slot - 2],
				      .name = (int)arg->call->arg[arg->slot - 1],
				      .value = pointer_of(arg),
				      .len = len};
	decode_option(arg->out, &option, arg->notation);
}

static void put_option_out(const struct argument *arg)
{
	if (call_failed(arg))
		put_unfilled(arg);
	else
		put_option(arg, (socklen_t)filled_of(arg));
}

static void put_fds(const struct argument *arg)
{
	decode_fds(arg->out, pointer_of(arg), arg->call->arg[arg->slot + 1], arg->notation);
}

static void put_buffer_out(const struct argument *arg)
{
	if (call_failed(arg))
		put_unfilled(arg);
	else if (!pointer_of(arg))
		put_null(arg);
	else
		decode_bytes(arg->out, pointer_of(arg), filled_of(arg), arg->notation);
}

static void put_netlink(const struct argument *arg)
{
	bool received = arg->call->id == SYS_NETLINK_RECV;
	char message[256];
	struct text text = TEXT_IN(message);
	if (received && call_failed(arg)) {
		put_unfilled(arg);
		return;
	}
	decode_netlink(&text, (int)arg->call->arg[4], pointer_of(arg),
		       received ? filled_of(arg) : arg->call->arg[arg->slot + 1]);
	put(arg, message);
}

static void put_iov(const struct argument *arg)
{
	const struct iovec *iov = pointer_of(arg);
	decode_iov(arg->out, iov, iov->iov_len, arg->notation);
}

static void put_iov_out(const struct argument *arg)
{
	const struct iovec *iov = pointer_of(arg);
	if (!call_failed(arg))
		decode_iov(arg->out, iov, filled_of(arg), arg->notation);
	else if (arg->notation == NOTATION_STRACE)
		text_printf(arg->out, "[{iov_base=%p, iov_len=%zu}]", iov->iov_base, iov->iov_len);
	else
		put_unfilled(arg);
}

static void put_messages(const struct argument *arg, bool received)
{
	const struct messages messages = {.at = pointer_of(arg),
					  .count = arg->call->arg[arg->slot + 1],
					  .done = call_failed(arg) ? 0 : (size_t)arg->call->ret,
					  .received = received};
	if (received && call_failed(arg))
		put_unfilled(arg);
	else
		decode_messages(arg->out, &messages, arg->notation);
}

static void put_messages_in(const struct argument *arg)
{
	put_messages(arg, false);
}

static void put_messages_out(const struct argument *arg)
{
	put_messages(arg, true);
}

static void put_msg_in(const struct argument *arg)
{
	decode_message(arg->out, pointer_of(arg), arg->notation);
}

/* A message that was received: of its structure only that it is there is told. */
static void put_msg(const struct argument *arg)
{
	const struct msghdr *msg = pointer_of(arg);
	if (arg->notation == NOTATION_STRACE && call_failed(arg))
		text_printf(arg->out, "{msg_namelen=%u}", msg->msg_namelen);
	else
		put(arg, "{...}");
}

static void put_int_out(const struct argument *arg)
{
	const int *number = pointer_of(arg);
	if (call_failed(arg))
		put_unfilled(arg);
	else
		text_printf(arg->out, arg->notation == NOTATION_STRACE ? "[%d]" : "%d", *number);
}

static void put_pair_out(const struct argument *arg)
{
	const int *pair = pointer_of(arg);
	if (call_failed(arg))
		put_unfilled(arg);
	else
		text_printf(arg->out, arg->notation == NOTATION_JSON ? "[%d,%d]" : "[%d, %d]",
			    pair[0], pair[1]);
}

static void put_addrlen_out(const struct argument *arg)
{
	put_length_out(arg, sizeof(struct sockaddr_storage));
}

static void put_optlen_out(const struct argument *arg)
{
	put_length_out(arg, (socklen_t)arg->call->arg[SYS_ARGS - 1]);
}

static void put_option_in(const struct argument *arg)
{
	put_option(arg, (socklen_t)arg->call->arg[arg->slot + 1]);
}

static void put_buffer_in(const struct argument *arg)
{
	decode_bytes(arg->out, pointer_of(arg), arg->call->arg[arg->slot + 1], arg->notation);
}

static void put_type(const struct argument *arg)
{
	put_socktype(arg, false);
}

static void put_type_flags(const struct argument *arg)
{
	put_socktype(arg, true);
}

/* How each kind is written: by the names or the flags of a table, or by a function; what has no row
 * is a number. */
static const struct {
	const struct xlat *names, *flags;
	void (*put)(const struct argument *arg);
} kinds[ARG_KINDS] = {
	[ARG_FAMILY] = {.names = xlat_family},
	[ARG_HOW] = {.names = xlat_how},
	[ARG_LEVEL] = {.names = xlat_level},
	[ARG_IOCTL] = {.names = xlat_ioctl},
	[ARG_MSGFLAGS] = {.flags = xlat_msgflags},
	[ARG_RWFLAGS] = {.flags = xlat_rwflags},
	[ARG_SPLICEFLAGS] = {.flags = xlat_splice},
	[ARG_SOCKTYPE] = {.put = put_type},
	[ARG_SOCKFLAGS] = {.put = put_type_flags},
	[ARG_PROTOCOL] = {.put = put_protocol},
	[ARG_ADDR] = {.put = put_addr_in},
	[ARG_ADDR_OUT] = {.put = put_addr_out},
	[ARG_ADDRLEN_OUT] = {.put = put_addrlen_out},
	[ARG_OPTNAME] = {.put = put_optname},
	[ARG_OPTVAL] = {.put = put_option_in},
	[ARG_OPTVAL_OUT] = {.put = put_option_out},
	[ARG_OPTLEN_OUT] = {.put = put_optlen_out},
	[ARG_FDS] = {.put = put_fds},
	[ARG_BUF] = {.put = put_buffer_in},
	[ARG_BUF_OUT] = {.put = put_buffer_out},
	[ARG_IOV] = {.put = put_iov},
	[ARG_IOV_OUT] = {.put = put_iov_out},
	[ARG_OFFSET] = {.put = put_null},
	[ARG_TIMEOUT] = {.put = put_null},
	[ARG_PAIR_OUT] = {.put = put_pair_out},
	[ARG_INT_OUT] = {.put = put_int_out},
	[ARG_MSG] = {.put = put_msg_in},
	[ARG_MSG_OUT] = {.put = put_msg},
	[ARG_MSGS] = {.put = put_messages_in},
	[ARG_MSGS_OUT] = {.put = put_messages_out},
	[ARG_NLMSG] = {.put = put_netlink},
	[ARG_NLMSG_OUT] = {.put = put_netlink},
	[ARG_NULL] = {.put = put_null},
};

static void put_argument(const struct argument *arg, enum arg_kind kind)
{
	if (kinds[kind].names)
		put_name(arg, kinds[kind].names);
	else if (kinds[kind].flags)
		put_flags(arg, kinds[kind].flags);
	else if (kinds[kind].put)
		kinds[kind].put(arg);
	else
		put_number(arg);
}

/* What a reader does not miss: lengths that follow from what they measure, and what is not there.
 */
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
	case ARG_TIMEOUT:
	case ARG_NULL:
	case ARG_NFDS:
	case ARG_IOVCNT:
		return true;
	case ARG_ADDR:
	case ARG_ADDR_OUT:
		return !pointer_of(arg) || (kind == ARG_ADDR_OUT && call_failed(arg));
	case ARG_BUF_OUT:
	case ARG_IOV_OUT:
	case ARG_MSGS_OUT:
	case ARG_NLMSG_OUT:
		return call_failed(arg);
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

/* ---- the result ---- */

/* The descriptors that poll found ready, as strace(1) prints them. */
static void put_poll_result(struct text *out, const struct call *call)
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
		text_printf(out, " %s (%s)", name ? name : "E???", errno_words(call->err));
	else if (call->id == SYS_POLL)
		put_poll_result(out, call);
}
