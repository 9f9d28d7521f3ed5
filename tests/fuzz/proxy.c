/* Fuzzes the handshakes with proxies: byte by byte is the same as in one piece, nothing is taken
 * that is the peer's, and no message of theirs can do harm to a terminal.  The first byte chooses
 * the kind. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/httpconnect.h"
#include "proto/socks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct machine {
	struct proxy_request request;
	union {
		struct proxy_talk talk;
		struct socks socks;
		struct httpconnect http;
	} of;
};

static void start(struct machine *machine, unsigned kind)
{
	bool login = kind & 4;
	machine->request = (struct proxy_request){
		.type = PROXY_SOCKS4 + (kind & 3), .host = "example.net", .port = 80};
	machine->request.user = login ? "user" : NULL;
	machine->request.password = login ? "password" : NULL;
	if (machine->request.type == PROXY_SOCKS4)
		addr_parse(&machine->request.addr, AF_UNSPEC, "192.0.2.1", 80);
	if (machine->request.type == PROXY_HTTP)
		httpconnect_start(&machine->of.http, &machine->request);
	else
		socks_start(&machine->of.socks, &machine->request);
}

static size_t feed(struct machine *machine, const uint8_t *data, size_t size)
{
	proxy_sent(&machine->of.talk.out);
	if (machine->request.type == PROXY_HTTP)
		return httpconnect_feed(&machine->of.http, data, size);
	return socks_feed(&machine->of.socks, data, size);
}

static void check_harmless(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct machine whole, bytes;
	size_t used = 0;

	if (size == 0)
		return 0;
	start(&whole, data[0]);
	start(&bytes, data[0]);
	data++;
	size--;
	size_t taken = feed(&whole, data, size);
	while (used < size && bytes.of.talk.state == PROXY_TALKING)
		used += feed(&bytes, data + used, 1);
	if (whole.of.talk.state != bytes.of.talk.state || taken > size)
		abort();
	if (whole.of.talk.state == PROXY_TALKING && taken != size)
		abort();
	if (whole.of.talk.state == PROXY_AGREED && taken != used)
		abort();
	if (whole.of.talk.state == PROXY_FAILED &&
	    whole.of.talk.refusal.code != bytes.of.talk.refusal.code)
		abort();
	check_harmless(whole.of.talk.bound);
	check_harmless(whole.of.talk.refusal.reason);
	check_harmless(whole.of.talk.refusal.cause);
	return 0;
}
