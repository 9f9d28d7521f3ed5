/* What the programs of the bench share.  Each is one file and does one thing; a call that fails
 * ends it, with a word about which one, because a figure that comes from half a run is worse than
 * none. */
#ifndef HANDSET_BENCH_H
#define HANDSET_BENCH_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MIB (1 << 20)
/* A wake-up of a task on another CPU costs about as much: who expects data tries again for so long
 * before it sleeps. */
#define SPIN_NS 50000

static inline void die(const char *what)
{
	perror(what);
	exit(1);
}

static inline long check(long result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

static inline int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* An address of the bench: a port of loopback, or a path. */
static inline socklen_t address(const char *text, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof(*out));
	if (*text == '/') {
		struct sockaddr_un *local = (struct sockaddr_un *)out;
		local->sun_family = AF_UNIX;
		strncpy(local->sun_path, text, sizeof(local->sun_path) - 1);
		return sizeof(*local);
	}
	struct sockaddr_in *inet = (struct sockaddr_in *)out;
	inet->sin_family = AF_INET;
	inet->sin_port = htons((uint16_t)atoi(text));
	inet->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*inet);
}

static inline int stream_connect(const char *where)
{
	struct sockaddr_storage addr;
	socklen_t len = address(where, &addr);
	int fd = (int)check(socket(addr.ss_family, SOCK_STREAM, 0), "socket");
	check(connect(fd, (struct sockaddr *)&addr, len), "connect");
	return fd;
}

static inline int stream_listen(const char *where)
{
	struct sockaddr_storage addr;
	socklen_t len = address(where, &addr);
	int on = 1;
	int fd = (int)check(socket(addr.ss_family, SOCK_STREAM, 0), "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	check(bind(fd, (struct sockaddr *)&addr, len), "bind");
	check(listen(fd, SOMAXCONN), "listen");
	return fd;
}

/* A connection: "@7" accepts on the listening descriptor 7, which was inherited; anything else is
 * connected to. */
static inline int stream_open(const char *where)
{
	if (*where != '@')
		return stream_connect(where);
	return (int)check(accept(atoi(where + 1), NULL, NULL), "accept");
}

static inline bool is_unix(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);
	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);
	return domain == AF_UNIX;
}

/* A Unix socket's send buffer is not tuned by the kernel, and its default is small. */
static inline void widen(int fd)
{
	int size = MIB;
	if (is_unix(fd))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static inline void nonblocking(int fd)
{
	check(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
}

#endif
