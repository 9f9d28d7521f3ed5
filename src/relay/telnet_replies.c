/* What is sent between the data of a pump. */
#include "relay/telnet_replies.h"

#include <string.h>

size_t telnet_replies_room(const struct telnet_replies *telnet_replies)
{
	return telnet_replies->closed
		       ? TELNET_REPLIES_SIZE
		       : TELNET_REPLIES_SIZE - (telnet_replies->end - telnet_replies->start);
}

char *telnet_replies_at_end(struct telnet_replies *telnet_replies)
{
	size_t left = telnet_replies->closed ? 0 : telnet_replies->end - telnet_replies->start;
	memmove(telnet_replies->bytes, telnet_replies->bytes + telnet_replies->start, left);
	telnet_replies->start = 0;
	telnet_replies->end = left;
	return telnet_replies->bytes + left;
}

bool telnet_replies_wait(const struct telnet_replies *telnet_replies)
{
	return !telnet_replies->closed && telnet_replies->start < telnet_replies->end;
}
