/* Netlink messages: lengths, alignment, attributes. What they mean is in nlroute.c and nldiag.c. */
#include "proto/nlmsg.h"

#include <linux/netlink.h>
#include <netinet/in.h>
#include <string.h>

/* Both of netlink's alignments are 4. */
#define ALIGNED(len) (((len) + 3U) & ~(size_t)3U)

void nlmsg_begin(struct nlrequest *request, int type, int flags, const void *body, size_t len)
{
	struct nlmsghdr head = {.nlmsg_type = (uint16_t)type,
				.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)};
	*request = (struct nlrequest){.len = ALIGNED(sizeof(head) + len)};
	memcpy(request->bytes, &head, sizeof(head));
	memcpy(request->bytes + sizeof(head), body, len);
}

void nlmsg_add(struct nlrequest *request, int type, const void *value, size_t len)
{
	struct nlattr head = {.nla_type = (uint16_t)type,
			      .nla_len = (uint16_t)(sizeof(head) + len)};
	if (request->len + ALIGNED(sizeof(head) + len) > sizeof(request->bytes))
		return;
	memcpy(request->bytes + request->len, &head, sizeof(head));
	memcpy(request->bytes + request->len + sizeof(head), value, len);
	request->len += ALIGNED(sizeof(head) + len);
}

void nlmsg_number(struct nlrequest *request, uint32_t sequence)
{
	struct nlmsghdr head;
	memcpy(&head, request->bytes, sizeof(head));
	head.nlmsg_len = (uint32_t)request->len;
	head.nlmsg_seq = sequence;
	memcpy(request->bytes, &head, sizeof(head));
}

/* Step over LEN bytes and their padding, which may be missing at the end. */
static void step(struct nlcursor *cursor, size_t len)
{
	size_t whole = ALIGNED(len) < cursor->left ? ALIGNED(len) : cursor->left;
	cursor->at += whole;
	cursor->left -= whole;
}

bool nlmsg_next(struct nlcursor *cursor, struct nlmessage *message)
{
	struct nlmsghdr head;
	if (cursor->left < sizeof(head))
		return false;
	memcpy(&head, cursor->at, sizeof(head));
	if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > cursor->left)
		return false;
	*message = (struct nlmessage){.type = head.nlmsg_type,
				      .multi = head.nlmsg_flags & NLM_F_MULTI,
				      .payload = cursor->at + sizeof(head),
				      .len = head.nlmsg_len - sizeof(head)};
	step(cursor, head.nlmsg_len);
	return true;
}

struct nlcursor nlmsg_attributes(const struct nlmessage *message, size_t head)
{
	if (message->len < ALIGNED(head))
		return (struct nlcursor){.at = message->payload};
	return (struct nlcursor){.at = message->payload + ALIGNED(head),
				 .left = message->len - ALIGNED(head)};
}

bool nlmsg_next_attribute(struct nlcursor *cursor, struct nlattr_view *attribute)
{
	struct nlattr head;
	if (cursor->left < sizeof(head))
		return false;
	memcpy(&head, cursor->at, sizeof(head));
	if (head.nla_len < sizeof(head) || head.nla_len > cursor->left)
		return false;
	*attribute = (struct nlattr_view){.type = head.nla_type & NLA_TYPE_MASK,
					  .value = cursor->at + sizeof(head),
					  .len = head.nla_len - sizeof(head)};
	step(cursor, head.nla_len);
	return true;
}

int nlmsg_error(const struct nlmessage *message)
{
	int32_t error = 0;
	if ((message->type == NLMSG_ERROR || message->type == NLMSG_DONE) &&
	    message->len >= sizeof(error))
		memcpy(&error, message->payload, sizeof(error));
	/* Kept in range: it comes from outside. */
	return error < 0 && error > -4096 ? -error : 0;
}

uint32_t nlmsg_number_of(const struct nlattr_view *attribute)
{
	uint32_t number = 0;
	uint16_t small;
	if (attribute->len == sizeof(number)) {
		memcpy(&number, attribute->value, sizeof(number));
	} else if (attribute->len == sizeof(small)) {
		memcpy(&small, attribute->value, sizeof(small));
		number = small;
	} else if (attribute->len == 1) {
		number = attribute->value[0];
	}
	return number;
}

void nlmsg_addr_of(const struct nlattr_view *attribute, struct addr *addr)
{
	if (attribute->len == sizeof(struct in_addr))
		addr_of_bytes(addr, AF_INET, attribute->value, 0);
	else if (attribute->len == sizeof(struct in6_addr))
		addr_of_bytes(addr, AF_INET6, attribute->value, 0);
}
