/* Round trips through a tool that talks to an echo server: `pingpong SIZE COUNT` writes SIZE bytes
 * to stdout, which is the tool's stdin, waits for as many on stdin, which is the tool's stdout, and
 * prints on stderr the median, the 99th percentile and the longest time, in nanoseconds. */
#include "bench.h"

static int by_time(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left;
	int64_t b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

static int64_t round_trip(char *data, size_t size)
{
	int64_t start = now_ns();
	check(write(STDOUT_FILENO, data, size), "write");
	for (size_t got = 0; got < size;) {
		ssize_t n = check(read(STDIN_FILENO, data, size - got), "read");
		if (n == 0)
			exit(3);
		got += (size_t)n;
	}
	return now_ns() - start;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	size_t size = strtoul(argv[1], NULL, 10);
	size_t count = strtoul(argv[2], NULL, 10);
	char *data = calloc(1, size);
	int64_t *times = calloc(count, sizeof(*times));
	if (!data || !times)
		die("calloc");
	/* The first ones pay for start-up and cold caches. */
	for (size_t i = 0; i < count / 10 + 1; i++)
		round_trip(data, size);
	for (size_t i = 0; i < count; i++)
		times[i] = round_trip(data, size);
	qsort(times, count, sizeof(*times), by_time);
	fprintf(stderr, "%lld %lld %lld\n", (long long)times[count / 2],
		(long long)times[count * 99 / 100], (long long)times[count - 1]);
	free(data);
	free(times);
	return 0;
}
