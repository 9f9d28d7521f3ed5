/* The lanes of a pump, on pipes, sockets and files of their own. */
#include "relay/lane.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/transport_sock.h"
#include "pump_bench.h"
#include "unit.h"

#define BULK (64 * BULK_BYTES)
#define PATIENCE_MS 5000

static void make_pipe(int ends[2])
{
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0)
		abort();
}

static void make_pair(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
		abort();
}

/* A connection of TCP over loopback. */
static void make_tcp(int ends[2])
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(addr);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&addr, len) != 0 || listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&addr, &len) != 0 ||
	    connect(ends[0], (struct sockaddr *)&addr, len) != 0)
		abort();
	ends[1] = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (ends[1] < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		abort();
	close(listener);
}

static int make_file(const char *text, size_t len, int flags)
{
	char name[] = "/tmp/handset-pump-XXXXXX";
	int fd = mkstemp(name);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len || fsync(fd) != 0)
		abort();
	close(fd);
	fd = open(name, O_RDWR | O_CLOEXEC | flags);
	unlink(name);
	return fd;
}

static void close_both(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/* A pump between descriptors, which read on one side and write on the other. */
static struct bench *descriptors(int in, int out)
{
	struct bench *bench = bench_new();
	fake_open_fds(&bench->from, in, -1);
	fake_open_fds(&bench->to, -1, out);
	bench_start(bench);
	return bench;
}

/* Write the next of TOTAL bytes of a pattern, PUT of which are there already, until FD takes no
 * more.  How many. */
static size_t put_pattern(int fd, size_t put, size_t total)
{
	char piece[8192];
	size_t before = put;
	ssize_t n = 1;
	while (n > 0 && put < total) {
		size_t len = total - put < sizeof(piece) ? total - put : sizeof(piece);
		for (size_t i = 0; i < len; i++)
			piece[i] = (char)((put + i) % 251);
		n = write(fd, piece, len);
		put += n > 0 ? (size_t)n : 0;
	}
	return put - before;
}

/* Read some of the pattern, of which GOT bytes were read before.  How many, or -1 when others came.
 */
static ssize_t take_pattern(int fd, size_t got)
{
	char piece[8192];
	ssize_t n = read(fd, piece, sizeof(piece));
	for (ssize_t i = 0; i < n; i++)
		if (piece[i] != (char)((got + (size_t)i) % 251))
			return -1;
	return n > 0 ? n : 0;
}

/* Write TOTAL bytes of a pattern to WRITE_FD, let the pump move them, and take them from READ_FD,
 * more slowly than they come; then WRITE_FD is closed, and the pump done. */
static void pass(struct bench *bench, int write_fd, int read_fd, size_t total)
{
	size_t put = 0, got = 0;
	ssize_t taken = 0;
	for (int idle = 0; got < total && taken >= 0 && idle < PATIENCE_MS;) {
		size_t n = put_pattern(write_fd, put, total);
		bool moved = bench_step(bench);
		taken = take_pattern(read_fd, got);
		put += n;
		got += taken > 0 ? (size_t)taken : 0;
		if (n == 0 && !moved && taken == 0) {
			poll(NULL, 0, 1);
			idle++;
		}
	}
	CHECK_INT(got, total);
	CHECK_INT(bench->pump.bytes, total);
	close(write_fd);
	bench_step(bench);
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(pump_pending(&bench->pump), 0);
}

static void a_pipe_is_spliced_to_a_socket(void)
{
	int in[2], out[2];
	make_pipe(in);
	make_tcp(out);
	struct bench *bench = descriptors(in[0], out[0]);
	CHECK_INT(bench->pump.lane, LANE_SPLICE);
	CHECK(!pump_step(&bench->pump, bench->now_ns));
	CHECK(pump_wants_from(&bench->pump));
	CHECK(pump_wants_to(&bench->pump, bench->now_ns));
	pass(bench, in[1], out[1], BULK);
	CHECK_INT(bench->pump.lane, LANE_SPLICE);
	CHECK(bench->pump.enlarged);
	CHECK_INT(bench->from.recvs, 0);
	bench_free(bench);
	close(in[0]);
	close_both(out);
}

static void a_socket_is_spliced_to_a_pipe(void)
{
	int in[2], out[2];
	make_tcp(in);
	make_pipe(out);
	struct bench *bench = descriptors(in[0], out[1]);
	CHECK_INT(bench->pump.lane, LANE_SPLICE);
	pass(bench, in[1], out[0], BULK);
	CHECK_INT(bench->from.recvs, 0);
	bench_free(bench);
	close(in[0]);
	close_both(out);
}

static void a_splice_to_a_pipe_that_nobody_reads_fails_to_write(void)
{
	int in[2], out[2];
	signal(SIGPIPE, SIG_IGN);
	make_tcp(in);
	make_pipe(out);
	struct bench *bench = descriptors(in[0], out[1]);
	CHECK_INT(write(in[1], "abc", 3), 3);
	close(out[0]);
	for (int i = 0; i < ROUNDS && !pump_is_over(&bench->pump); i++) {
		bench_step(bench);
	}
	CHECK_INT(bench->pump.state, PUMP_FAILED);
	CHECK_INT(bench->pump.write_err, EPIPE);
	CHECK_INT(bench->pump.read_err, 0);
	bench_free(bench);
	close_both(in);
	close(out[1]);
}

static void a_splice_from_a_socket_that_is_reset_fails_to_read(void)
{
	const struct linger at_once = {.l_onoff = 1};
	int in[2], out[2];
	make_tcp(in);
	make_pipe(out);
	struct bench *bench = descriptors(in[0], out[1]);
	setsockopt(in[1], SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(in[1]);
	bench_step(bench);
	CHECK_INT(bench->pump.state, PUMP_FAILED);
	CHECK_INT(bench->pump.read_err, ECONNRESET);
	bench_free(bench);
	close(in[0]);
	close_both(out);
}

static void a_file_is_sent_by_the_kernel(void)
{
	static const char text[] = "what the file has\n";
	char back[64];
	int out[2];
	make_tcp(out);
	int file = make_file(text, sizeof(text) - 1, 0);
	struct bench *bench = descriptors(file, out[0]);
	CHECK_INT(bench->pump.lane, LANE_SENDFILE);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(read(out[1], back, sizeof(back)), sizeof(text) - 1);
	CHECK_INT(bench->from.recvs, 0);
	bench_free(bench);
	close(file);
	close_both(out);
}

static void sockets_go_through_a_pipe_once_they_are_bulk(void)
{
	int in[2], out[2];
	make_tcp(in);
	make_pair(out);
	struct bench *bench = descriptors(in[0], out[0]);
	CHECK_INT(bench->pump.lane, LANE_COPY);
	CHECK(bench->pump.may_splice);
	pass(bench, in[1], out[1], BULK);
	CHECK_INT(bench->pump.lane, LANE_PIPE);
	CHECK(bench->pump.large_pipe);
	CHECK_INT(bench->buffers.large_pipes, 1);
	unsigned copied = bench->from.recvs;
	CHECK(copied > 0);
	bench_free(bench);
	close(in[0]);
	close_both(out);
}

static void a_pipe_of_our_own_is_given_back(void)
{
	int in[2], out[2];
	make_pair(in);
	make_pair(out);
	struct bench *bench = descriptors(in[0], out[0]);
	pass(bench, in[1], out[1], BULK);
	CHECK_INT(bench->pump.lane, LANE_PIPE);
	pump_close(&bench->pump);
	CHECK_INT(bench->pump.pipe[0], -1);
	CHECK_INT(bench->pump.pipe[1], -1);
	CHECK_INT(bench->buffers.large_pipes, 0);
	bench_free(bench);
	close(in[0]);
	close_both(out);
}

static void what_cannot_be_spliced_is_copied(void)
{
	char back[64];
	int in[2];
	make_pipe(in);
	/* The kernel does not splice to a file that is appended to. */
	int file = make_file("", 0, O_APPEND);
	struct bench *bench = descriptors(in[0], file);
	CHECK_INT(bench->pump.lane, LANE_SPLICE);
	CHECK_INT(write(in[1], "abc", 3), 3);
	close(in[1]);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.lane, LANE_COPY);
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(pread(file, back, sizeof(back), 0), 3);
	bench_free(bench);
	close(in[0]);
	close(file);
}

static void what_our_own_pipe_holds_is_not_lost_when_it_cannot_be_spliced(void)
{
	int in[2];
	size_t put = 0;
	char piece[4096] = {0};
	make_pair(in);
	int file = make_file("", 0, O_APPEND);
	struct bench *bench = descriptors(in[0], file);
	bench->pump.may_splice = true;
	for (int i = 0; i < ROUNDS && put < BULK; i++) {
		ssize_t n = write(in[1], piece, sizeof(piece));
		put += n > 0 ? (size_t)n : 0;
		bench_step(bench);
	}
	close(in[1]);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.lane, LANE_COPY);
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(bench->pump.bytes, put);
	CHECK_INT(lseek(file, 0, SEEK_END), put);
	bench_free(bench);
	close(in[0]);
	close(file);
}

static void tcp_is_discarded_without_a_copy(void)
{
	int in[2];
	make_tcp(in);
	struct bench *bench = bench_new();
	bench->config.discard = true;
	fake_open_fds(&bench->from, in[0], -1);
	fake_open(&bench->to, NULL, NULL, true);
	bench_start(bench);
	CHECK_INT(bench->pump.lane, LANE_DISCARD);
	CHECK_INT(write(in[1], "abc", 3), 3);
	close(in[1]);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(bench->pump.bytes, 3);
	CHECK_INT(bench->from.recvs, 0);
	bench_free(bench);
	close(in[0]);
}

static void what_cannot_be_discarded_is_read(void)
{
	int in[2];
	make_pair(in);
	struct bench *bench = bench_new();
	bench->config.discard = true;
	fake_open_fds(&bench->from, in[0], -1);
	fake_open(&bench->to, NULL, NULL, true);
	bench_start(bench);
	CHECK_INT(bench->pump.lane, LANE_DISCARD);
	CHECK_INT(write(in[1], "abc", 3), 3);
	close(in[1]);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.lane, LANE_COPY);
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(bench->pump.bytes, 3);
	CHECK_INT(bench->to.sends, 0);
	bench_free(bench);
	close(in[0]);
}

static void a_filter_keeps_the_data_in_sight(void)
{
	const struct pump_config configs[] = {
		{.crlf = true}, {.rate = 1}, {.interval_ns = 1}, {.see_data = true}, {.limit = 1}};
	int in[2], out[2];
	make_pipe(in);
	make_tcp(out);
	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		struct bench *bench = bench_new();
		bench->config = configs[i];
		bench->config.buffers = &bench->buffers;
		fake_open_fds(&bench->from, in[0], -1);
		fake_open_fds(&bench->to, -1, out[0]);
		bench_start(bench);
		CHECK_INT(bench->pump.lane, LANE_COPY);
		CHECK(!bench->pump.may_splice);
		bench_free(bench);
	}
	close_both(in);
	close_both(out);
}

/* ---- packets, many at a time ---- */

static void make_datagrams(int ends[2])
{
	struct sockaddr_in addr[2];
	socklen_t len = sizeof(addr[0]);
	for (size_t i = 0; i < 2; i++) {
		addr[i] = (struct sockaddr_in){.sin_family = AF_INET,
					       .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
		ends[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (bind(ends[i], (struct sockaddr *)&addr[i], len) != 0 ||
		    getsockname(ends[i], (struct sockaddr *)&addr[i], &len) != 0)
			abort();
	}
	for (size_t i = 0; i < 2; i++)
		if (connect(ends[i], (struct sockaddr *)&addr[1 - i], len) != 0)
			abort();
}

static void packets_that_queue_up_go_many_at_a_time(void)
{
	int in[2], out[2];
	char back[64];
	struct bench *bench = bench_new();
	make_datagrams(in);
	make_datagrams(out);
	transport_sock(&bench->from.transport, &bench->from.trace, in[0], SOCK_DGRAM);
	transport_sock(&bench->to.transport, &bench->to.trace, out[0], SOCK_DGRAM);
	bench->from.transport.in.many = bench->to.transport.out.many = true;
	bench_start(bench);
	CHECK(bench->pump.may_queue);
	for (int i = 0; i < 40; i++)
		CHECK_INT(write(in[1], "packet", (size_t)(i % 7)), i % 7);
	for (int i = 0; i < ROUNDS && bench->pump.reads < 40; i++) {
		bench_step(bench);
	}
	CHECK_INT(bench->pump.lane, LANE_PACKETS);
	CHECK_INT(bench->pump.reads, 40);
	pump_end(&bench->pump);
	CHECK_INT(bench->pump.state, PUMP_DRAINING);
	for (int i = 0; i < ROUNDS && !pump_is_over(&bench->pump); i++) {
		bench->pump.to_ready = true;
		pump_step(&bench->pump, bench->now_ns);
	}
	CHECK_INT(bench->pump.state, PUMP_DONE);
	for (int i = 0; i < 40; i++)
		CHECK_INT(read(out[1], back, sizeof(back)), i % 7);
	bench_free(bench);
	close_both(in);
	close_both(out);
}

static void a_queue_without_the_call_is_copied(void)
{
	int in[2];
	struct bench *bench = bench_new();
	make_datagrams(in);
	transport_sock(&bench->from.transport, &bench->from.trace, in[0], SOCK_DGRAM);
	fake_open(&bench->to, NULL, NULL, true);
	bench->from.transport.in.many = true;
	bench_start(bench);
	CHECK(lane_packets_open(&bench->pump));
	CHECK_INT(bench->pump.lane, LANE_PACKETS);
	bench->from.transport.in.many = false;
	CHECK_INT(write(in[1], "abc", 3), 3);
	for (int i = 0; i < ROUNDS && bench->to.got_len == 0; i++) {
		bench_step(bench);
	}
	CHECK_INT(bench->pump.lane, LANE_COPY);
	CHECK(fake_got(&bench->to, "abc", 3));
	bench_free(bench);
	close_both(in);
}

UNIT_MAIN(a_pipe_is_spliced_to_a_socket, a_socket_is_spliced_to_a_pipe,
	  a_splice_to_a_pipe_that_nobody_reads_fails_to_write,
	  a_splice_from_a_socket_that_is_reset_fails_to_read, a_file_is_sent_by_the_kernel,
	  sockets_go_through_a_pipe_once_they_are_bulk, a_pipe_of_our_own_is_given_back,
	  what_cannot_be_spliced_is_copied,
	  what_our_own_pipe_holds_is_not_lost_when_it_cannot_be_spliced,
	  tcp_is_discarded_without_a_copy, what_cannot_be_discarded_is_read,
	  a_filter_keeps_the_data_in_sight, packets_that_queue_up_go_many_at_a_time,
	  a_queue_without_the_call_is_copied)
