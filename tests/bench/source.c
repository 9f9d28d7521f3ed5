/* A producer on stdout that costs next to nothing: `source BYTES` maps the same pages into the pipe
 * again and again (vmsplice); `source BYTES packet SIZE` writes packets of that size, which a pipe
 * made with O_DIRECT keeps apart. */
#include "bench.h"

#include <sys/uio.h>

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	uint64_t left = strtoull(argv[1], NULL, 10);
	size_t size = argc > 3 ? strtoul(argv[3], NULL, 10) : MIB;
	char *data = aligned_alloc(MIB, MIB);
	if (!data)
		die("aligned_alloc");
	memset(data, 'x', MIB);
	while (left > 0) {
		struct iovec piece = {.iov_base = data, .iov_len = left < size ? left : size};
		ssize_t n = argc > 3 ? write(STDOUT_FILENO, data, piece.iov_len)
				     : vmsplice(STDOUT_FILENO, &piece, 1, 0);
		left -= (uint64_t)check(n, "source");
	}
	return 0;
}
