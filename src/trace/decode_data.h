/* The arrays among a call's arguments: descriptors to poll, buffers, the messages of sendmmsg(2).
 * Pure. */
#ifndef HANDSET_TRACE_DECODE_DATA_H
#define HANDSET_TRACE_DECODE_DATA_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "trace/decode.h"

/* Append SOCK_NONBLOCK and SOCK_CLOEXEC of FLAGS, behind what is there of the same argument. */
void decode_sockflags(struct text *out, int flags, enum notation notation);

/* Append the COUNT descriptors of a poll(2). */
void decode_fds(struct text *out, const struct pollfd *fds, size_t count, enum notation notation);

/* Append LEN bytes as text, of which the first are shown. */
void decode_bytes(struct text *out, const void *bytes, size_t len, enum notation notation);

/* Append IOV, one buffer, of which LEN bytes are filled. */
void decode_iov(struct text *out, const struct iovec *iov, size_t len, enum notation notation);

/* Append MSG, a message of one buffer that is sent. */
void decode_message(struct text *out, const struct msghdr *msg, enum notation notation);

/* Some messages of one buffer each: COUNT, of which DONE have been sent or received. */
struct messages {
	const struct mmsghdr *at;
	size_t count, done;
	bool received;
};

void decode_messages(struct text *out, const struct messages *messages, enum notation notation);

/* Append the netlink messages in LEN bytes, of a socket of PROTOCOL (NETLINK_ROUTE): the head of
 * the first, as strace(1) does, without what is in it. */
void decode_netlink(struct text *out, int protocol, const void *bytes, size_t len);

#endif
