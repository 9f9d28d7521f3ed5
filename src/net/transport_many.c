/* Datagrams many at a time: recvmmsg(2), sendmmsg(2), and in this for a run of equal size
 * UDP_SEGMENT (udp(7)), where the kernel cuts one message into datagrams.  Each stays what it is;
 * what a kernel does not have is done one by one. */
#include "net/transport_many.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>

#include "net/packets.h"
#include "trace/sys.h"

/* One by one from now on. */
static enum io give_up(struct transport *transport)
{
	transport->in.many = false;
	transport->out.many = false;
	return IO_AGAIN;
}

const struct addr *transport_receiver(const struct transport *transport)
{
	if (!transport->any_peer)
		return NULL;
	return transport->group ? &transport->group->to : &transport->peer;
}

bool transport_hears(struct transport *transport, const struct addr *from)
{
	const struct peer_filter *filter = &transport->filter;
	if (transport->group && addr_equal(from, &transport->group->own))
		return false;
	if (transport->any_peer && filter->admits && !filter->admits(filter->rules, from))
		return false;
	if (transport->any_peer && from->len > sizeof(sa_family_t))
		transport->peer = *from;
	if (transport->any_peer || transport->peer.len == 0 || addr_equal(from, &transport->peer))
		return true;
	transport->strangers++;
	return false;
}

/* Move what was received in rooms of PACKET_ROOM together, without what strangers sent. */
static void close_up(struct transport *transport, char *buf, const struct mmsghdr *messages,
		     struct packets *packets, int count)
{
	for (int i = 0; i < count; i++) {
		const struct msghdr *msg = &messages[i].msg_hdr;
		struct addr from = {.len = msg->msg_namelen};
		memcpy(&from.ss, msg->msg_name, sizeof(from.ss));
		if (!transport_hears(transport, &from))
			continue;
		memmove(buf + packets->end, msg->msg_iov->iov_base, messages[i].msg_len);
		packets_add(packets, messages[i].msg_len);
	}
}

enum io transport_recv_many(struct transport *transport, char *buf, struct packets *packets)
{
	struct mmsghdr messages[PACKETS_MAX];
	struct iovec rooms[PACKETS_MAX];
	struct sockaddr_storage names[PACKETS_MAX];
	for (size_t i = 0; i < PACKETS_MAX; i++) {
		rooms[i] = (struct iovec){.iov_base = buf + i * PACKET_ROOM,
					  .iov_len = PACKET_ROOM};
		messages[i].msg_hdr = (struct msghdr){.msg_name = &names[i],
						      .msg_namelen = sizeof(names[i]),
						      .msg_iov = &rooms[i],
						      .msg_iovlen = 1};
	}
	packets_clear(packets);
	int count = sys_recvmmsg(transport->trace, transport->in.fd, messages, PACKETS_MAX, 0);
	if (count < 0)
		return errno == ENOSYS ? give_up(transport) : transport_failed(transport);
	close_up(transport, buf, messages, packets, count);
	return packets->count > 0 ? IO_DONE : IO_AGAIN;
}

/* Room for the control message that says how long a segment is. */
union segment {
	char space[CMSG_SPACE(sizeof(uint16_t))];
	struct cmsghdr header;
};

/* Cut what MSG has into datagrams of LEN bytes. */
static void set_segment(struct msghdr *msg, union segment *segment, size_t len)
{
	const uint16_t size = (uint16_t)len;
	segment->header.cmsg_len = CMSG_LEN(sizeof(size));
	segment->header.cmsg_level = IPPROTO_UDP;
	segment->header.cmsg_type = UDP_SEGMENT;
	memcpy(CMSG_DATA(&segment->header), &size, sizeof(size));
	msg->msg_control = segment;
	msg->msg_controllen = sizeof(segment->space);
}

/* What the kernel says where it does not cut: it is too old, the size does not fit the path, the
 * device cannot. */
static bool segments_refused(int err)
{
	return err == EINVAL || err == EMSGSIZE || err == EIO || err == EOPNOTSUPP ||
	       err == ENOPROTOOPT;
}

/* The queue as messages: one for a packet or, unless the kernel does not cut them, for a run of
 * packets of one size. */
struct outgoing {
	struct mmsghdr messages[PACKETS_MAX];
	struct iovec pieces[PACKETS_MAX];
	union segment segments[PACKETS_MAX];
	size_t runs[PACKETS_MAX]; /* how many packets each message is */
	unsigned count;
	bool cut; /* the first one is a run */
};

static void gather(struct outgoing *outgoing, const struct transport *transport, const char *buf,
		   struct packets queue)
{
	struct msghdr to = {.msg_iovlen = 1};
	const struct addr *receiver = transport_receiver(transport);
	if (receiver) {
		to.msg_name = (void *)(uintptr_t)&receiver->ss;
		to.msg_namelen = receiver->len;
	}
	outgoing->count = 0;
	while (queue.next < queue.count) {
		unsigned at = outgoing->count++;
		size_t len = queue.len[queue.next];
		size_t run = transport->no_segments ? 1 : packets_equal(&queue, DATAGRAM_SIZE);
		outgoing->runs[at] = run;
		outgoing->pieces[at] = (struct iovec){.iov_base = (char *)(uintptr_t)buf + queue.at,
						      .iov_len = run * len};
		outgoing->messages[at].msg_hdr = to;
		outgoing->messages[at].msg_hdr.msg_iov = &outgoing->pieces[at];
		if (run > 1)
			set_segment(&outgoing->messages[at].msg_hdr, &outgoing->segments[at], len);
		packets_take(&queue, run);
	}
	outgoing->cut = outgoing->count > 0 && outgoing->runs[0] > 1;
}

enum io transport_send_many(struct transport *transport, const char *buf, struct packets *packets)
{
	struct outgoing outgoing;
	gather(&outgoing, transport, buf, *packets);
	int count = sys_sendmmsg(transport->trace, transport->out.fd, outgoing.messages,
				 outgoing.count, MSG_NOSIGNAL);
	/* It is the first one that failed. */
	if (count < 0 && outgoing.cut && segments_refused(errno)) {
		transport->no_segments = true;
		gather(&outgoing, transport, buf, *packets);
		count = sys_sendmmsg(transport->trace, transport->out.fd, outgoing.messages,
				     outgoing.count, MSG_NOSIGNAL);
	}
	if (count < 0)
		return errno == ENOSYS ? give_up(transport) : transport_failed(transport);
	for (int i = 0; i < count; i++)
		packets_take(packets, outgoing.runs[i]);
	return IO_DONE;
}
