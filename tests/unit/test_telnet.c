/* Telnet commands: what is left of the data, and what is answered, however the stream is cut. */
#include "proto/telnet.h"

#include "unit.h"

#define STREAM(text) text, sizeof(text) - 1

static const struct {
	const char *in;
	size_t in_len;
	const char *data;
	size_t data_len;
	const char *replies;
	size_t replies_len;
} rows[] = {
	{STREAM("plain"), STREAM("plain"), STREAM("")},
	{STREAM(""), STREAM(""), STREAM("")},
	/* DO ECHO, WILL SUPPRESS-GO-AHEAD. */
	{STREAM("\xff\xfd\x01"), STREAM(""), STREAM("\xff\xfc\x01")},
	{STREAM("a\xff\xfb\x03z"), STREAM("az"), STREAM("\xff\xfe\x03")},
	/* DONT and WONT are not answered. */
	{STREAM("a\xff\xfe\x01\xff\xfc\x01z"), STREAM("az"), STREAM("")},
	{STREAM("\xff\xfd\x18\xff\xfd\x20\xff\xfb\x01login: "), STREAM("login: "),
	 STREAM("\xff\xfc\x18\xff\xfc\x20\xff\xfe\x01")},
	/* An option may have any number, that of IAC and of NUL too. */
	{STREAM("\xff\xfd\xff\xff\xfb\x00x"), STREAM("x"), STREAM("\xff\xfc\xff\xff\xfe\x00")},
	/* A byte of data that is 255, at every place. */
	{STREAM("\xff\xff"), STREAM("\xff"), STREAM("")},
	{STREAM("a\xff\xff\xff\xff\xfd"), STREAM("a\xff\xff\xfd"), STREAM("")},
	/* NOP, Go ahead, Interrupt process; a command that there is none of. */
	{STREAM("a\xff\xf1"
		"b\xff\xf9"
		"c\xff\xf4"
		"d\xff\x20"
		"e"),
	 STREAM("abcde"), STREAM("")},
	/* Sub-negotiations, with IAC IAC and commands in them that are none. */
	{STREAM("a\xff\xfa\x18\x01\xff\xf0z"), STREAM("az"), STREAM("")},
	{STREAM("a\xff\xfa\x1f\xff\xff\xfd\x01\xff\xf0z"), STREAM("az"), STREAM("")},
	/* One without an end is over at the next command. */
	{STREAM("a\xff\xfa\x18lost\xff\xfd\x01z"), STREAM("az"), STREAM("\xff\xfc\x01")},
	{STREAM("a\xff\xfa\x18lost\xff\xfa\x1flost\xff\xf0z"), STREAM("az"), STREAM("")},
};

/* Feed row I in pieces of SIZE bytes. */
static void feed(size_t i, size_t size)
{
	struct telnet telnet = {TELNET_DATA, 0};
	char data[64], replies[64];
	size_t data_len = 0, replies_len = 0;
	for (size_t at = 0; at < rows[i].in_len; at += size) {
		size_t len = rows[i].in_len - at < size ? rows[i].in_len - at : size;
		size_t replied = 99;
		memcpy(data + data_len, rows[i].in + at, len);
		data_len += telnet_strip(&telnet, data + data_len, len, replies + replies_len,
					 &replied);
		CHECK(replied <= len + TELNET_REPLY - 1);
		replies_len += replied;
	}
	CHECK_INT((long long)data_len, (long long)rows[i].data_len);
	CHECK_INT((long long)replies_len, (long long)rows[i].replies_len);
	CHECK(memcmp(data, rows[i].data, rows[i].data_len) == 0);
	CHECK(memcmp(replies, rows[i].replies, rows[i].replies_len) == 0);
}

static void commands_are_taken_out_and_refused(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		feed(i, 64);
}

static void however_the_stream_is_cut(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t size = 1; size <= 5; size++)
			feed(i, size);
}

UNIT_MAIN(commands_are_taken_out_and_refused, however_the_stream_is_cut)
