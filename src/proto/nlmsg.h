/* Netlink messages (netlink(7), RFC 3549): requests are built, answers are walked and taken apart
 * into plain structs. Pure. Every length is checked against what was received. */
#ifndef HANDSET_PROTO_NLMSG_H
#define HANDSET_PROTO_NLMSG_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "proto/addr.h"

/* A request that is being built. */
struct nlrequest {
	_Alignas(uint32_t) unsigned char bytes[256];
	size_t len;
};

/* One message of an answer. */
struct nlmessage {
	int type;
	bool multi; /* NLM_F_MULTI: more follow */
	const unsigned char *payload;
	size_t len;
};

/* One attribute of a message. */
struct nlattr_view {
	int type;
	const unsigned char *value;
	size_t len;
};

/* What is left to walk over: messages, or attributes. */
struct nlcursor {
	const unsigned char *at;
	size_t left;
};

/* Begin a request of TYPE with FLAGS (NLM_F_DUMP); its own structure of LEN bytes is BODY. */
void nlmsg_begin(struct nlrequest *request, int type, int flags, const void *body, size_t len);

/* Add an attribute. One that does not fit is left out. */
void nlmsg_add(struct nlrequest *request, int type, const void *value, size_t len);

/* Number the finished request. */
void nlmsg_number(struct nlrequest *request, uint32_t sequence);

/* The next message into MESSAGE; false at the end, or when what is left is none. */
bool nlmsg_next(struct nlcursor *cursor, struct nlmessage *message);

/* The attributes of MESSAGE behind its structure of HEAD bytes. */
struct nlcursor nlmsg_attributes(const struct nlmessage *message, size_t head);

/* The next attribute; false at the end. */
bool nlmsg_next_attribute(struct nlcursor *cursor, struct nlattr_view *attribute);

/* The errno that an NLMSG_ERROR, or an NLMSG_DONE, carries; 0: none. */
int nlmsg_error(const struct nlmessage *message);

/* The number in an attribute of 1, 2 or 4 bytes; 0 for another. */
uint32_t nlmsg_number_of(const struct nlattr_view *attribute);

/* The address in an attribute of 4 or 16 bytes; ADDR is left alone when it has another size. */
void nlmsg_addr_of(const struct nlattr_view *attribute, struct addr *addr);

#endif
