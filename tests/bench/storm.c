/* Many short connections: `storm PORT TOTAL PARALLEL SECONDS [echo]` connects TOTAL times, PARALLEL
 * at once, sends a line, half-closes (with `echo`: when the line has come back, as ncat -e loses it
 * otherwise), and reads until the end.  It runs in as many processes as it can use and there are
 * CPUs: one alone is slower than a good listener.  Prints "DONE FAILED NANOSECONDS SLOWEST"; what
 * is not done after SECONDS is given up. */
#include "bench.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>

struct storm {
	int epoll;
	struct sockaddr_storage addr;
	socklen_t len;
	size_t want; /* bytes that each has to get */
	long left, done, failed, open;
	int64_t slowest;
};

struct connection {
	int fd;
	bool sent, ended;
	size_t got;
	int64_t start;
};

static const char line[] = "hello\n";

static void begin(struct storm *storm, struct connection *connection)
{
	*connection = (struct connection){.fd = -1, .start = now_ns()};
	storm->left--;
	connection->fd = (int)check(socket(storm->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0),
				    "socket");
	storm->open++;
	if (connect(connection->fd, (struct sockaddr *)&storm->addr, storm->len) != 0 &&
	    errno != EINPROGRESS)
		die("connect");
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
	check(epoll_ctl(storm->epoll, EPOLL_CTL_ADD, connection->fd, &event), "epoll_ctl");
}

static void finish(struct storm *storm, struct connection *connection, bool well)
{
	int64_t took = now_ns() - connection->start;
	if (took > storm->slowest)
		storm->slowest = took;
	well = well && connection->got == storm->want;
	storm->done += well;
	storm->failed += !well;
	storm->open--;
	close(connection->fd);
	if (storm->left > 0)
		begin(storm, connection);
}

static void go_on(struct storm *storm, struct connection *connection)
{
	char buffer[256];
	ssize_t n;
	if (!connection->sent) {
		n = send(connection->fd, line, sizeof(line) - 1, MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
			return;
		connection->sent = n == (ssize_t)sizeof(line) - 1;
	}
	do {
		if (connection->got >= storm->want && !connection->ended)
			connection->ended = shutdown(connection->fd, SHUT_WR) == 0;
		n = recv(connection->fd, buffer, sizeof(buffer), 0);
		connection->got += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	if (!connection->sent || n == 0 || errno != EAGAIN)
		finish(storm, connection, n == 0);
}

static void run(struct storm *storm, long parallel, int64_t deadline)
{
	struct connection *connections = calloc((size_t)parallel, sizeof(*connections));
	struct epoll_event events[64];

	if (!connections)
		die("calloc");
	storm->epoll = (int)check(epoll_create1(0), "epoll_create1");
	for (long i = 0; i < parallel && storm->left > 0; i++)
		begin(storm, &connections[i]);
	while (storm->open > 0 && now_ns() < deadline) {
		int count = (int)check(epoll_wait(storm->epoll, events, 64, 100), "epoll_wait");
		for (int i = 0; i < count; i++)
			go_on(storm, events[i].data.ptr);
	}
	free(connections);
}

static long processors(void)
{
	cpu_set_t set;
	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* Share I of N of WHOLE. */
static long share(long whole, long i, long n)
{
	return whole / n + (i < whole % n);
}

/* STORMS, COUNT of them in memory that is shared, each in a process of its own. */
static void run_all(struct storm *storms, long count, long parallel, int64_t deadline)
{
	for (long i = 0; i < count; i++) {
		if (check(fork(), "fork") != 0)
			continue;
		run(&storms[i], share(parallel, i, count), deadline);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	long total = atol(argv[2]);
	long parallel = atol(argv[3]);
	long count = processors() < parallel ? processors() : parallel;
	struct storm *storms = mmap(NULL, (size_t)count * sizeof(*storms), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (storms == MAP_FAILED)
		die("mmap");
	for (long i = 0; i < count; i++) {
		storms[i].left = share(total, i, count);
		storms[i].want = argc > 5 ? sizeof(line) - 1 : 0;
		storms[i].len = address(argv[1], &storms[i].addr);
	}
	int64_t start = now_ns();
	int64_t deadline = start + atoll(argv[4]) * 1000000000LL;
	run_all(storms, count, parallel, deadline);
	int64_t took = now_ns() - start;
	struct storm sum = {.left = 0};
	for (long i = 0; i < count; i++) {
		sum.done += storms[i].done;
		sum.failed += storms[i].failed + storms[i].open + storms[i].left;
		if (storms[i].slowest > sum.slowest)
			sum.slowest = storms[i].slowest;
	}
	printf("%ld %ld %lld %lld\n", sum.done, sum.failed, (long long)took,
	       (long long)sum.slowest);
	return 0;
}
