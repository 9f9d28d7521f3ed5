/* Which kind of server is known by the first bytes that it says. */
#include "proto/greeting.h"

#include <string.h>

const char *greeting_name(const void *bytes, size_t len)
{
	static const struct {
		const char *start;
		size_t len;
		const char *name;
	} rows[] = {
		{"SSH-", 4, "an SSH server"},              /* RFC 4253, 4.2 */
		{"HTTP/", 5, "an HTTP server"},            /* RFC 9112, 4 */
		{"<!DOCTYPE", 9, "an HTTP server of old"}, /* HTTP/0.9 has no header */
		{"\x15\x03", 2, "a TLS server"},           /* an alert: RFC 8446, 5.1 */
		{"\x05\x00", 2, "a SOCKS5 server"},        /* RFC 1928, 3 */
		{"\x05\x01", 2, "a SOCKS5 server"},        /* the same, or GSSAPI */
		{"\x05\x02", 2, "a SOCKS5 server"},        /* it wants a login */
		{"\x05\xFF", 2, "a SOCKS5 server"},        /* it takes no method */
		{"220 ", 4, "a mail or FTP server"},       /* RFC 5321, 4.2; RFC 959, 5.4 */
		{"220-", 4, "a mail or FTP server"},       /* the same in several lines */
		{"+OK", 3, "a POP3 server"},               /* RFC 1939, 4 */
		{"* OK", 4, "an IMAP server"},             /* RFC 3501, 7.1.1 */
		{"-ERR", 4, "a Redis or POP3 server"},     /* an error that begins so */
		{"RFB ", 4, "a VNC server"},               /* RFC 6143, 7.1.1 */
		{"\xFF\xFB", 2, "a telnet server"},        /* WILL: RFC 854 */
		{"\xFF\xFD", 2, "a telnet server"},        /* DO */
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (len >= rows[i].len && memcmp(bytes, rows[i].start, rows[i].len) == 0)
			return rows[i].name;
	return NULL;
}
