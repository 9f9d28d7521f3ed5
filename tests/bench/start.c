/* The least that a program linked with glibc can do: `start PORT` connects and closes (-z); `start
 * PORT send` also sends what stdin brings, half-closes, and writes out what comes back. */
#include "bench.h"

int main(int argc, char **argv)
{
	char buffer[4096];
	ssize_t n;
	if (argc < 2)
		return 2;
	int fd = stream_connect(argv[1]);
	if (argc < 3)
		return close(fd);
	while ((n = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0)
		check(write(fd, buffer, (size_t)n), "write");
	check(shutdown(fd, SHUT_WR), "shutdown");
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		check(write(STDOUT_FILENO, buffer, (size_t)n), "write");
	return 0;
}
