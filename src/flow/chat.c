/* The words of --chat. */
#include "flow/chat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "flow/room.h"
#include "flow/serve.h"
#include "proto/addr.h"

/* A byte becomes four at most ("\x1b"), and there is the name. */
#define SPOKEN (4 * CHAT_LINE + 64)

void chat_joins(struct member *member, const struct addr *peer)
{
	char address[160], words[1024];
	struct text where = TEXT_IN(address);
	struct text out = TEXT_IN(words);
	struct room *room = member->room;
	if (!room->config->chat)
		return;
	addr_format(&where, (const struct sockaddr *)&peer->ss, peer->len);
	text_printf(&out, "<announce> %s is connected as <user%u>.\n", room->config->path ? "a client" : address,
		    member->number);
	room_say(room, NULL, words, out.len);

	out = TEXT_IN(words);
	text_printf(&out, "<announce> you are <user%u>; already here: ", member->number);
	for (const struct member *other = room->members; other && out.len < sizeof(words) - 64; other = other->next)
		text_printf(&out, "<user%u>%s", other->number, other->next ? ", " : "");
	text_str(&out, room->members ? "\n" : "nobody\n");
	room_tell(member, words, out.len);
}

static void speak(struct member *member, const char *line, size_t len)
{
	char words[SPOKEN];
	struct text out = TEXT_IN(words);
	text_printf(&out, "<user%u> ", member->number);
	if (len > 0 && line[len - 1] == '\r')
		len--;
	text_safe_bytes(&out, line, len);
	text_char(&out, '\n');
	room_say(member->room, member, words, out.len);
}

/* Keep the beginning of a line. */
static void keep(struct member *member, const char *data, size_t len)
{
	if (!member->line)
		member->line = malloc(CHAT_LINE);
	if (!member->line) {
		member->err = ENOMEM;
		return;
	}
	memcpy(member->line + member->line_len, data, len);
	member->line_len += len;
}

void chat_flush(struct member *member)
{
	if (member->line_len > 0)
		speak(member, member->line, member->line_len);
	member->line_len = 0;
	free(member->line);
	member->line = NULL;
}

void chat_hear(struct member *member, const char *data, size_t len)
{
	while (len > 0 && !member->err) {
		const char *lf = memchr(data, '\n', len);
		size_t part = lf ? (size_t)(lf - data) : len;
		size_t room = CHAT_LINE - member->line_len;
		bool whole = lf && part <= room;
		size_t taken = part < room ? part : room;

		keep(member, data, taken);
		if (whole && member->line_len == 0)
			speak(member, "", 0);
		if (whole || member->line_len == CHAT_LINE)
			chat_flush(member);
		taken += whole;
		data += taken;
		len -= taken;
	}
}

void chat_left(struct member *member)
{
	char words[64];
	struct text out = TEXT_IN(words);
	if (!member->room->config->chat)
		return;
	text_printf(&out, "<announce> <user%u> is disconnected.\n", member->number);
	room_say(member->room, NULL, words, out.len);
}
