/* The other side of the network, the same for every tool.  WHERE is a port of loopback or a path to
 * connect to, or "@N": the listening descriptor N, inherited, on which one connection is accepted.
 *
 *   peer source WHERE BYTES   send so much without copying it, then wait for the other side to end
 *   peer sink WHERE           take everything without copying it
 *   peer echo WHERE           answer what comes with the same
 *   peer serve @N [echo]      accept for ever, one after the other: read until the end, close
 *
 * The first two print "BYTES NANOSECONDS", from the first byte to the end of the other side. */
#include "bench.h"

#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

#define FILE_SIZE (64L * MIB)

static void report(uint64_t bytes, int64_t start)
{
	printf("%llu %lld\n", (unsigned long long)bytes, (long long)(now_ns() - start));
}

/* From a file in memory that is sent again and again. */
static void source(int fd, uint64_t bytes)
{
	char byte;
	int file = (int)check(memfd_create("source", 0), "memfd_create");
	char *page = calloc(1, MIB);
	for (long at = 0; page && at < FILE_SIZE; at += MIB)
		check(write(file, page, MIB), "write");
	int64_t start = now_ns();
	for (uint64_t left = bytes; left > 0;) {
		off_t offset = 0;
		size_t want = left < (uint64_t)FILE_SIZE ? left : (size_t)FILE_SIZE;
		while (want > 0) {
			ssize_t n = check(sendfile(fd, file, &offset, want), "sendfile");
			want -= (size_t)n;
			left -= (uint64_t)n;
		}
	}
	check(shutdown(fd, SHUT_WR), "shutdown");
	check(recv(fd, &byte, 1, 0), "recv");
	report(bytes, start);
}

/* TCP throws away what MSG_TRUNC asks it to; of a Unix socket the pages are moved to /dev/null. */
static void sink(int fd)
{
	uint64_t bytes = 0;
	int64_t start = 0;
	bool local = is_unix(fd);
	int null = (int)check(open("/dev/null", O_WRONLY), "open");
	int pipe[2];
	check(pipe2(pipe, 0), "pipe2");
	fcntl(pipe[0], F_SETPIPE_SZ, MIB);
	for (;;) {
		ssize_t n = local ? splice(fd, NULL, pipe[1], NULL, MIB, 0)
				  : recv(fd, NULL, 1U << 30, MSG_TRUNC);
		if (check(n, "receive") == 0)
			break;
		if (start == 0)
			start = now_ns();
		bytes += (uint64_t)n;
		if (local)
			check(splice(pipe[0], NULL, null, NULL, (size_t)n, 0), "splice");
	}
	report(bytes, start);
}

static void echo(int fd)
{
	static char buffer[65536];
	int on = 1;
	ssize_t n;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while ((n = recv(fd, buffer, sizeof(buffer), 0)) > 0)
		check(send(fd, buffer, (size_t)n, MSG_NOSIGNAL), "send");
}

/* The plainest loop is the fastest for one client after the other. */
static void serve(int listener, bool answer)
{
	char buffer[4096];
	for (;;) {
		int fd = (int)check(accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept4");
		ssize_t n;
		while ((n = recv(fd, buffer, sizeof(buffer), 0)) > 0)
			if (answer)
				send(fd, buffer, (size_t)n, MSG_NOSIGNAL);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	const char *what = argv[1];
	if (strcmp(what, "serve") == 0)
		serve(atoi(argv[2] + 1), argc > 3);
	int fd = stream_open(argv[2]);
	widen(fd);
	if (strcmp(what, "source") == 0)
		source(fd, strtoull(argv[3], NULL, 10));
	else if (strcmp(what, "sink") == 0)
		sink(fd);
	else
		echo(fd);
	return 0;
}
