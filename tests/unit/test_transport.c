/* Transports, and what a layer over one does, under the pump and the relay. */
#include "net/transport.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "fake_world.h"
#include "net/pollset.h"
#include "pump_bench.h"
#include "relay/relay.h"
#include "unit.h"

/* All that can be read from END now, put behind the LEN bytes that are in BUF. */
static enum io read_all(struct transport *end, char *buf, size_t size, size_t *len)
{
	enum io io = IO_DONE;
	while (io == IO_DONE && *len < size) {
		size_t moved = 0;
		io = transport_recv(end, buf + *len, size - *len, &moved);
		*len += io == IO_DONE ? moved : 0;
	}
	return io;
}

static void send_text(struct transport *end, const char *text)
{
	for (size_t at = 0, moved; at < strlen(text); at += moved) {
		moved = 0;
		CHECK_INT(transport_send(end, text + at, strlen(text + at), &moved), IO_DONE);
		if (moved == 0)
			return;
	}
}

static void finish(struct transport *end)
{
	enum io io = IO_AGAIN;
	for (int calls = 0; calls < 10 && io == IO_AGAIN; calls++)
		io = transport_finish(end);
	CHECK_INT(io, IO_DONE);
}

/* ---- a transport ---- */

static void a_socket_is_bare_and_has_no_handshake(void)
{
	static const struct fake_layer_config *const none[2] = {NULL, NULL};
	struct world world;
	struct transport ends[2];
	char buf[16];
	size_t len = 0;
	world_open(&world);
	open_pair(&world, ends, none);
	CHECK(transport_is_open(&ends[0]));
	CHECK(transport_is_bare(&ends[0]));
	CHECK(transport_socket(&ends[0]) >= 0);
	CHECK(!transport_pending(&ends[0]));
	CHECK_INT(transport_handshake(&ends[0]), IO_DONE);
	send_text(&ends[0], "abc");
	CHECK_INT(transport_peek(&ends[1], buf, 2, &len), IO_DONE);
	CHECK_INT(len, 2);
	len = 0;
	CHECK_INT(read_all(&ends[1], buf, sizeof(buf), &len), IO_AGAIN);
	CHECK_INT(len, 3);
	finish(&ends[0]);
	CHECK_INT(read_all(&ends[1], buf, sizeof(buf), &len), IO_EOF);
	transport_close(&ends[0]);
	transport_close(&ends[0]);
	CHECK(!transport_is_open(&ends[0]));
	CHECK_INT(transport_socket(&ends[0]), -1);
	transport_close(&ends[1]);
}

static void a_failure_is_an_errno_or_words(void)
{
	struct fault words, fault;
	struct transport transport = {.socket = -1};
	fault_words(&words, STEP_READ, STATUS_TLS, "bad record", "whatever was done");
	fault_cause(&words, CAUSE_PROXY_CLOSED, "a byte was changed");
	errno = ECONNRESET;
	CHECK_INT(transport_failed(&transport), IO_FAILED);
	transport_explain(&transport, &fault, STEP_WRITE, "send to %s", "x");
	CHECK_INT(fault.err, ECONNRESET);
	CHECK_INT(fault.status, STATUS_BROKEN);
	CHECK_STR(fault.action, "send to x");
	CHECK_INT(transport_failed_words(&transport, &words), IO_FAILED);
	transport_explain(&transport, &fault, STEP_READ, "receive from %s", "x");
	CHECK_STR(fault.action, "receive from x");
	CHECK_STR(fault.reason, "bad record");
	CHECK_STR(fault.detail, "a byte was changed");
	CHECK_INT(fault.cause, CAUSE_PROXY_CLOSED);
	CHECK_INT(fault.status, STATUS_TLS);
	errno = EAGAIN;
	CHECK_INT(transport_failed(&transport), IO_AGAIN);
}

/* ---- a layer ---- */

static void a_layer_delays_its_handshake_and_carries_data(void)
{
	static const struct fake_layer_config plain, slow = {.delay = 3};
	static const struct fake_layer_config *const configs[2] = {&slow, &plain};
	struct world world;
	struct transport ends[2];
	enum io results[2];
	char buf[256];
	size_t len = 0;
	world_open(&world);
	open_pair(&world, ends, configs);
	CHECK(!transport_is_bare(&ends[0]));
	CHECK(!ends[0].in.splice && !ends[0].out.splice && !ends[0].in.discard);
	CHECK_INT(transport_handshake(&ends[0]), IO_AGAIN);
	CHECK_INT(ends[0].in.events, POLLOUT);
	shake_hands(ends, results);
	CHECK_INT(results[0], IO_DONE);
	CHECK_INT(results[1], IO_DONE);
	CHECK_INT(ends[0].in.events, POLLIN);
	send_text(&ends[0], "what is said");
	CHECK_INT(recv(transport_socket(&ends[1]), buf, sizeof(buf), MSG_PEEK), 13);
	CHECK(memcmp(buf + 1, "what is said", 12) != 0);
	CHECK_INT(read_all(&ends[1], buf, sizeof(buf), &len), IO_AGAIN);
	CHECK_INT(len, 12);
	CHECK(memcmp(buf, "what is said", 12) == 0);
	finish(&ends[0]);
	CHECK_INT(read_all(&ends[1], buf, sizeof(buf), &len), IO_EOF);
	transport_close(&ends[0]);
	transport_close(&ends[1]);
}

static void a_handshake_that_fails_says_so_in_words(void)
{
	static const struct fake_layer_config plain, other = {.says_other = true};
	static const struct fake_layer_config *const configs[2] = {&plain, &other};
	struct world world;
	struct transport ends[2];
	enum io results[2];
	world_open(&world);
	open_pair(&world, ends, configs);
	shake_hands(ends, results);
	CHECK_INT(results[0], IO_FAILED);
	CHECK_INT(results[1], IO_DONE);
	transport_explain(&ends[0], &world.fault, STEP_CONNECT, "connect to x");
	CHECK_STR(world.fault.reason, "the peer does not speak this protocol");
	CHECK_INT(world.fault.status, STATUS_TLS);
	transport_close(&ends[0]);
	transport_close(&ends[1]);
}

/* ---- under a pump ---- */

/* Poll knows nothing of what a layer has read ahead, whether its reads are tried without poll or
 * not.
 */
static void a_pump_does_not_sleep_on_what_a_layer_holds(void)
{
	static const struct fake_layer_config plain, asked = {.not_eager = true};
	const struct fake_layer_config *rows[] = {&plain, &asked};
	for (size_t i = 0; i < 2; i++) {
		const struct fake_layer_config *const configs[2] = {rows[i], &plain};
		struct world world;
		struct transport ends[2];
		enum io results[2];
		world_open(&world);
		open_pair(&world, ends, configs);
		shake_hands(ends, results);
		for (int n = 0; n < 20; n++)
			send_text(&ends[1], "0123456789");
		struct bench *bench = bench_new();
		fake_open(&bench->to, NULL, NULL, true);
		bench->config.buffers = &bench->buffers;
		pump_open(&bench->pump, &ends[0], &bench->to.transport, &bench->config, MS);
		CHECK_INT(bench->pump.lane, LANE_COPY);
		CHECK(!bench->pump.may_splice);
		bench->pump.from_ready = true;
		for (int n = 0; n < 100; n++)
			pump_step(&bench->pump, MS);
		CHECK_INT(bench->to.got_len, 200);
		CHECK(pump_wants_from(&bench->pump));
		bench_free(bench);
		transport_close(&ends[0]);
		transport_close(&ends[1]);
	}
}

/* ---- under a relay ---- */

struct relaying {
	struct world world;
	struct transport net, peer;
	struct fake local;
	struct buffer_pool buffers;
	struct relay_services services;
	struct relay_config config;
	struct relay relay;
	char heard[1024]; /* by the peer */
	size_t heard_len;
};

/* A relay between a script and a peer, both with layers, whose handshake is over. */
static struct relaying *relaying_new(const struct fake_step *reads,
				     const struct fake_layer_config *config)
{
	static const struct fake_layer_config plain;
	const struct fake_layer_config *const configs[2] = {config, &plain};
	struct relaying *relaying = calloc(1, sizeof(*relaying));
	struct transport ends[2];
	enum io results[2];
	if (!relaying)
		abort();
	world_open(&relaying->world);
	open_pair(&relaying->world, ends, configs);
	shake_hands(ends, results);
	relaying->net = ends[0];
	relaying->peer = ends[1];
	fake_open(&relaying->local, reads, NULL, true);
	relaying->services.buffers = &relaying->buffers;
	relaying->config = (struct relay_config){
		.services = &relaying->services, .quit_ns = NEVER, .idle_ns = NEVER};
	relaying->relay = (struct relay){.run = &relaying->world.run,
					 .config = &relaying->config,
					 .net = &relaying->net,
					 .local = &relaying->local.transport,
					 .peer = "the peer",
					 .tag = "",
					 .fault = &relaying->world.fault};
	relay_open(&relaying->relay, clock_now());
	return relaying;
}

/* Relay for a while, or until it is over; what the peer hears is kept. */
static void relay_on(struct relaying *relaying)
{
	struct pollset set = {.count = 0};
	for (int rounds = 0; rounds < 200 && !relaying->relay.over; rounds++) {
		int64_t now_ns = clock_now();
		bool moved = relay_advance(&relaying->relay, now_ns);
		read_all(&relaying->peer, relaying->heard, sizeof(relaying->heard),
			 &relaying->heard_len);
		if (moved || relaying->relay.over)
			continue;
		pollset_clear(&set);
		relay_want(&relaying->relay, &set, now_ns);
		pollset_wake(&set, now_ns + MS);
		pollset_wait(&set, &relaying->world.run, &relaying->world.fault);
	}
	pollset_close(&set);
}

static void relaying_free(struct relaying *relaying)
{
	relay_close(&relaying->relay);
	buffer_pool_close(&relaying->buffers);
	transport_close(&relaying->net);
	transport_close(&relaying->peer);
	free(relaying);
}

static void a_relay_ends_both_sides_of_a_layer(void)
{
	static const struct fake_layer_config plain;
	const struct fake_step reads[] = {BRINGS("a question"), ENDS};
	struct relaying *relaying = relaying_new(reads, &plain);
	relay_on(relaying);
	CHECK(!relaying->relay.over);
	CHECK_INT(relaying->heard_len, 10);
	/* The finish that takes two calls has come through. */
	size_t len = 0;
	char buf[8];
	CHECK_INT(read_all(&relaying->peer, buf, sizeof(buf), &len), IO_EOF);
	send_text(&relaying->peer, "an answer");
	finish(&relaying->peer);
	relay_on(relaying);
	CHECK(relaying->relay.over);
	CHECK(!fault_is_set(&relaying->world.fault));
	CHECK(fake_got(&relaying->local, "an answer", 9));
	CHECK_INT(relaying->local.finished, 1);
	relaying_free(relaying);
}

static void a_relay_that_only_sends_waits_for_the_finish(void)
{
	static const struct fake_layer_config plain;
	const struct fake_step reads[] = {BRINGS("a question"), ENDS};
	struct relaying *relaying = relaying_new(reads, &plain);
	char buf[8];
	size_t len = 0;
	relaying->config.send_only = true;
	relay_open(&relaying->relay, clock_now());
	relay_on(relaying);
	CHECK(relaying->relay.over);
	CHECK_INT(relaying->heard_len, 10);
	CHECK_INT(read_all(&relaying->peer, buf, sizeof(buf), &len), IO_EOF);
	relaying_free(relaying);
}

static void an_end_without_its_end_is_a_failure_in_words(void)
{
	static const struct fake_layer_config plain;
	const struct fake_step reads[] = {NOT_NOW, OVER};
	struct relaying *relaying = relaying_new(reads, &plain);
	send_text(&relaying->peer, "half an answ");
	transport_close(&relaying->peer);
	relaying->peer = (struct transport){.ops = NULL};
	for (int i = 0; i < 100 && !relaying->relay.over; i++) {
		relaying->relay.out.from_ready = true;
		relay_advance(&relaying->relay, clock_now());
	}
	CHECK(relaying->relay.over);
	CHECK(fake_got(&relaying->local, "half an answ", 12));
	CHECK_STR(relaying->world.fault.action, "receive from the peer");
	CHECK_STR(relaying->world.fault.reason, "the connection ended without its end");
	CHECK_INT(relaying->world.fault.status, STATUS_TLS);
	relaying_free(relaying);
}

static void a_cut_is_reported_after_what_came_before(void)
{
	static const struct fake_layer_config cut = {.cut = 20};
	const struct fake_step reads[] = {NOT_NOW, OVER};
	struct relaying *relaying = relaying_new(reads, &cut);
	send_text(&relaying->peer, "0123456789");
	relay_on(relaying);
	CHECK(fake_got(&relaying->local, "0123456789", 10));
	send_text(&relaying->peer, "0123456789");
	relay_on(relaying);
	CHECK(relaying->relay.over);
	CHECK_STR(relaying->world.fault.reason, "the connection was cut");
	relaying_free(relaying);
}

UNIT_MAIN(a_socket_is_bare_and_has_no_handshake, a_failure_is_an_errno_or_words,
	  a_layer_delays_its_handshake_and_carries_data, a_handshake_that_fails_says_so_in_words,
	  a_pump_does_not_sleep_on_what_a_layer_holds, a_relay_ends_both_sides_of_a_layer,
	  a_relay_that_only_sends_waits_for_the_finish,
	  an_end_without_its_end_is_a_failure_in_words, a_cut_is_reported_after_what_came_before)
