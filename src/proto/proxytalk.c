/* What all handshakes with proxies have in common. */
#include "proto/proxytalk.h"

#include <string.h>

#include "base/text.h"
#include "proto/banner.h"

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
	/* What was fed before and is beyond the room is not here any more: nothing may follow it.
	 */
	if (talk->total == talk->first_len) {
		memcpy(talk->first + talk->first_len, bytes, kept);
		talk->first_len += kept;
	}
	talk->total += len;
}

void proxy_refused(struct proxy_talk *talk, enum proxy_blame blame, int code, const char *reason,
		   const char *cause)
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

/* The protocol that the proxy speaks instead; NULL.  A SOCKS5 proxy does not speak first, so its
 * answer is no banner: RFC 1928, section 3. */
static const char *protocol_of(const struct proxy_talk *talk)
{
	bool socks5 = talk->first_len >= 2 && talk->first[0] == 5 &&
		      (talk->first[1] <= 2 || talk->first[1] == 0xFF);
	return socks5 ? "SOCKS5" : banner_protocol(talk->first, talk->first_len);
}

void proxy_babble(struct proxy_talk *talk, const char *what)
{
	char cause[320];
	struct text text = TEXT_IN(cause);
	const char *protocol = protocol_of(talk);

	text_str(&text, "the first bytes of its answer are \"");
	text_c_escaped(&text, talk->first, talk->first_len);
	text_str(&text, talk->total > talk->first_len ? "\"..." : "\"");
	if (protocol)
		text_printf(&text, ": so begins %s", protocol);
	proxy_refused(talk, PROXY_BLAME_PROTOCOL, -1, what, cause);
}
