/* The words of --chat. */
#include "serve/broker_chat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "proto/addr.h"
#include "serve/broker_internal.h"
#include "serve/broker_send.h"
#include "serve/serve.h"

/* What one line becomes at most: four bytes for each ("\x1b"), and the name. */
#define SPOKEN (4 * CHAT_LINE + 64)
_Static_assert(BROKER_SPOKEN >= 2 * SPOKEN, "lines are gathered");

/* The members, as far as WORDS goes: of a crowd the number. */
static void put_members(struct text *out, const struct broker *broker)
{
	size_t left = broker->count;
	const struct member *other = broker->members;
	for (; other && out->len < out->size - 64; other = other->next, left--)
		text_printf(out, "%s<user%u>", other == broker->members ? "" : ", ", other->number);
	if (broker->count == 0)
		text_str(out, "nobody");
	else if (left > 0)
		text_printf(out, ", and %zu more", left);
	text_char(out, '\n');
}

void chat_joins(struct member *member, const struct addr *peer)
{
	char words[1024];
	struct text out = TEXT_IN(words);
	struct broker *broker = member->broker;
	if (!broker->config->chat)
		return;
	text_printf(&out, "<announce> %s is connected as <user%u>.\n",
		    broker->config->path ? "a client" : addr_text(peer).chars, member->number);
	broker_say(broker, NULL, words, out.len);

	out = TEXT_IN(words);
	text_printf(&out, "<announce> you are <user%u>; already here: ", member->number);
	put_members(&out, broker);
	broker_send_to(member, words, out.len);
}

/* What has gathered goes out. */
static void say(struct member *member)
{
	struct broker *broker = member->broker;
	if (broker->spoken.len > 0)
		broker_say(broker, member, broker->spoken.at, broker->spoken.len);
	broker->spoken = TEXT_IN(broker->spoken_buffer);
}

/* Lines that came together go out together: a client that sends a flood of short ones costs the
 * others no call for each. */
static void speak(struct member *member, const char *line, size_t len)
{
	struct text *out = &member->broker->spoken;
	if (out->size - out->len < SPOKEN)
		say(member);
	text_printf(out, "<user%u> ", member->number);
	if (len > 0 && line[len - 1] == '\r')
		len--;
	text_safe_bytes(out, line, len);
	text_char(out, '\n');
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

/* The line that has been begun is whole. */
static void end_line(struct member *member)
{
	if (member->line_len > 0)
		speak(member, member->line, member->line_len);
	member->line_len = 0;
	free(member->line);
	member->line = NULL;
}

/* The line is as long as one may be: what there is goes out, but for a character that is not whole
 * yet. */
static void cut_line(struct member *member)
{
	char rest[UTF8_LONGEST];
	size_t len = utf8_begun(member->line, member->line_len);
	memcpy(rest, member->line + member->line_len - len, len);
	member->line_len -= len;
	end_line(member);
	if (len > 0)
		keep(member, rest, len);
}

void chat_flush(struct member *member)
{
	end_line(member);
	say(member);
}

void chat_hear(struct member *member, const char *data, size_t len)
{
	while (len > 0 && !member->err) {
		const char *lf = memchr(data, '\n', len);
		size_t part = lf ? (size_t)(lf - data) : len;
		size_t room = CHAT_LINE - member->line_len;
		bool whole = lf && part <= room;
		size_t taken = part < room ? part : room;

		if (taken > 0)
			keep(member, data, taken);
		if (whole && member->line_len == 0)
			speak(member, "", 0);
		else if (whole)
			end_line(member);
		else if (member->line_len == CHAT_LINE)
			cut_line(member);
		taken += whole;
		data += taken;
		len -= taken;
	}
	say(member);
}

void chat_left(struct member *member)
{
	char words[64];
	struct text out = TEXT_IN(words);
	if (!member->broker->config->chat || member->broker->closing)
		return;
	text_printf(&out, "<announce> <user%u> is disconnected.\n", member->number);
	broker_say(member->broker, NULL, words, out.len);
}
