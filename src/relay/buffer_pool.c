/* A buffer for whoever copies at the moment. */
#include "relay/buffer_pool.h"

#include <stdlib.h>

char *buffer_pool_take(struct buffer_pool *buffers)
{
	char *buf = buffers->buf;
	buffers->buf = NULL;
	return buf ? buf : malloc(BUFFER_SIZE);
}

void buffer_pool_give(struct buffer_pool *buffers, char *buf)
{
	if (!buffers->buf)
		buffers->buf = buf;
	else
		free(buf);
}

void buffer_pool_close(struct buffer_pool *buffers)
{
	free(buffers->buf);
	buffers->buf = NULL;
}
