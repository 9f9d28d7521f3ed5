/* What all handshakes with proxies have in common. */
#include "proto/proxytalk.h"

#include <string.h>

#include "base/text.h"
#include "proto/greeting.h"

void proxy_put(struct proxy_message *out, const void *bytes, size_t len)
{
	if (len > sizeof(out->bytes) - out->len)
		len = sizeof(out->bytes) - out->len;
	memcpy(out->bytes + out->len, bytes, len);
	out->len += len;
}

void proxy_put_byte(struct proxy_message *out, unsigned byte)
{
	unsigned char c = (unsigned char)byte;
	proxy_put(out, &c, 1);
}

void proxy_put_secret(struct proxy_message *out, const void *bytes, size_t len)
{
	out->secret = out->len;
	proxy_put(out, bytes, len);
	out->secret_len = out->len - out->secret;
}

void proxy_sent(struct proxy_message *out)
{
	explicit_bzero(out->bytes, out->len);
	out->len = 0;
	out->secret_len = 0;
}

void proxy_heard(struct proxy_talk *talk, const void *bytes, size_t len)
{
	size_t room = sizeof(talk->first) - talk->first_len;
	size_t kept = len < room ? len : room;
	/* What was fed before and is beyond the room is not here any more: nothing may follow it. */
	if (talk->total == talk->first_len) {
		memcpy(talk->first + talk->first_len, bytes, kept);
		talk->first_len += kept;
	}
	talk->total += len;
}

void proxy_refused(struct proxy_talk *talk, enum proxy_blame blame, int code, const char *reason, const char *cause)
{
	struct proxy_refusal *refusal = &talk->refusal;
	struct text reason_text = TEXT_IN(refusal->reason);
	struct text cause_text = TEXT_IN(refusal->cause);
	talk->state = PROXY_FAILED;
	refusal->blame = blame;
	refusal->code = code;
	text_safe(&reason_text, reason);
	text_safe(&cause_text, cause);
}

void proxy_babble(struct proxy_talk *talk, const char *what)
{
	char cause[320];
	struct text text = TEXT_IN(cause);
	const char *name = greeting_name(talk->first, talk->first_len);

	text_str(&text, "the first bytes of its answer are \"");
	text_c_escaped(&text, talk->first, talk->first_len);
	text_str(&text, talk->total > talk->first_len ? "\"..." : "\"");
	if (name)
		text_printf(&text, ": %s begins so", name);
	proxy_refused(talk, PROXY_BLAME_PROTOCOL, -1, what, cause);
}
