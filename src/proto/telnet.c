/* The commands of telnet.  Whole runs of data are moved at once: only what follows an IAC is looked
 * at byte by byte. */
#include "proto/telnet.h"

#include <stdbool.h>
#include <string.h>

enum { SE = 240, SB = 250, WILL = 251, WONT = 252, DO = 253, DONT = 254, IAC = 255 };

/* A strip under way. */
struct strip {
	struct telnet *telnet;
	char *out; /* where the next byte of data goes */
	char *replies;
	size_t replied; /* bytes in REPLIES */
};

/* A refusal of WONT or DONT would be an answer to an answer (RFC 854: "prevents ... infinite
 * loops"). */
static void refuse(struct strip *strip, unsigned char option)
{
	unsigned char verb = strip->telnet->verb;
	if (verb != WILL && verb != DO)
		return;
	strip->replies[strip->replied++] = (char)IAC;
	strip->replies[strip->replied++] = (char)(verb == WILL ? DONT : WONT);
	strip->replies[strip->replied++] = (char)option;
}

/* Behind IAC: a byte of data that was doubled, a verb that takes an option, the begin of a
 * sub-negotiation, or a command of two bytes that asks for nothing. */
static void command(struct strip *strip, unsigned char byte)
{
	struct telnet *telnet = strip->telnet;
	telnet->state = byte == SB                     ? TELNET_SUB
			: byte >= WILL && byte <= DONT ? TELNET_OPTION
						       : TELNET_DATA;
	telnet->verb = byte;
	if (byte == IAC)
		*strip->out++ = (char)IAC;
}

/* In a sub-negotiation IAC IAC is a byte of it and IAC SE its end.  Anything else says that the end
 * was forgotten. */
static void sub_command(struct strip *strip, unsigned char byte)
{
	if (byte == IAC)
		strip->telnet->state = TELNET_SUB;
	else if (byte == SE)
		strip->telnet->state = TELNET_DATA;
	else
		command(strip, byte);
}

/* The bytes before the next IAC: data is kept, the inside of a sub-negotiation is not.  How many
 * there are. */
static size_t run(struct strip *strip, const char *data, size_t len)
{
	const char *iac = memchr(data, IAC, len);
	size_t part = iac ? (size_t)(iac - data) : len;
	bool is_data = strip->telnet->state == TELNET_DATA;
	if (is_data) {
		if (strip->out != data)
			memmove(strip->out, data, part);
		strip->out += part;
	}
	if (!iac)
		return part;
	strip->telnet->state = is_data ? TELNET_COMMAND : TELNET_SUB_COMMAND;
	return part + 1;
}

size_t telnet_strip(struct telnet *telnet, char *data, size_t len, char *replies, size_t *replied)
{
	struct strip strip = {.telnet = telnet, .out = data};
	strip.replies = replies;
	for (size_t i = 0; i < len;) {
		unsigned char byte = (unsigned char)data[i];
		if (telnet->state == TELNET_DATA || telnet->state == TELNET_SUB) {
			i += run(&strip, data + i, len - i);
			continue;
		}
		if (telnet->state == TELNET_OPTION) {
			refuse(&strip, byte);
			telnet->state = TELNET_DATA;
		} else if (telnet->state == TELNET_COMMAND) {
			command(&strip, byte);
		} else {
			sub_command(&strip, byte);
		}
		i++;
	}
	*replied = strip.replied;
	return (size_t)(strip.out - data);
}
