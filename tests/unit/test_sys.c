/* The seam knows how much of a buffer a call has filled: with flags by which the kernel says more
 * than that, and with answers that are longer than their room, nothing behind the buffer is shown.
 * Each buffer stands in front of a canary, in every notation. */
#include "base/kernel.h"
#include "trace/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "proto/addr.h"
#include "trace/decode.h"
#include "trace/event.h"
#include "trace/trace.h"

#include "unit.h"

#define CANARY "CANARYCANARYCANARYCANARYCANARYCANARYCANARYCANARYCANARY"

/* A buffer of four bytes, and what nobody is to see. */
struct box {
	char bytes[4];
	char canary[sizeof(CANARY)];
};

static struct box new_box(void)
{
	return (struct box){.bytes = "....", .canary = CANARY};
}

/* What became of the last call. */
static char shown[3][4096];

static void sink_all(struct text *out, const struct trace_event *event,
		     const struct sink_style *style)
{
	(void)out;
	(void)style;
	for (int notation = NOTATION_READABLE; notation <= NOTATION_JSON; notation++) {
		struct text text = TEXT_IN(shown[notation]);
		decode_args(&text, event->call, (enum notation)notation);
		CHECK(!strstr(shown[notation], "CANARY"));
	}
}

static struct trace trace_all(void)
{
	memset(shown, 0, sizeof(shown));
	return (struct trace){.config = {.level = 3}, .mask = ~0ULL, .sink = sink_all, .fd = 2};
}

static const char *const long_data = "datagram of many more bytes than four";

static void send_long(int fd)
{
	CHECK_INT(send(fd, long_data, strlen(long_data), 0), strlen(long_data));
}

static void pair_of(int type, int fds[2])
{
	CHECK_INT(socketpair(AF_UNIX, type, 0, fds), 0);
}

static void close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

/* Two connected sockets of IPv4 on loopback. */
static void tcp_pair(int fds[2])
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_INT(bind(listener, (struct sockaddr *)&in, sizeof(in)), 0);
	CHECK_INT(listen(listener, 1), 0);
	CHECK_INT(getsockname(listener, (struct sockaddr *)&in, &len), 0);
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_INT(connect(fds[0], (struct sockaddr *)&in, sizeof(in)), 0);
	fds[1] = accept(listener, NULL, NULL);
	CHECK(fds[1] >= 0);
	close(listener);
}

static void recv_with_msg_trunc_shows_the_buffer_alone(void)
{
	struct trace trace = trace_all();
	struct box box = new_box();
	int fds[2];
	pair_of(SOCK_DGRAM, fds);
	send_long(fds[0]);
	CHECK_INT(sys_recv(&trace, fds[1], box.bytes, 4, MSG_TRUNC | MSG_DONTWAIT),
		  strlen(long_data));
	CHECK(strstr(shown[NOTATION_READABLE], "\"data\", 4, MSG_TRUNC|MSG_DONTWAIT"));
	CHECK(strstr(shown[NOTATION_STRACE], "\"data\", 4, MSG_TRUNC|MSG_DONTWAIT"));
	CHECK(strstr(shown[NOTATION_JSON], "\"buf\":\"data\",\"len\":4"));
	close_pair(fds);
	free(trace.buffer);
}

static void recvfrom_with_msg_peek_and_trunc_shows_the_buffer_alone(void)
{
	struct trace trace = trace_all();
	struct box box = new_box();
	struct addr from;
	int fds[2];
	pair_of(SOCK_DGRAM, fds);
	send_long(fds[0]);
	int flags = MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT;
	CHECK_INT(sys_recvfrom(&trace, fds[1], box.bytes, 4, flags, &from), strlen(long_data));
	CHECK(strstr(shown[NOTATION_JSON], "\"buf\":\"data\",\"len\":4"));
	CHECK_INT(sys_recvfrom(&trace, fds[1], box.bytes, 0, flags, &from), strlen(long_data));
	CHECK(strstr(shown[NOTATION_JSON], "\"buf\":\"\",\"len\":0"));
	close_pair(fds);
	free(trace.buffer);
}

static void bytes_of_a_stream_that_are_thrown_away_are_not_shown(void)
{
	struct trace trace = trace_all();
	struct box box = {.bytes = "CANA", .canary = CANARY};
	int fds[2];
	tcp_pair(fds);
	send_long(fds[0]);
	CHECK_INT(sys_recv(&trace, fds[1], box.bytes, 4, MSG_TRUNC), 4);
	CHECK(strstr(shown[NOTATION_READABLE], "\"\\0\\0\\0\\0\", 4, MSG_TRUNC"));
	CHECK_INT(sys_recv(&trace, fds[1], NULL, 65536, MSG_TRUNC), strlen(long_data) - 4);
	CHECK(strstr(shown[NOTATION_READABLE], "NULL, 65536, MSG_TRUNC"));
	CHECK(strstr(shown[NOTATION_JSON], "\"buf\":null,\"len\":65536"));
	close_pair(fds);
	free(trace.buffer);
}

static void recvmsg_shows_nothing_behind_its_buffer(void)
{
	struct trace trace = trace_all();
	struct box box = new_box();
	struct iovec iov = {.iov_base = box.bytes, .iov_len = 4};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int fds[2];
	pair_of(SOCK_DGRAM, fds);
	send_long(fds[0]);
	CHECK_INT(sys_recvmsg(&trace, fds[1], &msg, MSG_TRUNC), strlen(long_data));
	CHECK(*shown[NOTATION_STRACE]);
	CHECK_INT(sys_recvmsg(&trace, fds[1], &msg, MSG_ERRQUEUE | MSG_DONTWAIT), -1);
	close_pair(fds);
	free(trace.buffer);
}

static void recvmmsg_with_msg_trunc_shows_each_buffer_alone(void)
{
	struct trace trace = trace_all();
	struct box boxes[2] = {new_box(), new_box()};
	struct iovec iov[2];
	struct mmsghdr messages[2] = {0};
	int fds[2];
	pair_of(SOCK_DGRAM, fds);
	for (int i = 0; i < 2; i++) {
		send_long(fds[0]);
		iov[i] = (struct iovec){.iov_base = boxes[i].bytes, .iov_len = 4};
		messages[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
	}
	CHECK_INT(sys_recvmmsg(&trace, fds[1], messages, 2, MSG_TRUNC), 2);
	CHECK_INT(messages[0].msg_len, strlen(long_data));
	CHECK(strstr(shown[NOTATION_JSON], "\"buf\":\"data\",\"len\":4"));
	close_pair(fds);
	free(trace.buffer);
}

static void read_shows_what_it_has_read(void)
{
	struct trace trace = trace_all();
	struct box box = new_box();
	int fds[2];
	CHECK_INT(pipe(fds), 0);
	CHECK_INT(write(fds[1], "abcdef", 6), 6);
	CHECK_INT(sys_read(&trace, fds[0], box.bytes, 4), 4);
	CHECK(strstr(shown[NOTATION_READABLE], "\"abcd\", 4"));
	close_pair(fds);
	free(trace.buffer);
}

static void preadv2_shows_what_it_has_read(void)
{
	struct trace trace = trace_all();
	struct box box = new_box();
	int fds[2];
	CHECK_INT(pipe(fds), 0);
	CHECK_INT(write(fds[1], "ef", 2), 2);
	ssize_t n = sys_preadv2(&trace, fds[0], box.bytes, 4, 0);
	if (n < 0 && errno == ENOSYS) {
		unit_skip("preadv2 is missing here, as in qemu-user");
	} else {
		CHECK_INT(n, 2);
		CHECK(strstr(shown[NOTATION_READABLE], "\"ef\""));
	}
	close_pair(fds);
	free(trace.buffer);
}

static void an_option_longer_than_its_buffer_is_shown_as_far_as_it_is_there(void)
{
	struct trace trace = trace_all();
	struct box box = new_box();
	int fds[2];
	socklen_t len = 4;
	tcp_pair(fds);
	CHECK_INT(sys_getsockopt(&trace, fds[0], IPPROTO_TCP, TCP_CONGESTION, box.bytes, &len), 0);
	CHECK(len <= 4);
	CHECK(*shown[NOTATION_JSON]);
	len = 4;
	CHECK_INT(sys_getsockopt(&trace, fds[0], IPPROTO_TCP, TCP_INFO, box.bytes, &len), 0);
	len = 0;
	CHECK_INT(sys_getsockopt(&trace, fds[0], IPPROTO_TCP, TCP_INFO, box.bytes, &len), 0);
	CHECK(strstr(shown[NOTATION_READABLE], "0 bytes"));
	close_pair(fds);
	free(trace.buffer);
}

static void the_names_of_sockets_end_where_their_room_ends(void)
{
	struct trace trace = trace_all();
	struct addr name;
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 12;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "s%010d", (int)getpid());
	CHECK_INT(bind(listener, (struct sockaddr *)&un, len), 0);
	CHECK_INT(listen(listener, 1), 0);
	CHECK_INT(sys_getsockname(&trace, listener, &name), 0);
	CHECK_INT(name.len, len);
	CHECK(strstr(shown[NOTATION_READABLE], un.sun_path + 1));
	int client = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK_INT(connect(client, (struct sockaddr *)&un, len), 0);
	int server = sys_accept4(&trace, listener, &name, 0);
	CHECK(server >= 0);
	CHECK_INT(sys_getpeername(&trace, client, &name), 0);
	CHECK(strstr(shown[NOTATION_STRACE], un.sun_path + 1));
	close(server);
	close(client);
	close(listener);
	free(trace.buffer);
}

static void a_netlink_dump_longer_than_its_buffer_is_shown_as_far_as_it_is_there(void)
{
	struct trace trace = trace_all();
	struct box box = new_box();
	struct {
		struct nlmsghdr head;
		struct rtgenmsg body;
	} question = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtgenmsg)),
			       .nlmsg_type = RTM_GETLINK,
			       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	CHECK(send(fd, &question, sizeof(question), 0) == sizeof(question));
	CHECK(sys_netlink_recv(&trace, fd, NETLINK_ROUTE, box.bytes, 4) >= 4);
	CHECK(strstr(shown[NOTATION_READABLE], "[], 4"));
	close(fd);
	free(trace.buffer);
}

/* No kernel does these with the structures that handset has, whose decoding does not rely on it. */
static void lengths_beyond_a_buffer_are_not_believed(void)
{
	struct {
		struct sockaddr_storage ss;
		char canary[sizeof(CANARY)];
	} name = {.ss = {.ss_family = AF_UNIX}, .canary = CANARY};
	struct box box = new_box();
	struct iovec iov = {.iov_base = box.bytes, .iov_len = 4};
	struct mmsghdr message = {.msg_hdr = {.msg_name = &name,
					      .msg_namelen = sizeof(name),
					      .msg_iov = &iov,
					      .msg_iovlen = 1},
				  .msg_len = sizeof(box)};
	struct call call = {.id = SYS_RECVMMSG, .ret = 1};
	memset((char *)&name.ss + 2, 'x', sizeof(name.ss) - 2);
	call.arg[1] = (uint64_t)(uintptr_t)&message;
	call.arg[2] = 1;
	struct trace_event event = {.call = &call};
	sink_all(NULL, &event, NULL);
	CHECK(strstr(shown[NOTATION_JSON], "xxx"));
}

UNIT_MAIN(recv_with_msg_trunc_shows_the_buffer_alone,
	  recvfrom_with_msg_peek_and_trunc_shows_the_buffer_alone,
	  bytes_of_a_stream_that_are_thrown_away_are_not_shown,
	  recvmsg_shows_nothing_behind_its_buffer, recvmmsg_with_msg_trunc_shows_each_buffer_alone,
	  read_shows_what_it_has_read, preadv2_shows_what_it_has_read,
	  an_option_longer_than_its_buffer_is_shown_as_far_as_it_is_there,
	  the_names_of_sockets_end_where_their_room_ends,
	  a_netlink_dump_longer_than_its_buffer_is_shown_as_far_as_it_is_there,
	  lengths_beyond_a_buffer_are_not_believed)
