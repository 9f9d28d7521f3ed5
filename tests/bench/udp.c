/* Datagrams.
 *
 *   udp flood PORT SIZE SECONDS   send as many as the kernel takes; prints "SENT NANOSECONDS"
 *   udp count @N SIZE             count what comes on the descriptor N until nothing has come for
 * 0.3 s; prints "RECEIVED NANOSECONDS", from the first to the last udp send PORT the limit: a
 * packet of stdin (a pipe made with O_DIRECT) is a datagram, queued ones go together udp recv PORT
 * the limit: what comes to that port goes to stdout, many at a time, until nothing comes for 0.3 s
 */
#include "bench.h"

#include <netinet/udp.h>
#include <sys/uio.h>

#define BATCH 64
#define PACKET 2048
#define QUIET_MS 300

struct batch {
	struct mmsghdr messages[BATCH];
	struct iovec pieces[BATCH];
	char data[BATCH][PACKET];
};

static struct batch *batch_open(size_t size)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	if (!batch)
		die("calloc");
	for (size_t i = 0; i < BATCH; i++) {
		batch->pieces[i] = (struct iovec){batch->data[i], size};
		batch->messages[i].msg_hdr = (struct msghdr){.msg_iov = &batch->pieces[i],
							     .msg_iovlen = 1};
	}
	return batch;
}

static int datagram_connect(const char *port)
{
	struct sockaddr_storage addr;
	socklen_t len = address(port, &addr);
	int fd = (int)check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	check(connect(fd, (struct sockaddr *)&addr, len), "connect");
	return fd;
}

static void flood(int fd, size_t size, int64_t seconds)
{
	struct batch *batch = batch_open(size);
	int64_t start = now_ns();
	long sent = 0;
	while (now_ns() - start < seconds * 1000000000LL) {
		int n = sendmmsg(fd, batch->messages, BATCH, 0);
		sent += n > 0 ? n : 0;
	}
	printf("%ld %lld\n", sent, (long long)(now_ns() - start));
	free(batch);
}

static bool more(int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	return check(poll(&wait, 1, QUIET_MS), "poll") > 0;
}

/* The largest buffer that we may have is what saves datagrams while others run. */
static void large_buffer(int fd)
{
	int size = 8 * MIB;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static void count_datagrams(int fd, size_t size)
{
	struct batch *batch = batch_open(PACKET);
	struct pollfd first = {.fd = fd, .events = POLLIN};
	int64_t start = 0;
	int64_t last = 0;
	long received = 0;
	poll(&first, 1, -1);
	while (more(fd)) {
		int n = (int)check(recvmmsg(fd, batch->messages, BATCH, MSG_DONTWAIT, NULL),
				   "recvmmsg");
		last = now_ns();
		start = start ? start : last;
		for (int i = 0; i < n; i++)
			received += batch->messages[i].msg_len == size;
	}
	printf("%ld %lld\n", received, (long long)(last - start));
	free(batch);
}

/* One packet that waits, then those that are there already. */
static size_t read_packets(struct batch *batch)
{
	size_t count = 0;
	for (; count < BATCH; count++) {
		struct iovec piece = {batch->data[count], PACKET};
		ssize_t n = preadv2(STDIN_FILENO, &piece, 1, -1, count == 0 ? 0 : RWF_NOWAIT);
		if (n <= 0)
			break;
		batch->pieces[count].iov_len = (size_t)n;
	}
	return count;
}

static void send_packets(int fd)
{
	struct batch *batch = batch_open(PACKET);
	size_t count;
	fcntl(STDIN_FILENO, F_SETPIPE_SZ, MIB);
	while ((count = read_packets(batch)) > 0)
		for (size_t at = 0; at < count;) {
			int n = sendmmsg(fd, batch->messages + at, (unsigned)(count - at), 0);
			at += n > 0 ? (size_t)n : 1;
		}
	free(batch);
}

static void receive_packets(const char *port)
{
	struct sockaddr_storage addr;
	socklen_t len = address(port, &addr);
	int fd = (int)check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	struct batch *batch = batch_open(PACKET);
	struct pollfd first = {.fd = fd, .events = POLLIN};
	large_buffer(fd);
	check(bind(fd, (struct sockaddr *)&addr, len), "bind");
	fcntl(STDOUT_FILENO, F_SETPIPE_SZ, MIB);
	poll(&first, 1, -1);
	while (more(fd)) {
		int n = (int)check(recvmmsg(fd, batch->messages, BATCH, MSG_DONTWAIT, NULL),
				   "recvmmsg");
		struct iovec out[BATCH];
		for (int i = 0; i < n; i++)
			out[i] = (struct iovec){batch->data[i], batch->messages[i].msg_len};
		check(writev(STDOUT_FILENO, out, n), "writev");
	}
	free(batch);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	const char *what = argv[1];
	if (strcmp(what, "flood") == 0)
		flood(datagram_connect(argv[2]), strtoul(argv[3], NULL, 10), atoll(argv[4]));
	else if (strcmp(what, "count") == 0)
		count_datagrams(atoi(argv[2] + 1), strtoul(argv[3], NULL, 10));
	else if (strcmp(what, "send") == 0)
		send_packets(datagram_connect(argv[2]));
	else
		receive_packets(argv[2]);
	return 0;
}
