/* The limit: a relay that does, for each pair of descriptors, the best that is known (splice(2) and
 * sendfile(2) between sockets, pipes and files, with pipes of 1 MiB), and nothing else: no options,
 * no messages, no care for odd descriptors.  It is what handset is measured against.
 *
 *   limit send|recv|both WHERE      connect, and move stdin there, or what comes to stdout, or both
 *   limit -l send|recv|both WHERE   listen, and do the same
 *   limit -l forward WHERE TARGET   listen, and relay one client to TARGET */
#include "bench.h"

#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum how { BY_SPLICE, BY_SENDFILE, BY_DISCARD, BY_PIPE };

/* One direction. */
struct lane {
	int from, to;
	enum how how;
	int pipe[2]; /* BY_PIPE: neither end is one, so the bytes go through this */
	size_t held; /* what is in it */
	bool ended;  /* the source has */
	bool over;
};

static bool is_pipe(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

static bool is_file(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_null(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) &&
	       status.st_rdev == makedev(1, 3);
}

static struct lane lane_open(int from, int to)
{
	struct lane lane = {.from = from, .to = to, .how = BY_SPLICE};
	if (is_file(from))
		lane.how = BY_SENDFILE;
	else if (is_null(to) && !is_pipe(from) && !is_unix(from))
		lane.how = BY_DISCARD;
	else if (!is_pipe(from) && !is_pipe(to))
		lane.how = BY_PIPE;
	if (lane.how == BY_PIPE)
		check(pipe2(lane.pipe, O_NONBLOCK), "pipe2");
	/* A file takes what it is given at once: a larger pipe would only leave the caches. */
	int ends[] = {from, to, lane.pipe[0]};
	int size = is_file(to) ? MIB / 4 : MIB;
	for (size_t i = 0; i < (lane.how == BY_PIPE ? 3 : 2); i++)
		fcntl(ends[i], F_SETPIPE_SZ, size);
	return lane;
}

/* Through the pipe of the lane: what one splice took, the next ones give.  True when something
 * moved. */
static bool step_pipe(struct lane *lane)
{
	bool moved = false;
	if (!lane->ended) {
		ssize_t n = splice(lane->from, NULL, lane->pipe[1], NULL, MIB, SPLICE_F_NONBLOCK);
		lane->ended = n == 0;
		moved = n >= 0;
		lane->held += n > 0 ? (size_t)n : 0;
		if (n < 0 && errno != EAGAIN)
			die("splice");
	}
	while (lane->held > 0) {
		ssize_t n = splice(lane->pipe[0], NULL, lane->to, NULL, lane->held,
				   SPLICE_F_NONBLOCK);
		if (n < 0 && errno == EAGAIN)
			break;
		lane->held -= (size_t)check(n, "splice");
		moved = true;
	}
	lane->over = lane->ended && lane->held == 0;
	return moved;
}

static bool step(struct lane *lane)
{
	ssize_t n = 0;
	if (lane->how == BY_PIPE)
		return step_pipe(lane);
	if (lane->how == BY_SPLICE)
		n = splice(lane->from, NULL, lane->to, NULL, MIB, SPLICE_F_NONBLOCK);
	else if (lane->how == BY_SENDFILE)
		n = sendfile(lane->to, lane->from, NULL, 1U << 30);
	else
		n = recv(lane->from, NULL, 1U << 30, MSG_TRUNC);
	if (n < 0 && errno == EAGAIN)
		return false;
	lane->over = check(n, "move") == 0;
	return true;
}

/* What LANE waits for: its source or, when that has something or the pipe of the lane is full, the
 * other end. */
static struct pollfd wants(const struct lane *lane)
{
	struct pollfd ends[2] = {{.fd = lane->from, .events = POLLIN},
				 {.fd = lane->to, .events = POLLOUT}};
	if (lane->how == BY_PIPE && lane->held > 0)
		return ends[1];
	if (lane->how == BY_DISCARD || lane->how == BY_PIPE)
		return ends[0];
	check(poll(ends, 2, 0), "poll");
	return ends[0].revents ? ends[1] : ends[0];
}

static void wait_for(const struct lane *lanes, size_t count)
{
	struct pollfd fds[2];
	nfds_t used = 0;
	for (size_t i = 0; i < count; i++)
		if (!lanes[i].over)
			fds[used++] = wants(&lanes[i]);
	check(poll(fds, used, -1), "poll");
}

/* Move until every lane is over; a lane that ends tells the socket that it feeds.  What is thrown
 * away is left to gather. */
static void relay(struct lane *lanes, size_t count)
{
	int64_t moved_ns = 0;
	size_t over = 0;
	while (over < count) {
		bool moved = false;
		bool soon = false;
		for (size_t i = 0; i < count; i++) {
			if (lanes[i].over || !step(&lanes[i]))
				continue;
			moved = true;
			soon |= lanes[i].how != BY_DISCARD;
			if (!lanes[i].over)
				continue;
			over++;
			if (lanes[i].to != STDOUT_FILENO)
				shutdown(lanes[i].to, SHUT_WR);
		}
		int64_t now = now_ns();
		if (soon)
			moved_ns = now;
		if (moved)
			continue;
		if (now - moved_ns < SPIN_NS)
			sched_yield();
		else
			wait_for(lanes, count);
	}
}

/* A sender stays until the other side has it all. */
static void await_end(int fd)
{
	struct pollfd end = {.fd = fd, .events = POLLIN};
	char buffer[4096];
	ssize_t n;
	do {
		check(poll(&end, 1, -1), "poll");
		n = recv(fd, buffer, sizeof(buffer), 0);
	} while (n > 0 || (n < 0 && errno == EAGAIN));
}

int main(int argc, char **argv)
{
	bool listens = argc > 1 && strcmp(argv[1], "-l") == 0;
	argv += listens;
	if (argc - listens < 3)
		return 2;
	const char *mode = argv[1];
	signal(SIGPIPE, SIG_IGN);
	int fd = listens ? (int)check(accept(stream_listen(argv[2]), NULL, NULL), "accept")
			 : stream_connect(argv[2]);
	int out = *mode == 'f' ? stream_connect(argv[3]) : STDOUT_FILENO;
	int in = *mode == 'f' ? out : STDIN_FILENO;

	widen(fd);
	nonblocking(fd);
	if (out != STDOUT_FILENO)
		nonblocking(out);
	struct lane lanes[2];
	size_t count = 0;
	if (*mode != 's')
		lanes[count++] = lane_open(fd, out);
	if (*mode != 'r')
		lanes[count++] = lane_open(in, fd);
	relay(lanes, count);
	if (*mode == 's')
		await_end(fd);
	return 0;
}
