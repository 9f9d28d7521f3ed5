/* A buffer for whoever copies at the moment. */
#include "relay/buffer_pool.h"

#include <stdlib.h>

char *spare_take(struct spare *spare)
{
	char *buf = spare->buf;
	spare->buf = NULL;
	return buf ? buf : malloc(SPARE_SIZE);
}

void spare_give(struct spare *spare, char *buf)
{
	if (!spare->buf)
		spare->buf = buf;
	else
		free(buf);
}

void spare_close(struct spare *spare)
{
	free(spare->buf);
	spare->buf = NULL;
}
