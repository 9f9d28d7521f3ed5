/* Many clients at once of a listener that keeps open.
 *
 *   crowd PORT CLIENTS idle              connect them all, see each answered with an echo, stay
 * until stdin ends crowd PORT CLIENTS idle @N           the same, and be the target of --to as
 * well, on the inherited listening descriptor N crowd PORT CLIENTS broker            connect them
 * all, see each hear of another, stay until stdin ends crowd PORT CLIENTS broker COUNT SIZE connect
 * one after the other, see each hear of another, then one of them sends COUNT messages of SIZE
 * bytes to all others
 *
 * Prints "CONNECTED NANOSECONDS" when all are there, or as many as have come within the limit;
 * then, of the messages, "DELIVERED NANOSECONDS". */
#include "bench.h"

#include <sys/epoll.h>
#include <sys/resource.h>

/* How long is waited for those that are not served. */
#define LIMIT_NS (10 * 1000000000LL)
/* So much may be under way to one receiver: less than its socket and the broker's hold. */
#define WINDOW 65536

struct crowd {
	int epoll, target;
	long clients, heard;
	int *fds;
	char *hears; /* by descriptor: what came first has come */
	uint64_t received;
	int64_t start;
};

static void watch(const struct crowd *crowd, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};
	check(epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static void accept_all(const struct crowd *crowd)
{
	int fd;
	while ((fd = accept4(crowd->target, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		crowd->hears[fd] = 2;
		watch(crowd, fd, EPOLLIN);
	}
}

/* What has come on FD: of the target an echo is made of it, else it is counted. */
static void hear(struct crowd *crowd, int fd)
{
	static char buffer[65536];
	ssize_t n = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
	if (n <= 0) {
		if (n == 0)
			epoll_ctl(crowd->epoll, EPOLL_CTL_DEL, fd, NULL);
		return;
	}
	if (crowd->hears[fd] == 2) {
		send(fd, buffer, (size_t)n, MSG_NOSIGNAL);
		return;
	}
	crowd->heard += crowd->hears[fd] == 0;
	crowd->hears[fd] = 1;
	crowd->received += (uint64_t)n;
}

/* Deal with what has come; whether anything had. */
static bool turn(struct crowd *crowd, int wait_ms)
{
	struct epoll_event events[256];
	int count = epoll_wait(crowd->epoll, events, 256, wait_ms);
	for (int i = 0; i < count; i++) {
		if (events[i].data.fd == crowd->target)
			accept_all(crowd);
		else
			hear(crowd, events[i].data.fd);
	}
	return count > 0;
}

/* One after the other when that is wanted, for listeners with a short backlog. */
static void connect_all(struct crowd *crowd, const char *port, bool gently)
{
	struct sockaddr_storage addr;
	socklen_t len = address(port, &addr);
	for (long i = 0; i < crowd->clients; i++) {
		int fd = (int)check(socket(addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0),
				    "socket");
		if (connect(fd, (struct sockaddr *)&addr, len) != 0 && errno != EINPROGRESS)
			die("connect");
		crowd->fds[i] = fd;
		watch(crowd, fd, EPOLLIN);
		if (gently)
			turn(crowd, 2);
	}
}

static bool in_time(const struct crowd *crowd)
{
	return now_ns() - crowd->start < LIMIT_NS;
}

/* Until every client has been answered, or heard the last one, who says a byte again and again;
 * with the broker it hears the first one once. */
static void gather(struct crowd *crowd, bool broker)
{
	for (long i = 0; !broker && i < crowd->clients; i++)
		while (send(crowd->fds[i], "x", 1, MSG_NOSIGNAL) < 0 && errno == EAGAIN &&
		       in_time(crowd))
			turn(crowd, 1);
	while (crowd->heard < crowd->clients && in_time(crowd)) {
		if (broker)
			send(crowd->fds[crowd->clients - 1], "x", 1, MSG_NOSIGNAL);
		if (broker && crowd->heard >= crowd->clients - 1)
			send(crowd->fds[0], "x", 1, MSG_NOSIGNAL);
		while (turn(crowd, 20) && crowd->heard < crowd->clients && in_time(crowd))
			;
	}
	printf("%ld %lld\n", crowd->heard, (long long)(now_ns() - crowd->start));
	fflush(stdout);
}

static void deliver(struct crowd *crowd, long count, size_t size)
{
	uint64_t others = (uint64_t)crowd->clients - 1;
	char *message = calloc(1, size);
	uint64_t sent = 0;
	uint64_t all = (uint64_t)count * size;
	int from = crowd->fds[crowd->clients - 1];
	while (turn(crowd, 200))
		;
	crowd->received = 0;
	crowd->start = now_ns();
	while (crowd->received < all * others && in_time(crowd)) {
		while (message && sent < all && sent - crowd->received / others < WINDOW) {
			ssize_t n = send(from, message, size, MSG_NOSIGNAL);
			if (n < 0)
				break;
			sent += (uint64_t)n;
		}
		turn(crowd, 1000);
	}
	printf("%llu %lld\n", (unsigned long long)(crowd->received / size),
	       (long long)(now_ns() - crowd->start));
	free(message);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	struct rlimit files;
	check(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
	files.rlim_cur = files.rlim_max;
	check(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");

	bool broker = strcmp(argv[3], "broker") == 0;
	struct crowd crowd = {.clients = atol(argv[2]), .target = -1, .start = now_ns()};
	crowd.fds = calloc((size_t)crowd.clients, sizeof(*crowd.fds));
	crowd.hears = calloc(files.rlim_cur, 1);
	if (!crowd.fds || !crowd.hears)
		die("calloc");
	crowd.epoll = (int)check(epoll_create1(0), "epoll_create1");
	if (argc == 5) {
		crowd.target = atoi(argv[4] + 1);
		nonblocking(crowd.target);
		watch(&crowd, crowd.target, EPOLLIN);
	}
	connect_all(&crowd, argv[1], argc == 6);
	gather(&crowd, broker);
	if (argc == 6)
		deliver(&crowd, atol(argv[4]), strtoul(argv[5], NULL, 10));
	else
		check(read(STDIN_FILENO, argv[1], 1), "read");
	free(crowd.fds);
	free(crowd.hears);
	return 0;
}
