/* A consumer of stdin: `sink` moves the pages to /dev/null without a look, `sink copy` reads them,
 * as `cat >/dev/null` does. Prints "BYTES NANOSECONDS", from the first byte to the end. */
#include "bench.h"

#define COPY_SIZE (128 * 1024)

int main(int argc, char **argv)
{
	bool copy = argc > 1 && strcmp(argv[1], "copy") == 0;
	char *buffer = malloc(COPY_SIZE);
	int null = (int)check(open("/dev/null", O_WRONLY), "open");
	uint64_t bytes = 0;
	int64_t start = 0;
	for (;;) {
		ssize_t n = copy ? read(STDIN_FILENO, buffer, COPY_SIZE)
				 : splice(STDIN_FILENO, NULL, null, NULL, MIB, 0);
		if (check(n, "sink") == 0)
			break;
		if (start == 0)
			start = now_ns();
		bytes += (uint64_t)n;
	}
	printf("%llu %lld\n", (unsigned long long)bytes, (long long)(now_ns() - start));
	free(buffer);
	return 0;
}
