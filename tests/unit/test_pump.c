/* Pumps that copy: each state with each event, on transports that follow a script. */
#include "relay/pump.h"

#include <errno.h>

#include "pump_bench.h"
#include "relay/lane.h"
#include "relay/telnet_replies.h"
#include "unit.h"

/* ---- streams ---- */

static void short_writes_of_every_length_lose_nothing(void)
{
	static const char text[] = "The quick brown fox\njumps over\r\nthe lazy dog\n";
	static const char crlf[] = "The quick brown fox\r\njumps over\r\nthe lazy dog\r\n";
	const struct {
		struct pump_config config;
		const char *want;
	} rows[] = {{{.crlf = false}, text},
		    {{.crlf = true}, crlf},
		    {{.interval_ns = MS}, text},
		    {{.rate = 40}, text},
		    {{.rate = 7, .crlf = true, .interval_ns = MS}, crlf}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t len = 1; len <= sizeof(text); len++) {
			const struct fake_step reads[] = {BRINGS(text), ENDS};
			const struct fake_step writes[] = {TAKES_EACH(len)};
			struct bench *bench = bench_streams(reads, writes, rows[i].config);
			CHECK(bench_run(bench));
			CHECK_INT(bench->pump.state, PUMP_DONE);
			CHECK(fake_got(&bench->to, rows[i].want, strlen(rows[i].want)));
			CHECK_INT(bench->pump.bytes, strlen(rows[i].want));
			CHECK_INT(pump_pending(&bench->pump), 0);
			bench_free(bench);
		}
	}
}

static void a_read_cut_anywhere_is_converted_the_same(void)
{
	static const char text[] = "a\r\nb\nc\r\r\n\n";
	static const char want[] = "a\r\nb\r\nc\r\r\n\r\n";
	for (size_t cut = 1; cut < sizeof(text) - 1; cut++) {
		const struct fake_step reads[] = {BRINGS_BYTES(text, cut), NOT_NOW,
						  BRINGS_BYTES(text + cut, sizeof(text) - 1 - cut),
						  ENDS};
		struct bench *bench = bench_streams(reads, NULL,
						    (struct pump_config){.crlf = true});
		CHECK(bench_run(bench));
		CHECK(fake_got(&bench->to, want, sizeof(want) - 1));
		bench_free(bench);
	}
}

static void an_again_on_read_waits_for_the_source_alone(void)
{
	const struct fake_step reads[] = {NOT_NOW, BRINGS("abc"), NOT_NOW, ENDS};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.crlf = false});
	CHECK(!pump_step(&bench->pump, bench->now_ns));
	CHECK(pump_wants_from(&bench->pump));
	CHECK(!pump_wants_to(&bench->pump, bench->now_ns));
	CHECK_INT(bench->pump.state, PUMP_OPEN);
	CHECK(bench_run(bench));
	CHECK_INT(bench->waits, 2);
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK(fake_got(&bench->to, "abc", 3));
	bench_free(bench);
}

static void an_again_on_write_waits_for_the_sink_alone(void)
{
	const struct fake_step reads[] = {BRINGS("abcdef"), ENDS};
	const struct fake_step writes[] = {TAKES(2), NOT_NOW, TAKES(1), NOT_NOW, OVER};
	struct bench *bench = bench_streams(reads, writes, (struct pump_config){.crlf = false});
	CHECK(pump_step(&bench->pump, bench->now_ns));
	CHECK(!pump_wants_from(&bench->pump));
	CHECK(pump_wants_to(&bench->pump, bench->now_ns));
	CHECK_INT(pump_pending(&bench->pump), 4);
	CHECK_INT(bench->from.recvs, 1);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK(fake_got(&bench->to, "abcdef", 6));
	bench_free(bench);
}

static void an_end_that_is_not_eager_is_asked_for_before_each_call(void)
{
	const struct fake_step reads[] = {BRINGS("ab"), BRINGS("cd"), ENDS};
	struct bench *bench = bench_new();
	fake_open(&bench->from, reads, NULL, false);
	fake_open(&bench->to, NULL, NULL, false);
	bench_start(bench);
	CHECK(!pump_step(&bench->pump, bench->now_ns));
	CHECK_INT(bench->from.recvs, 0);
	CHECK(bench_run(bench));
	CHECK_INT(bench->waits, 5);
	CHECK(fake_got(&bench->to, "abcd", 4));
	bench_free(bench);
}

static void a_retry_asks_ends_that_are_eager_alone(void)
{
	const struct fake_step reads[] = {NOT_NOW, BRINGS("abc"), OVER};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.crlf = false});
	CHECK(!pump_step(&bench->pump, bench->now_ns));
	pump_retry(&bench->pump);
	CHECK(pump_step(&bench->pump, bench->now_ns));
	bench->from.transport.in.eager = false;
	bench->pump.from_ready = false;
	pump_retry(&bench->pump);
	CHECK(!bench->pump.from_ready);
	bench_free(bench);
}

static void a_step_is_bounded(void)
{
	const struct fake_step reads[] = {{.what = FAKE_MOVE, .each = true, .data = "x", .len = 1}};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.crlf = false});
	CHECK(pump_step(&bench->pump, bench->now_ns));
	CHECK(bench->from.recvs <= 16);
	CHECK_INT(bench->pump.state, PUMP_OPEN);
	bench_free(bench);
}

static void a_buffer_is_held_only_while_it_holds_something(void)
{
	const struct fake_step reads[] = {BRINGS("abc"), NOT_NOW, OVER};
	const struct fake_step writes[] = {NOT_NOW, OVER};
	struct bench *bench = bench_streams(reads, writes, (struct pump_config){.crlf = false});
	CHECK(!bench->pump.buf);
	pump_step(&bench->pump, bench->now_ns);
	CHECK(bench->pump.buf);
	CHECK(bench_run(bench));
	CHECK(!bench->pump.buf);
	CHECK(bench->buffers.buf);
	bench_free(bench);
}

/* ---- ends ---- */

/* An event for a pump that is in a state. */
static void end_of_source(struct bench *bench)
{
	(void)bench;
}

static void end_pump(struct bench *bench)
{
	pump_end(&bench->pump);
}

static void drain_pump(struct bench *bench)
{
	pump_drain(&bench->pump);
}

static void an_end_in_every_state(void)
{
	static const struct fake_step nothing[] = {NOT_NOW, OVER};
	static const struct fake_step some[] = {BRINGS("abcdef"), NOT_NOW, OVER};
	static const struct fake_step some_end[] = {BRINGS("abcdef"), ENDS};
	static const struct fake_step end[] = {ENDS};
	static const struct fake_step reset[] = {FAILS(ECONNRESET), OVER};
	static const struct fake_step slow[] = {TAKES(2), NOT_NOW, OVER};
	static const struct fake_step broken[] = {TAKES(2), FAILS(EPIPE), OVER};
	static const struct {
		const char *name;
		const struct fake_step *reads, *writes;
		void (*event)(struct bench *bench);
		enum pump_state before, after, rest;
		size_t written;
		int read_err, write_err;
	} rows[] = {
		{"idle, EOF", end, NULL, end_of_source, PUMP_DONE, PUMP_DONE, PUMP_DONE, 0, 0, 0},
		{"idle, ended", nothing, NULL, end_pump, PUMP_OPEN, PUMP_DRAINING, PUMP_DONE, 0, 0,
		 0},
		{"idle, drained", nothing, NULL, drain_pump, PUMP_OPEN, PUMP_OPEN, PUMP_OPEN, 0, 0,
		 0},
		{"holding, EOF", some_end, slow, end_of_source, PUMP_OPEN, PUMP_OPEN, PUMP_DONE, 6,
		 0, 0},
		{"holding, ended", some, slow, end_pump, PUMP_OPEN, PUMP_DRAINING, PUMP_DONE, 6, 0,
		 0},
		{"holding, drained", some, slow, drain_pump, PUMP_OPEN, PUMP_OPEN, PUMP_OPEN, 6, 0,
		 0},
		{"done, ended", end, NULL, end_pump, PUMP_DONE, PUMP_DONE, PUMP_DONE, 0, 0, 0},
		{"read failed", reset, NULL, end_pump, PUMP_FAILED, PUMP_FAILED, PUMP_FAILED, 0,
		 ECONNRESET, 0},
		{"write failed", some, broken, end_pump, PUMP_FAILED, PUMP_FAILED, PUMP_FAILED, 2,
		 0, EPIPE},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *bench = bench_streams(rows[i].reads, rows[i].writes,
						    (struct pump_config){.crlf = false});
		int failures = unit_failures;
		pump_step(&bench->pump, bench->now_ns);
		CHECK_INT(bench->pump.state, rows[i].before);
		rows[i].event(bench);
		CHECK_INT(bench->pump.state, rows[i].after);
		CHECK(bench_run(bench));
		CHECK_INT(bench->pump.state, rows[i].rest);
		CHECK(fake_got(&bench->to, "abcdef", rows[i].written));
		CHECK_INT(bench->pump.read_err, rows[i].read_err);
		CHECK_INT(bench->pump.write_err, rows[i].write_err);
		CHECK_INT(bench->pump.closing, rows[i].event == drain_pump);
		if (unit_failures != failures)
			printf("# in the row \"%s\"\n", rows[i].name);
		bench_free(bench);
	}
}

static void what_was_read_before_a_reset_is_written(void)
{
	const struct fake_step reads[] = {BRINGS("abc"), FAILS(ECONNRESET), OVER};
	const struct fake_step writes[] = {TAKES(1), NOT_NOW, OVER};
	struct bench *bench = bench_streams(reads, writes, (struct pump_config){.crlf = false});
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_FAILED);
	CHECK_INT(bench->pump.read_err, ECONNRESET);
	CHECK_INT(bench->pump.write_err, 0);
	CHECK(fake_got(&bench->to, "abc", 3));
	bench_free(bench);
}

static void a_failed_pump_wants_nothing(void)
{
	const struct fake_step reads[] = {BRINGS("abc"), OVER};
	const struct fake_step writes[] = {FAILS(ECONNRESET), OVER};
	struct bench *bench = bench_streams(reads, writes, (struct pump_config){.crlf = false});
	CHECK(bench_run(bench));
	CHECK(pump_is_over(&bench->pump));
	CHECK(!pump_wants_from(&bench->pump));
	CHECK(!pump_wants_to(&bench->pump, bench->now_ns));
	CHECK(!pump_step(&bench->pump, bench->now_ns));
	CHECK_INT(bench->to.sends, 1);
	CHECK_INT(pump_pending(&bench->pump), 3);
	bench_free(bench);
}

static void a_pump_that_is_stopped_wants_nothing(void)
{
	const struct fake_step reads[] = {BRINGS("abc"), OVER};
	const struct fake_step writes[] = {TAKES(1), FAILS(EPIPE), OVER};
	struct bench *bench = bench_streams(reads, writes, (struct pump_config){.crlf = false});
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_FAILED);
	pump_stop(&bench->pump);
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK(!pump_wants_to(&bench->pump, bench->now_ns));
	CHECK(!pump_step(&bench->pump, bench->now_ns));
	bench_free(bench);
}

static void a_finish_may_take_several_calls(void)
{
	const struct fake_step reads[] = {BRINGS("ab"), ENDS};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.crlf = false});
	bench->to.finish_calls = 2;
	CHECK(bench_run(bench));
	CHECK_INT(bench->to.finished, 0);
	pump_finish(&bench->pump);
	CHECK(pump_is_finishing(&bench->pump));
	CHECK(pump_wants_to(&bench->pump, bench->now_ns));
	CHECK(!pump_step(&bench->pump, bench->now_ns));
	bench->pump.to_ready = true;
	CHECK(pump_step(&bench->pump, bench->now_ns));
	CHECK(pump_is_finishing(&bench->pump));
	bench->pump.to_ready = true;
	CHECK(pump_step(&bench->pump, bench->now_ns));
	CHECK(!pump_is_finishing(&bench->pump));
	CHECK(!pump_wants_to(&bench->pump, bench->now_ns));
	CHECK_INT(bench->to.finished, 1);
	bench_free(bench);
}

static void a_source_that_was_reset_before_ends_with_that(void)
{
	const struct fake_step reads[] = {BRINGS("ab"), ENDS};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.crlf = false});
	bench->from.transport.reset = true;
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_FAILED);
	CHECK_INT(bench->pump.read_err, ECONNRESET);
	CHECK(fake_got(&bench->to, "ab", 2));
	bench_free(bench);
}

/* ---- configuration ---- */

static void what_is_discarded_is_read_and_not_written(void)
{
	const struct fake_step reads[] = {BRINGS("abc"), BRINGS("de"), ENDS};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.discard = true});
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(bench->to.sends, 0);
	CHECK_INT(bench->pump.bytes, 5);
	CHECK_INT(bench->pump.reads, 2);
	bench_free(bench);
}

static void a_limit_of_reads_ends_the_pump(void)
{
	const struct fake_step reads[] = {BRINGS("a"), BRINGS("b"), BRINGS("c"), ENDS};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.limit = 2});
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK(fake_got(&bench->to, "ab", 2));
	CHECK_INT(bench->from.recvs, 2);
	bench_free(bench);
}

static void a_rate_holds_by_the_clock_that_is_given(void)
{
	static const char text[1000];
	const struct fake_step reads[] = {BRINGS_BYTES(text, sizeof(text)), ENDS};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.rate = 1000});
	int64_t start_ns = bench->now_ns;
	CHECK(bench_run(bench));
	int64_t took_ms = (bench->now_ns - start_ns) / MS;
	CHECK_INT(bench->to.got_len, sizeof(text));
	/* The first slice of 25 ms goes at once. */
	CHECK(took_ms >= 950 && took_ms <= 1000);
	bench_free(bench);
}

static void lines_are_an_interval_apart(void)
{
	const struct fake_step reads[] = {BRINGS("a\nb\nrest"), ENDS};
	struct bench *bench = bench_streams(reads, NULL,
					    (struct pump_config){.interval_ns = 500 * MS});
	pump_step(&bench->pump, bench->now_ns);
	CHECK(fake_got(&bench->to, "a\n", 2));
	CHECK(!pump_wants_to(&bench->pump, bench->now_ns));
	CHECK_INT(bench->pump.resume_ns, bench->now_ns + 500 * MS);
	CHECK(bench_run(bench));
	CHECK(fake_got(&bench->to, "a\nb\nrest", 8));
	CHECK_INT(bench->now_ns, MS + 1000 * MS);
	bench_free(bench);
}

/* ---- telnet ---- */

static void telnet_commands_cut_anywhere_are_taken_out(void)
{
	static const char text[] = "ab\xff\xfd\x01"
				   "cd\xff\xfb\x03"
				   "ef\xff\xff"
				   "g";
	for (size_t cut = 1; cut < sizeof(text) - 1; cut++) {
		const struct fake_step reads[] = {BRINGS_BYTES(text, cut),
						  BRINGS_BYTES(text + cut, sizeof(text) - 1 - cut),
						  ENDS};
		const struct fake_step writes[] = {TAKES_EACH(1)};
		struct telnet_replies replies = {.start = 0};
		struct bench *bench = bench_streams(reads, writes,
						    (struct pump_config){.telnet = &replies});
		CHECK(bench_run(bench));
		CHECK(fake_got(&bench->to, "abcdef\xffg", 8));
		CHECK_INT(replies.end, 6);
		CHECK(memcmp(replies.bytes, "\xff\xfc\x01\xff\xfe\x03", 6) == 0);
		bench_free(bench);
	}
}

static void replies_wait_for_the_end_of_a_piece(void)
{
	struct telnet_replies replies = {.bytes = "123", .end = 3};
	const struct fake_step reads[] = {NOT_NOW, BRINGS("abcdef"), ENDS};
	const struct fake_step writes[] = {TAKES(2), TAKES(1), TAKES(4), NOT_NOW, OVER};
	struct bench *bench = bench_streams(reads, writes,
					    (struct pump_config){.replies = &replies});
	pump_step(&bench->pump, bench->now_ns);
	CHECK(fake_got(&bench->to, "123", 3));
	CHECK_INT(replies.start, 3);
	bench->pump.from_ready = true;
	pump_step(&bench->pump, bench->now_ns);
	CHECK(fake_got(&bench->to, "123abcd", 7));
	memcpy(telnet_replies_at_end(&replies), "45", 2);
	replies.end += 2;
	CHECK(!pump_owes_replies(&bench->pump));
	CHECK(bench_run(bench));
	CHECK(fake_got(&bench->to, "123abcdef45", 11));
	CHECK_INT(bench->pump.bytes, 6);
	bench_free(bench);
}

static void replies_go_out_when_the_data_has_ended(void)
{
	struct telnet_replies replies = {.start = 0};
	const struct fake_step reads[] = {BRINGS("ab"), ENDS};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.replies = &replies});
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	memcpy(telnet_replies_at_end(&replies), "12", 2);
	replies.end += 2;
	CHECK(pump_owes_replies(&bench->pump));
	pump_step(&bench->pump, bench->now_ns);
	CHECK(fake_got(&bench->to, "ab12", 4));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	bench_free(bench);
}

static void nothing_is_read_without_room_for_replies(void)
{
	struct telnet_replies replies = {.end = TELNET_REPLIES_SIZE};
	const struct fake_step reads[] = {BRINGS("ab"), ENDS};
	struct bench *bench = bench_streams(reads, NULL, (struct pump_config){.telnet = &replies});
	CHECK(!pump_step(&bench->pump, bench->now_ns));
	CHECK_INT(bench->from.recvs, 0);
	replies.closed = true;
	CHECK(pump_step(&bench->pump, bench->now_ns));
	CHECK(fake_got(&bench->to, "ab", 2));
	bench_free(bench);
}

/* ---- packets ---- */

static struct bench *packets(const struct fake_step *reads, const struct fake_step *writes,
			     bool to_packets)
{
	struct bench *bench = bench_new();
	fake_open_packets(&bench->from, reads, NULL);
	if (to_packets)
		fake_open_packets(&bench->to, NULL, writes);
	else
		fake_open(&bench->to, NULL, writes, true);
	bench_start(bench);
	return bench;
}

static void packets_stay_what_they_are(void)
{
	const struct fake_step reads[] = {BRINGS("abc"), BRINGS(""), BRINGS("d"), ENDS};
	const struct fake_step writes[] = {NOT_NOW, OVER};
	struct bench *bench = packets(reads, writes, true);
	CHECK(pump_step(&bench->pump, bench->now_ns));
	CHECK(bench->pump.packet_held);
	CHECK(pump_wants_to(&bench->pump, bench->now_ns));
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(bench->to.packet_count, 3);
	CHECK_INT(bench->to.packets[0], 3);
	CHECK_INT(bench->to.packets[1], 0);
	CHECK_INT(bench->to.packets[2], 1);
	CHECK_INT(bench->pump.reads, 3);
	bench_free(bench);
}

static void an_empty_packet_is_held_until_it_is_written(void)
{
	const struct fake_step reads[] = {BRINGS(""), ENDS};
	const struct fake_step writes[] = {NOT_NOW, OVER};
	struct bench *bench = packets(reads, writes, true);
	pump_step(&bench->pump, bench->now_ns);
	CHECK(lane_holds(&bench->pump));
	pump_end(&bench->pump);
	CHECK_INT(bench->pump.state, PUMP_DRAINING);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(bench->to.packet_count, 1);
	bench_free(bench);
}

static void an_empty_packet_to_a_stream_is_nothing(void)
{
	const struct fake_step reads[] = {BRINGS(""), BRINGS("ab"), BRINGS(""), ENDS};
	struct bench *bench = packets(reads, NULL, false);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK_INT(bench->to.sends, 1);
	CHECK(fake_got(&bench->to, "ab", 2));
	bench_free(bench);
}

static void a_packet_that_fails_can_be_given_up(void)
{
	const struct fake_step reads[] = {BRINGS("lost"), BRINGS("next"), FAILS(ECONNREFUSED),
					  BRINGS("last"), ENDS};
	const struct fake_step writes[] = {FAILS(EHOSTUNREACH), OVER};
	struct bench *bench = packets(reads, writes, true);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_FAILED);
	CHECK_INT(bench->pump.write_err, EHOSTUNREACH);
	pump_forget(&bench->pump);
	CHECK_INT(bench->pump.state, PUMP_OPEN);
	CHECK_INT(bench->pump.write_err, 0);
	CHECK(!lane_holds(&bench->pump));
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.read_err, ECONNREFUSED);
	pump_forget(&bench->pump);
	CHECK(bench_run(bench));
	CHECK_INT(bench->pump.state, PUMP_DONE);
	CHECK(fake_got(&bench->to, "nextlast", 8));
	bench_free(bench);
}

static void a_rate_does_not_cut_packets(void)
{
	const struct fake_step reads[] = {BRINGS("abcdefgh"), BRINGS("ijklmnop"), ENDS};
	struct bench *bench = bench_new();
	bench->config.rate = 4;
	fake_open_packets(&bench->from, reads, NULL);
	fake_open_packets(&bench->to, NULL, NULL);
	bench_start(bench);
	CHECK(bench_run(bench));
	CHECK_INT(bench->to.packet_count, 2);
	CHECK_INT(bench->to.packets[0], 8);
	CHECK(bench->now_ns >= MS + 1000 * MS);
	bench_free(bench);
}

UNIT_MAIN(short_writes_of_every_length_lose_nothing, a_read_cut_anywhere_is_converted_the_same,
	  an_again_on_read_waits_for_the_source_alone, an_again_on_write_waits_for_the_sink_alone,
	  an_end_that_is_not_eager_is_asked_for_before_each_call,
	  a_retry_asks_ends_that_are_eager_alone, a_step_is_bounded,
	  a_buffer_is_held_only_while_it_holds_something, an_end_in_every_state,
	  what_was_read_before_a_reset_is_written, a_failed_pump_wants_nothing,
	  a_finish_may_take_several_calls, a_source_that_was_reset_before_ends_with_that,
	  a_pump_that_is_stopped_wants_nothing, what_is_discarded_is_read_and_not_written,
	  a_limit_of_reads_ends_the_pump, a_rate_holds_by_the_clock_that_is_given,
	  lines_are_an_interval_apart, telnet_commands_cut_anywhere_are_taken_out,
	  replies_wait_for_the_end_of_a_piece, replies_go_out_when_the_data_has_ended,
	  nothing_is_read_without_room_for_replies, packets_stay_what_they_are,
	  an_empty_packet_is_held_until_it_is_written, an_empty_packet_to_a_stream_is_nothing,
	  a_packet_that_fails_can_be_given_up, a_rate_does_not_cut_packets)
