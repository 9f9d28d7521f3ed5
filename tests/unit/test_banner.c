/* What services say first. */
#include "proto/banner.h"

#include "base/text.h"
#include "unit.h"

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1

static void protocols_are_recognized(void)
{
	static const struct {
		const uint8_t *bytes;
		size_t len;
		const char *protocol;
	} rows[] = {
		{BYTES("SSH-2.0-OpenSSH_9.2p1\r\n"), "SSH"},
		{BYTES("HTTP/1.1 400 Bad Request\r\n"), "HTTP"},
		{BYTES("220 mail.example.net ESMTP Postfix\r\n"), "SMTP"},
		{BYTES("220 (vsFTPd 3.0.3)\r\n"), "FTP"},
		{BYTES("220 hello\r\n"), "FTP or SMTP"},
		{BYTES("+OK ready\r\n"), "POP3"},
		{BYTES("* OK [CAPABILITY IMAP4rev1] ready\r\n"), "IMAP"},
		{BYTES("RFB 003.008\n"), "VNC"},
		{BYTES("@RSYNCD: 31.0\n"), "rsync"},
		{BYTES("\x15\x03\x01\x00\x02\x02\x46"), "TLS"},
		{BYTES("\x4a\x00\x00\x00\x0a"
		       "8.0.36\0"),
		 "MySQL"},
		{BYTES("\xff\xfd\x18\xff\xfd\x20"), "telnet"},
		{BYTES("\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03"), "HTTP/2"},
		{BYTES("hello\n"), NULL},
		{BYTES(""), NULL},
		{BYTES("S"), NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(banner_protocol(rows[i].bytes, rows[i].len), rows[i].protocol);
}

static void descriptions_are_one_harmless_line(void)
{
	static const struct {
		const uint8_t *bytes;
		size_t len;
		const char *text;
	} rows[] = {
		{BYTES("SSH-2.0-x\r\nmore"), "\"SSH-2.0-x\""},
		{BYTES("a\033[31mb\n"), "\"a\\x1b[31mb\""},
		{BYTES("\x15\x03\x03\x00\x02\x02\x28"),
		 "a TLS alert, fatal: handshake_failure (40)"},
		{BYTES("\x15\x03\x03\x00\x02\x01\x00"), "a TLS alert, a warning: close_notify (0)"},
		{BYTES("\x15\x03\x03"), "3 bytes that are no text, beginning with 15 03 03"},
		{BYTES("\x00\x01"), "2 bytes that are no text, beginning with 00 01"},
		{BYTES("\n"), "1 bytes that are no text, beginning with 0a"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buffer[400];
		struct text text = TEXT_IN(buffer);
		banner_describe(&text, rows[i].bytes, rows[i].len);
		CHECK_STR(buffer, rows[i].text);
	}
}

static void ports_whose_servers_speak_first(void)
{
	CHECK_STR(banner_expected(22), "SSH");
	CHECK_STR(banner_expected(80), NULL);
}

UNIT_MAIN(protocols_are_recognized, descriptions_are_one_harmless_line,
	  ports_whose_servers_speak_first)
