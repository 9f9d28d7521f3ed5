/* Questions to a name server and its answers.  An answer comes from the network: each step looks at
 * what is left first, and a name with pointers (RFC 1035, 4.1.4) is followed so often and no more.
 */
#include "proto/dns.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define HEADER 12
#define RECORD 10 /* type, class, TTL and length of the data, behind the name */
#define LABEL_MAX 63
#define JUMPS 32

enum { TYPE_CNAME = 5, CLASS_IN = 1 };

/* A message under the eyes. */
struct cursor {
	const uint8_t *at;
	size_t len, pos;
};

static bool has(const struct cursor *cursor, size_t count)
{
	return cursor->len - cursor->pos >= count;
}

static uint16_t number_at(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void put_number(uint8_t *bytes, uint16_t number)
{
	bytes[0] = (uint8_t)(number >> 8);
	bytes[1] = (uint8_t)number;
}

size_t dns_question(uint8_t *message, size_t size, uint16_t id, const char *name,
		    enum dns_type type)
{
	size_t pos = HEADER;
	size_t left = strlen(name);
	if (left > 0 && name[left - 1] == '.')
		left--;
	if (left == 0 || left > 253 || name[left - 1] == '.' || size < HEADER + left + 6)
		return 0;
	memset(message, 0, HEADER);
	put_number(message, id);
	message[2] = 1; /* recursion is desired */
	message[5] = 1; /* one question */
	for (const char *at = name; at < name + left;) {
		size_t len = strcspn(at, ".");
		if (len == 0 || len > LABEL_MAX)
			return 0;
		message[pos++] = (uint8_t)len;
		memcpy(message + pos, at, len);
		pos += len;
		at += len + 1;
	}
	message[pos++] = 0;
	put_number(message + pos, (uint16_t)type);
	put_number(message + pos + 2, CLASS_IN);
	return pos + 4;
}

/* The name at CURSOR, which moves behind it; OUT may be NULL.  False when it is none. */
static bool read_name(struct cursor *cursor, struct text *out)
{
	struct cursor at = *cursor;
	for (int jumps = 0; has(&at, 1);) {
		uint8_t len = at.at[at.pos++];
		if (len == 0) {
			if (jumps == 0)
				cursor->pos = at.pos;
			return true;
		}
		if ((len & 0xc0) == 0xc0) {
			if (!has(&at, 1) || ++jumps > JUMPS)
				return false;
			size_t target = (size_t)(len & 0x3f) << 8 | at.at[at.pos++];
			if (jumps == 1)
				cursor->pos = at.pos;
			if (target >= at.len)
				return false;
			at.pos = target;
			continue;
		}
		if (len > LABEL_MAX || !has(&at, len))
			return false;
		if (out) {
			text_str(out, out->len ? "." : "");
			text_bytes(out, (const char *)at.at + at.pos, len);
		}
		at.pos += len;
	}
	return false;
}

/* One resource record.  False when it is cut off: an answer may be (TC), and what came before it
 * counts. */
static bool read_record(struct cursor *cursor, struct dns_answer *answer, enum dns_type type)
{
	if (!read_name(cursor, NULL) || !has(cursor, RECORD))
		return false;
	const uint8_t *record = cursor->at + cursor->pos;
	uint16_t kind = number_at(record);
	uint16_t len = number_at(record + 8);
	cursor->pos += RECORD;
	if (!has(cursor, len))
		return false;
	if (kind == type)
		answer->addresses++;
	if (kind == TYPE_CNAME) {
		struct cursor data = *cursor;
		struct text alias = TEXT_IN(answer->alias);
		if (!read_name(&data, &alias))
			answer->alias[0] = '\0';
	}
	cursor->pos += len;
	return true;
}

int dns_read(struct dns_answer *answer, const uint8_t *message, size_t len, enum dns_type type)
{
	struct cursor cursor = {.at = message, .len = len, .pos = HEADER};
	*answer = (struct dns_answer){.rcode = 0};
	/* The first bit tells an answer from a question. */
	if (len < HEADER || !(message[2] & 0x80))
		return -1;
	answer->id = number_at(message);
	answer->rcode = message[3] & 0x0f;
	answer->truncated = message[2] & 0x02;
	for (unsigned i = number_at(message + 4); i > 0; i--) {
		if (!read_name(&cursor, NULL) || !has(&cursor, 4))
			return 0;
		cursor.pos += 4;
	}
	for (unsigned i = number_at(message + 6); i > 0 && read_record(&cursor, answer, type); i--)
		continue;
	return 0;
}

bool dns_belongs(const uint8_t *message, size_t len, const uint8_t *question, size_t question_len)
{
	if (len < HEADER || question_len < HEADER || !(message[2] & 0x80) ||
	    number_at(message) != number_at(question))
		return false;
	uint16_t count = number_at(message + 4);
	if (count == 0)
		return (message[3] & 0x0f) != DNS_NOERROR;
	if (count != 1 || len < question_len)
		return false;
	/* Letters may come back in another case. */
	for (size_t i = HEADER; i < question_len; i++)
		if (tolower(message[i]) != tolower(question[i]))
			return false;
	return true;
}

const char *dns_rcode_name(int rcode)
{
	static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL",
					    "NXDOMAIN", "NOTIMP",  "REFUSED"};
	return rcode >= 0 && rcode < (int)(sizeof(names) / sizeof(names[0])) ? names[rcode] : NULL;
}
