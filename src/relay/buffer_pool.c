/* A buffer for whoever copies at the moment. */
#include "relay/buffer_pool.h"

#include <stdlib.h>

/* Buffers that may be taken at their full size: those of relays whose sink takes nothing are held,
 * and thousands of them must not take all memory. */
#define LARGE_MOST 32

size_t buffer_pool_size(const struct buffer_pool *buffers)
{
	return buffers->taken < LARGE_MOST ? BUFFER_SIZE : BUFFER_SMALL;
}

char *buffer_pool_take(struct buffer_pool *buffers, size_t size)
{
	char *buf = size == BUFFER_SIZE ? buffers->buf : NULL;
	if (buf)
		buffers->buf = NULL;
	else
		buf = malloc(size);
	buffers->taken += buf != NULL;
	return buf;
}

void buffer_pool_give(struct buffer_pool *buffers, char *buf, size_t size)
{
	if (!buf)
		return;
	buffers->taken--;
	if (size == BUFFER_SIZE && !buffers->buf)
		buffers->buf = buf;
	else
		free(buf);
}

void buffer_pool_close(struct buffer_pool *buffers)
{
	free(buffers->buf);
	buffers->buf = NULL;
}
