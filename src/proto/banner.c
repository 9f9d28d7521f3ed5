/* Recognizing services by what they say first: a row a protocol. */
#include "proto/banner.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#define SHOWN_LINE 120 /* bytes of a line */
#define SHOWN_BYTES 16 /* bytes of what is no text */

/* A protocol that begins with BYTES at OFFSET, and whose first line has WORD (NULL: any). */
static const struct {
	size_t offset;
	const char *bytes;
	size_t len;
	const char *word;
	const char *name;
} rows[] = {
	{0, "SSH-", 4, NULL, "SSH"},
	{0, "HTTP/", 5, NULL, "HTTP"},
	{0, "220", 3, "SMTP", "SMTP"},
	{0, "220", 3, "LMTP", "LMTP"},
	{0, "220", 3, "FTP", "FTP"},
	{0, "554", 3, "SMTP", "SMTP"},
	{0, "200 ", 4, "NNTP", "NNTP"},
	{0, "200 ", 4, "InterNetNews", "NNTP"},
	{0, "220", 3, NULL, "FTP or SMTP"},
	{0, "+OK", 3, NULL, "POP3"},
	{0, "* OK", 4, NULL, "IMAP"},
	{0, "* PREAUTH", 9, NULL, "IMAP"},
	{0, "RFB ", 4, NULL, "VNC"},
	{0, "@RSYNCD:", 8, NULL, "rsync"},
	{0, "-DENIED", 7, NULL, "Redis"},
	{0, "-NOAUTH", 7, NULL, "Redis"},
	{0, "INFO {", 6, NULL, "NATS"},
	{0, "AMQP", 4, NULL, "AMQP"},
	{0, "<?xml", 5, NULL, "XML (XMPP?)"},
	{0, "\x15\x03", 2, NULL, "TLS"},
	{0, "\x16\x03", 2, NULL, "TLS"},
	{3, "\0\x0a", 2, NULL, "MySQL"},
	{3, "\0\xff", 2, NULL, "MySQL"},
	{2, "\x06\x04\0\0\0\0\0", 7, NULL, "HTTP/2"},
	{3, "\x04\0\0\0\0\0", 6, NULL, "HTTP/2"},
	{0, "\xff\xfb", 2, NULL, "telnet"},
	{0, "\xff\xfd", 2, NULL, "telnet"},
};

static const struct {
	unsigned port;
	const char *name;
} speakers[] = {
	{21, "FTP"},     {22, "SSH"},    {25, "SMTP"},  {110, "POP3"},
	{119, "NNTP"},   {143, "IMAP"},  {587, "SMTP"}, {873, "rsync"},
	{3306, "MySQL"}, {4222, "NATS"}, {5900, "VNC"},
};

/* RFC 8446, 6, and the older ones of RFC 5246 that are still met. */
static const struct {
	uint8_t code;
	const char *name;
} alerts[] = {
	{0, "close_notify"},
	{10, "unexpected_message"},
	{20, "bad_record_mac"},
	{22, "record_overflow"},
	{40, "handshake_failure"},
	{42, "bad_certificate"},
	{43, "unsupported_certificate"},
	{44, "certificate_revoked"},
	{45, "certificate_expired"},
	{46, "certificate_unknown"},
	{47, "illegal_parameter"},
	{48, "unknown_ca"},
	{49, "access_denied"},
	{50, "decode_error"},
	{51, "decrypt_error"},
	{70, "protocol_version"},
	{71, "insufficient_security"},
	{80, "internal_error"},
	{86, "inappropriate_fallback"},
	{90, "user_canceled"},
	{109, "missing_extension"},
	{110, "unsupported_extension"},
	{112, "unrecognized_name"},
	{116, "certificate_required"},
	{120, "no_application_protocol"},
};

static size_t line_length(const uint8_t *bytes, size_t len)
{
	size_t end = 0;
	while (end < len && bytes[end] != '\n' && bytes[end] != '\r')
		end++;
	return end;
}

const char *banner_protocol(const uint8_t *bytes, size_t len)
{
	size_t line = line_length(bytes, len);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (len < rows[i].offset + rows[i].len ||
		    memcmp(bytes + rows[i].offset, rows[i].bytes, rows[i].len) != 0)
			continue;
		if (!rows[i].word || memmem(bytes, line, rows[i].word, strlen(rows[i].word)))
			return rows[i].name;
	}
	return NULL;
}

/* A TLS record of content type 21, with level and description in the clear. */
static bool describe_alert(struct text *out, const uint8_t *bytes, size_t len)
{
	if (len < 7 || bytes[0] != 0x15 || bytes[1] != 3 || bytes[3] != 0 || bytes[4] != 2)
		return false;
	const char *name = "unknown";
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
		if (alerts[i].code == bytes[6])
			name = alerts[i].name;
	text_printf(out, "a TLS alert, %s: %s (%u)", bytes[5] == 2 ? "fatal" : "a warning", name,
		    bytes[6]);
	return true;
}

/* Text has no NUL and, a few colors apart, no control characters. */
static bool is_text(const uint8_t *bytes, size_t len)
{
	size_t odd = 0;
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == 0)
			return false;
		odd += bytes[i] < ' ' && !isspace(bytes[i]);
	}
	return len > 0 && 4 * odd < len;
}

void banner_describe(struct text *out, const uint8_t *bytes, size_t len)
{
	size_t line = line_length(bytes, len);
	if (describe_alert(out, bytes, len))
		return;
	if (is_text(bytes, line)) {
		text_char(out, '"');
		text_safe_bytes(out, (const char *)bytes, line < SHOWN_LINE ? line : SHOWN_LINE);
		text_str(out, line > SHOWN_LINE ? "...\"" : "\"");
		return;
	}
	text_printf(out, "%zu bytes that are no text, beginning with", len);
	for (size_t i = 0; i < len && i < SHOWN_BYTES; i++)
		text_printf(out, " %02x", bytes[i]);
}

const char *banner_expected(unsigned port)
{
	for (size_t i = 0; i < sizeof(speakers) / sizeof(speakers[0]); i++)
		if (speakers[i].port == port)
			return speakers[i].name;
	return NULL;
}
