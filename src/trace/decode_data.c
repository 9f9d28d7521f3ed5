/* Descriptors to poll, buffers and messages as text.  The notation of strace(1) has every field of
 * the structures; the others have what tells something: the address, the data, its length. */
#include "trace/decode_data.h"

#include <inttypes.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "proto/xlat.h"
#include "trace/decode_addr.h"

/* As strace(1): so much of a buffer is shown, and so many messages of a call. */
#define SHOWN_BYTES 32
#define SHOWN_MESSAGES 32

/* strace(1) names the flags of a socket in the other order. */
void decode_sockflags(struct text *out, int flags, enum notation notation)
{
	bool nonblock = flags & SOCK_NONBLOCK;
	bool cloexec = flags & SOCK_CLOEXEC;
	const char *separator = out->len > 0 ? "|" : "";
	if (nonblock && cloexec)
		text_printf(out, "%s%s", separator,
			    notation == NOTATION_STRACE ? "SOCK_CLOEXEC|SOCK_NONBLOCK"
							: "SOCK_NONBLOCK|SOCK_CLOEXEC");
	else if (nonblock || cloexec)
		text_printf(out, "%s%s", separator, nonblock ? "SOCK_NONBLOCK" : "SOCK_CLOEXEC");
	else if (out->len == 0)
		text_char(out, '0');
}

void decode_fds(struct text *out, const struct pollfd *fds, size_t count, enum notation notation)
{
	bool json = notation == NOTATION_JSON;
	text_char(out, '[');
	for (size_t i = 0; i < count && i < SHOWN_FDS; i++) {
		const char *comma = json ? "," : ", ";
		text_printf(out, json ? "%s{\"fd\":%d,\"events\":\"" : "%s{fd=%d, events=",
			    i == 0 ? "" : comma, fds[i].fd);
		xlat_flags(out, xlat_poll, (unsigned short)fds[i].events);
		if (json) {
			text_str(out, "\",\"revents\":\"");
			xlat_flags(out, xlat_poll, (unsigned short)fds[i].revents);
			text_char(out, '"');
		}
		text_char(out, '}');
	}
	if (count > SHOWN_FDS && !json)
		text_str(out, ", ...");
	text_char(out, ']');
}

void decode_bytes(struct text *out, const void *bytes, size_t len, enum notation notation)
{
	size_t shown = len < SHOWN_BYTES ? len : SHOWN_BYTES;
	if (notation == NOTATION_JSON) {
		json_bytes(out, bytes, shown);
		return;
	}
	text_char(out, '"');
	text_c_escaped(out, bytes, shown);
	text_str(out, len > shown ? "\"..." : "\"");
}

void decode_iov(struct text *out, const struct iovec *iov, size_t len, enum notation notation)
{
	bool strace = notation == NOTATION_STRACE;
	if (strace)
		text_str(out, "[{iov_base=");
	decode_bytes(out, iov->iov_base, len, notation);
	if (strace)
		text_printf(out, ", iov_len=%zu}]", iov->iov_len);
}

/* The size of the datagrams that the data of MSG is cut into (udp(7), UDP_SEGMENT); 0: it is one.
 */
static unsigned segment_size(const struct msghdr *msg)
{
	const struct cmsghdr *cmsg = msg->msg_control ? CMSG_FIRSTHDR(msg) : NULL;
	uint16_t size;
	if (!cmsg || cmsg->cmsg_level != IPPROTO_UDP || cmsg->cmsg_type != UDP_SEGMENT ||
	    cmsg->cmsg_len < CMSG_LEN(sizeof(size)))
		return 0;
	memcpy(&size, CMSG_DATA(cmsg), sizeof(size));
	return size;
}

/* The descriptor that goes with MSG (unix(7), SCM_RIGHTS); -1: none. */
static int passed_fd(const struct msghdr *msg)
{
	const struct cmsghdr *cmsg = msg->msg_control ? CMSG_FIRSTHDR(msg) : NULL;
	int fd;
	if (!cmsg || cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS ||
	    cmsg->cmsg_len < CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

/* The length of the name of MSG.  The kernel says how long it is, not what it had room for, which
 * is a struct sockaddr_storage at most. */
static socklen_t name_len(const struct msghdr *msg)
{
	const socklen_t most = sizeof(struct sockaddr_storage);
	return msg->msg_namelen < most ? msg->msg_namelen : most;
}

/* Of a message that was received, msg_namelen had another value before the call. */
static void put_strace(struct text *out, const struct msghdr *msg, size_t len, bool received)
{
	text_str(out, "{msg_name=");
	if (msg->msg_name)
		decode_addr_strace(out, msg->msg_name, name_len(msg));
	else
		text_str(out, "NULL");
	text_str(out, ", msg_namelen=");
	if (received && msg->msg_namelen != sizeof(struct sockaddr_storage))
		text_printf(out, "%zu => ", sizeof(struct sockaddr_storage));
	text_printf(out, "%u, msg_iov=", msg->msg_namelen);
	decode_iov(out, msg->msg_iov, len, NOTATION_STRACE);
	text_str(out, ", msg_iovlen=1");
	/* strace(1) has no name for UDP_SEGMENT. */
	if (segment_size(msg) > 0)
		text_printf(out,
			    ", msg_control=[{cmsg_len=%zu, cmsg_level=SOL_UDP, cmsg_type=%#x}]",
			    CMSG_LEN(sizeof(uint16_t)), (unsigned)UDP_SEGMENT);
	if (passed_fd(msg) >= 0)
		text_printf(out,
			    ", msg_control=[{cmsg_len=%zu, cmsg_level=SOL_SOCKET, "
			    "cmsg_type=SCM_RIGHTS, cmsg_data=[%d]}]",
			    CMSG_LEN(sizeof(int)), passed_fd(msg));
	text_printf(out, ", msg_controllen=%zu, msg_flags=0}", (size_t)msg->msg_controllen);
}

static void put_json(struct text *out, const struct msghdr *msg, size_t len)
{
	text_str(out, "{\"addr\":");
	decode_addr(out, msg->msg_name, name_len(msg), NOTATION_JSON);
	text_str(out, ",\"buf\":");
	decode_bytes(out, msg->msg_iov->iov_base, len, NOTATION_JSON);
	text_printf(out, ",\"len\":%zu", len);
	if (segment_size(msg) > 0)
		text_printf(out, ",\"segment\":%u", segment_size(msg));
	if (passed_fd(msg) >= 0)
		text_printf(out, ",\"rights\":[%d]", passed_fd(msg));
	text_char(out, '}');
}

static void put_readable(struct text *out, const struct msghdr *msg, size_t len)
{
	text_char(out, '{');
	if (msg->msg_name) {
		decode_addr(out, msg->msg_name, name_len(msg), NOTATION_READABLE);
		text_str(out, ", ");
	}
	decode_bytes(out, msg->msg_iov->iov_base, len, NOTATION_READABLE);
	if (segment_size(msg) > 0)
		text_printf(out, ", %zu in UDP_SEGMENT of %u", len, segment_size(msg));
	if (passed_fd(msg) >= 0)
		text_printf(out, ", SCM_RIGHTS [%d]", passed_fd(msg));
	text_char(out, '}');
}

static void put_message(struct text *out, const struct msghdr *msg, size_t len,
			enum notation notation)
{
	if (notation == NOTATION_JSON)
		put_json(out, msg, len);
	else
		put_readable(out, msg, len);
}

void decode_message(struct text *out, const struct msghdr *msg, enum notation notation)
{
	if (notation == NOTATION_STRACE)
		put_strace(out, msg, msg->msg_iov->iov_len, false);
	else
		put_message(out, msg, msg->msg_iov->iov_len, notation);
}

void decode_messages(struct text *out, const struct messages *messages, enum notation notation)
{
	size_t shown = messages->received ? messages->done : messages->count;
	text_char(out, '[');
	for (size_t i = 0; i < shown && i < SHOWN_MESSAGES; i++) {
		const struct mmsghdr *message = &messages->at[i];
		size_t room = message->msg_hdr.msg_iov->iov_len;
		/* With MSG_TRUNC the kernel says how long the datagram was. */
		size_t len = messages->received && message->msg_len < room ? message->msg_len
									   : room;
		text_str(out, i == 0 ? "" : notation == NOTATION_JSON ? "," : ", ");
		if (notation != NOTATION_STRACE) {
			put_message(out, &message->msg_hdr, len, notation);
			continue;
		}
		text_str(out, "{msg_hdr=");
		put_strace(out, &message->msg_hdr, len, messages->received);
		if (i < messages->done)
			text_printf(out, ", msg_len=%u", message->msg_len);
		text_char(out, '}');
	}
	if (shown > SHOWN_MESSAGES && notation != NOTATION_JSON)
		text_str(out, ", ...");
	text_char(out, ']');
}

void decode_netlink(struct text *out, int protocol, const void *bytes, size_t len)
{
	const struct xlat *types = protocol == NETLINK_ROUTE ? xlat_rtnetlink : xlat_sockdiag;
	struct nlmsghdr head;

	if (len < sizeof(head)) {
		text_str(out, "[]");
		return;
	}
	memcpy(&head, bytes, sizeof(head));
	const char *type = xlat_name(types, head.nlmsg_type);
	text_printf(out, "[{nlmsg_len=%u, nlmsg_type=%s, nlmsg_flags=", head.nlmsg_len,
		    type ? type : "NLMSG_???");
	xlat_flags(out, xlat_nlflags, head.nlmsg_flags);
	text_printf(out, ", nlmsg_seq=%u, nlmsg_pid=%u}, ...]", head.nlmsg_seq, head.nlmsg_pid);
}
