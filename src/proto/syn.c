/* The SYN with which a client knocked. */
#include "proto/syn.h"

#include "base/text.h"

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define TCP_HEADER 20

enum { NEXT_HOP_BY_HOP = 0, NEXT_TCP = 6, NEXT_ROUTING = 43, NEXT_OPTIONS = 60 };
enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_SCALE = 3,
	OPTION_SACK = 4,
	OPTION_TIMESTAMPS = 8
};
enum { FLAG_SYN = 0x02, FLAG_ECE = 0x40, FLAG_CWR = 0x80 };

/* Where the TCP header begins; 0 when there is none. */
static size_t tcp_offset_v4(const uint8_t *bytes, size_t len)
{
	size_t header = len >= IPV4_HEADER ? (size_t)(bytes[0] & 0x0f) * 4 : 0;
	return header >= IPV4_HEADER && bytes[9] == NEXT_TCP ? header : 0;
}

static size_t tcp_offset_v6(const uint8_t *bytes, size_t len)
{
	size_t at = IPV6_HEADER;
	if (len < at)
		return 0;
	int next = bytes[6];
	while (next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING || next == NEXT_OPTIONS) {
		if (len < at + 8)
			return 0;
		next = bytes[at];
		at += ((size_t)bytes[at + 1] + 1) * 8;
	}
	return next == NEXT_TCP ? at : 0;
}

static void read_option(struct syn *syn, const uint8_t *option, size_t len)
{
	if (option[0] == OPTION_MSS && len == 4)
		syn->mss = option[2] << 8 | option[3];
	else if (option[0] == OPTION_SCALE && len == 3)
		syn->scale = option[2] > 14 ? 14 : option[2];
	else if (option[0] == OPTION_SACK)
		syn->sack = true;
	else if (option[0] == OPTION_TIMESTAMPS)
		syn->timestamps = true;
}

static void read_options(struct syn *syn, const uint8_t *options, size_t len)
{
	for (size_t at = 0; at < len && options[at] != OPTION_END;) {
		if (options[at] == OPTION_NOP) {
			at++;
			continue;
		}
		if (len - at < 2 || options[at + 1] < 2 || options[at + 1] > len - at)
			return;
		read_option(syn, options + at, options[at + 1]);
		at += options[at + 1];
	}
}

int syn_read(struct syn *syn, const uint8_t *bytes, size_t len)
{
	*syn = (struct syn){.scale = -1};
	if (len == 0 || (bytes[0] >> 4 != 4 && bytes[0] >> 4 != 6))
		return -1;
	syn->v6 = bytes[0] >> 4 == 6;
	size_t at = syn->v6 ? tcp_offset_v6(bytes, len) : tcp_offset_v4(bytes, len);
	if (at == 0 || len < at || len - at < TCP_HEADER)
		return -1;
	const uint8_t *tcp = bytes + at;
	size_t header = (size_t)(tcp[12] >> 4) * 4;
	if (header < TCP_HEADER || header > len - at || !(tcp[13] & FLAG_SYN))
		return -1;
	syn->ttl = bytes[syn->v6 ? 7 : 8];
	syn->dscp = syn->v6 ? (bytes[0] << 2 & 0x3c) | bytes[1] >> 6 : bytes[1] >> 2;
	syn->window = (unsigned)(tcp[14] << 8 | tcp[15]);
	syn->ecn = (tcp[13] & FLAG_ECE) && (tcp[13] & FLAG_CWR);
	read_options(syn, tcp + TCP_HEADER, header - TCP_HEADER);
	return 0;
}

static int first_ttl(const struct syn *syn)
{
	if (syn->ttl <= 64)
		return 64;
	return syn->ttl <= 128 ? 128 : 255;
}

int syn_hops(const struct syn *syn)
{
	return first_ttl(syn) - syn->ttl;
}

void syn_format(struct text *out, const struct syn *syn)
{
	int hops = syn_hops(syn);
	text_printf(out, "%s %d (%d router%s on the way, if it began with %d)",
		    syn->v6 ? "hop limit" : "TTL", syn->ttl, hops, hops == 1 ? "" : "s",
		    first_ttl(syn));
	if (syn->mss > 0)
		text_printf(out, ", MSS %d (of an MTU of %d)", syn->mss,
			    syn->mss + (syn->v6 ? 60 : 40));
	else
		text_str(out, ", no MSS");
	text_printf(out, ", window %u", syn->window);
	if (syn->scale >= 0)
		text_printf(out, ", scale %d", syn->scale);
	else
		text_str(out, " without scaling");
	text_str(out, syn->sack ? ", SACK" : ", no SACK");
	text_str(out, syn->timestamps ? ", timestamps" : ", no timestamps");
	text_str(out, syn->ecn ? ", ECN" : "");
	if (syn->dscp)
		text_printf(out, ", DSCP %d", syn->dscp);
}
