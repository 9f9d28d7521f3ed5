/* What is due at the ends of a relay, in every state. */
#include "relay/ends.h"

#include "base/clock.h"
#include "unit.h"

#define S NS_PER_SEC
#define MS NS_PER_MS

/* A relay that began at second 100, whose input ended at 110 if it has.  Data last went out at 105
 * and came in at 104, where a row says nothing else. */
#define RELAY_Q(quit) .quit_ns = (quit), .start_ns = 100 * S, .input_ended_ns = 110 * S
#define RELAY RELAY_Q(NEVER)

static struct ends filled(struct ends ends)
{
	if (!ends.sent_ns)
		ends.sent_ns = 105 * S;
	if (!ends.received_ns)
		ends.received_ns = 104 * S;
	return ends;
}

#define WAKE(action, ns)          \
	{                         \
		ENDS_##action, ns \
	}

static const struct row {
	const char *name;
	struct ends ends;
	int64_t now_ns;
	struct ends_due due;
} rows[] = {
	/* ---- the input and the write side ---- */
	{"all is open", {RELAY, .input = INPUT_OPEN}, 111 * S, WAKE(GO_ON, NEVER)},
	{"an input that is not read", {RELAY, .input = INPUT_NONE}, 111 * S, WAKE(GO_ON, NEVER)},
	{"the input has ended", {RELAY, .input = INPUT_ENDED}, 110 * S, WAKE(SHUT_DOWN, NEVER)},
	{"it is shut down once",
	 {RELAY, .input = INPUT_ENDED, .shut_ns = 110 * S},
	 111 * S,
	 WAKE(GO_ON, NEVER)},
	{"--no-shutdown",
	 {RELAY, .input = INPUT_ENDED, .no_shutdown = true},
	 111 * S,
	 WAKE(GO_ON, NEVER)},
	{"--no-shutdown, a request",
	 {RELAY, .input = INPUT_ENDED, .no_shutdown = true, .request = true, .answered = true},
	 200 * S,
	 WAKE(GO_ON, NEVER)},
	{"--no-shutdown, a proxy",
	 {RELAY, .input = INPUT_ENDED, .no_shutdown = true, .proxied = true},
	 200 * S,
	 WAKE(GO_ON, NEVER)},
	{"a listener with -k",
	 {RELAY, .input = INPUT_ENDED, .keeps_turn = true},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	/* ---- an HTTP request ---- */
	{"a request without an answer",
	 {RELAY, .input = INPUT_ENDED, .request = true},
	 500 * S,
	 WAKE(GO_ON, NEVER)},
	{"a request, answered before the input ended",
	 {RELAY, .input = INPUT_ENDED, .request = true, .answered = true},
	 111 * S,
	 WAKE(GO_ON, 112 * S)},
	{"a request, being answered",
	 {RELAY, .input = INPUT_ENDED, .request = true, .answered = true, .received_ns = 120 * S},
	 121 * S,
	 WAKE(GO_ON, 122 * S)},
	{"a request, and silence after the answer",
	 {RELAY, .input = INPUT_ENDED, .request = true, .answered = true, .received_ns = 120 * S},
	 122 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"a request whose input goes on",
	 {RELAY, .input = INPUT_OPEN, .request = true, .answered = true, .received_ns = 120 * S},
	 150 * S,
	 WAKE(GO_ON, NEVER)},
	{"a request with -N",
	 {RELAY, .input = INPUT_ENDED, .request = true, .at_once = true},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"a request with --send-only",
	 {RELAY, .input = INPUT_ENDED, .request = true, .send_only = true},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"a request between two connections",
	 {RELAY, .input = INPUT_ENDED, .request = true, .connections = true},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"a request in datagrams",
	 {RELAY, .input = INPUT_ENDED, .request = true, .packets = true},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"a request, and the peer has ended",
	 {RELAY, .input = INPUT_ENDED, .request = true, .peer_over = true},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	/* ---- a proxy ---- */
	{"a proxy", {RELAY, .input = INPUT_ENDED, .proxied = true}, 111 * S, WAKE(GO_ON, 112 * S)},
	{"a proxy, and silence",
	 {RELAY, .input = INPUT_ENDED, .proxied = true},
	 112 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"a proxy that sends",
	 {RELAY, .input = INPUT_ENDED, .proxied = true, .received_ns = 150 * S},
	 151 * S,
	 WAKE(GO_ON, 152 * S)},
	{"a proxy that is still sent to",
	 {RELAY, .input = INPUT_ENDED, .proxied = true, .sent_ns = 150 * S},
	 151 * S,
	 WAKE(GO_ON, 152 * S)},
	{"a proxy with -N",
	 {RELAY, .input = INPUT_ENDED, .proxied = true, .at_once = true},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"a proxy and a request without an answer",
	 {RELAY, .input = INPUT_ENDED, .proxied = true, .request = true},
	 150 * S,
	 WAKE(GO_ON, NEVER)},
	{"a proxy behind a connection (--to)",
	 {RELAY, .input = INPUT_ENDED, .proxied = true, .connections = true},
	 111 * S,
	 WAKE(GO_ON, 112 * S)},
	{"a proxy, and the peer has ended",
	 {RELAY, .input = INPUT_ENDED, .proxied = true, .peer_over = true},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"both have ended, --no-shutdown",
	 {RELAY, .input = INPUT_ENDED, .no_shutdown = true, .peer_over = true},
	 110 * S,
	 WAKE(WELL, NEVER)},
	/* ---- both have ended ---- */
	{"both have ended",
	 {RELAY, .input = INPUT_ENDED, .peer_over = true, .shut_ns = 110 * S},
	 111 * S,
	 WAKE(WELL, NEVER)},
	{"the peer has ended, the input goes on",
	 {RELAY, .input = INPUT_OPEN, .peer_over = true},
	 500 * S,
	 WAKE(GO_ON, NEVER)},
	{"the peer has ended, the input goes on, -k",
	 {RELAY, .input = INPUT_OPEN, .peer_over = true, .keeps_turn = true},
	 500 * S,
	 WAKE(GO_ON, NEVER)},
	{"the peer has ended, and stdin is not read",
	 {RELAY, .input = INPUT_NONE, .peer_over = true, .null_input = true},
	 111 * S,
	 WAKE(WELL, NEVER)},
	{"the peer has ended, and stdin is not read, -k",
	 {RELAY, .input = INPUT_NONE, .peer_over = true, .keeps_turn = true},
	 111 * S,
	 WAKE(WELL, NEVER)},
	/* ---- the reader of stdout has gone ---- */
	{"no reader, all is sent",
	 {RELAY, .input = INPUT_ENDED, .reader_gone = true, .reader_gone_ns = 120 * S},
	 120 * S,
	 WAKE(UNWANTED, NEVER)},
	{"no reader, all is sent, --no-shutdown",
	 {RELAY, .input = INPUT_ENDED, .no_shutdown = true, .reader_gone = true},
	 120 * S,
	 WAKE(UNWANTED, NEVER)},
	{"no reader, a request is sent",
	 {RELAY, .input = INPUT_ENDED, .request = true, .reader_gone = true},
	 120 * S,
	 WAKE(UNWANTED, NEVER)},
	{"no reader, all is sent, -k",
	 {RELAY, .input = INPUT_ENDED, .keeps_turn = true, .reader_gone = true},
	 120 * S,
	 WAKE(UNWANTED, NEVER)},
	{"no reader, all is sent, the peer has ended",
	 {RELAY, .input = INPUT_ENDED, .peer_over = true, .reader_gone = true},
	 120 * S,
	 WAKE(UNWANTED, NEVER)},
	{"no reader, and the peer has not got it all",
	 {RELAY, .input = INPUT_ENDED, .unacknowledged = true, .reader_gone = true,
	  .reader_gone_ns = 120 * S},
	 120 * S,
	 WAKE(GO_ON, 120 * S + 10 * MS)},
	{"no reader, and the peer never gets it",
	 {RELAY, .input = INPUT_ENDED, .unacknowledged = true, .reader_gone = true,
	  .reader_gone_ns = 120 * S},
	 121 * S,
	 WAKE(BROKEN_PIPE, NEVER)},
	{"no reader, datagrams are sent",
	 {RELAY, .input = INPUT_ENDED, .packets = true, .unacknowledged = true, .reader_gone = true,
	  .reader_gone_ns = 120 * S},
	 120 * S,
	 WAKE(UNWANTED, NEVER)},
	{"no reader, the input is about to end",
	 {RELAY, .input = INPUT_OPEN, .reader_gone = true, .reader_gone_ns = 120 * S},
	 120 * S,
	 WAKE(GO_ON, 120 * S + 100 * MS)},
	{"no reader, the input does not end",
	 {RELAY, .input = INPUT_OPEN, .reader_gone = true, .reader_gone_ns = 120 * S},
	 120 * S + 100 * MS,
	 WAKE(BROKEN_PIPE, NEVER)},
	{"no reader, the input does not end, -k",
	 {RELAY, .input = INPUT_OPEN, .keeps_turn = true, .reader_gone = true,
	  .reader_gone_ns = 120 * S},
	 121 * S,
	 WAKE(BROKEN_PIPE, NEVER)},
	{"no reader, the input is a terminal",
	 {RELAY, .input = INPUT_OPEN, .terminal = true, .reader_gone = true,
	  .reader_gone_ns = 120 * S},
	 120 * S,
	 WAKE(BROKEN_PIPE, NEVER)},
	{"no reader, a terminal that has ended",
	 {RELAY, .input = INPUT_ENDED, .terminal = true, .reader_gone = true},
	 120 * S,
	 WAKE(UNWANTED, NEVER)},
	{"no reader, and stdin is not read",
	 {RELAY, .input = INPUT_NONE, .reader_gone = true, .reader_gone_ns = 120 * S},
	 120 * S,
	 WAKE(BROKEN_PIPE, NEVER)},
	{"no reader, and stdin is /dev/null",
	 {RELAY, .input = INPUT_NONE, .null_input = true, .reader_gone = true},
	 120 * S,
	 WAKE(BROKEN_PIPE, NEVER)},
	{"no reader, and nobody looks (--send-only)",
	 {RELAY, .input = INPUT_OPEN, .send_only = true, .reader_gone = true},
	 121 * S,
	 WAKE(GO_ON, NEVER)},
	{"there is no stdout between connections",
	 {RELAY, .input = INPUT_OPEN, .connections = true, .reader_gone = true},
	 121 * S,
	 WAKE(GO_ON, NEVER)},
	/* ---- a reset ---- */
	{"a reset between connections",
	 {RELAY, .input = INPUT_OPEN, .connections = true, .reset = true, .reset_ns = 120 * S},
	 120 * S,
	 WAKE(BREAK, NEVER)},
	{"a reset between connections, one side had ended",
	 {RELAY, .input = INPUT_ENDED, .connections = true, .reset = true, .reset_ns = 120 * S},
	 120 * S,
	 WAKE(BREAK, NEVER)},
	{"a reset, what had come is being written",
	 {RELAY, .input = INPUT_OPEN, .reset = true, .reset_ns = 120 * S},
	 120 * S,
	 WAKE(GO_ON, 121 * S)},
	{"a reset, what had come is still being written",
	 {RELAY, .input = INPUT_OPEN, .reset = true, .reset_ns = 120 * S, .received_ns = 125 * S},
	 125 * S,
	 WAKE(GO_ON, 126 * S)},
	{"a reset, stdout is stuck",
	 {RELAY, .input = INPUT_OPEN, .reset = true, .reset_ns = 120 * S},
	 121 * S,
	 WAKE(BREAK, NEVER)},
	{"a reset, all that had come is written",
	 {RELAY, .input = INPUT_OPEN, .peer_over = true, .reset = true, .reset_ns = 120 * S},
	 120 * S,
	 WAKE(BREAK, NEVER)},
	{"a reset, and nobody reads stdout",
	 {RELAY, .input = INPUT_ENDED, .reader_gone = true, .reset = true, .reset_ns = 120 * S},
	 120 * S,
	 WAKE(BREAK, NEVER)},
	/* ---- --send-only ---- */
	{"--send-only, not acknowledged",
	 {RELAY, .input = INPUT_ENDED, .send_only = true, .shut_ns = 110 * S,
	  .unacknowledged = true},
	 111 * S,
	 WAKE(GO_ON, 111 * S + 10 * MS)},
	{"--send-only, acknowledged",
	 {RELAY, .input = INPUT_ENDED, .send_only = true, .shut_ns = 110 * S},
	 111 * S,
	 WAKE(WELL, NEVER)},
	{"--send-only, datagrams",
	 {RELAY, .input = INPUT_ENDED, .send_only = true, .packets = true, .shut_ns = 110 * S,
	  .unacknowledged = true},
	 111 * S,
	 WAKE(WELL, NEVER)},
	{"--send-only, and stdin is /dev/null",
	 {RELAY, .input = INPUT_NONE, .null_input = true, .send_only = true},
	 100 * S,
	 WAKE(WELL, NEVER)},
	{"--send-only, --no-shutdown",
	 {RELAY, .input = INPUT_ENDED, .send_only = true, .no_shutdown = true},
	 111 * S,
	 WAKE(WELL, NEVER)},
	{"--send-only goes on with its input",
	 {RELAY, .input = INPUT_OPEN, .send_only = true},
	 111 * S,
	 WAKE(GO_ON, NEVER)},
	/* ---- -q, -w 0 ---- */
	{"-q, the input goes on",
	 {RELAY_Q(5 * S), .input = INPUT_OPEN},
	 200 * S,
	 WAKE(GO_ON, NEVER)},
	{"-q, the shutdown comes first",
	 {RELAY_Q(0), .input = INPUT_ENDED},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"-q, later",
	 {RELAY_Q(5 * S), .input = INPUT_ENDED, .shut_ns = 110 * S},
	 111 * S,
	 WAKE(GO_ON, 115 * S)},
	{"-q",
	 {RELAY_Q(5 * S), .input = INPUT_ENDED, .shut_ns = 110 * S},
	 115 * S,
	 WAKE(TAKE_REST, NEVER)},
	{"-q, a request is not answered",
	 {RELAY_Q(5 * S), .input = INPUT_ENDED, .request = true},
	 115 * S,
	 WAKE(TAKE_REST, NEVER)},
	{"-q, a proxy",
	 {RELAY_Q(5 * S), .input = INPUT_ENDED, .proxied = true},
	 111 * S,
	 WAKE(GO_ON, 112 * S)},
	{"-q, stdin is /dev/null",
	 {RELAY_Q(5 * S), .input = INPUT_NONE, .null_input = true},
	 104 * S,
	 WAKE(GO_ON, 105 * S)},
	{"-q after the connect, stdin is /dev/null",
	 {RELAY_Q(5 * S), .input = INPUT_NONE, .null_input = true},
	 105 * S,
	 WAKE(TAKE_REST, NEVER)},
	{"-q with -d", {RELAY_Q(5 * S), .input = INPUT_NONE}, 500 * S, WAKE(GO_ON, NEVER)},
	{"-w 0, the input goes on",
	 {RELAY, .waitless = true, .input = INPUT_OPEN},
	 500 * S,
	 WAKE(GO_ON, NEVER)},
	{"-w 0, the shutdown comes first",
	 {RELAY, .waitless = true, .input = INPUT_ENDED},
	 110 * S,
	 WAKE(SHUT_DOWN, NEVER)},
	{"-w 0",
	 {RELAY, .waitless = true, .input = INPUT_ENDED, .shut_ns = 110 * S},
	 110 * S,
	 WAKE(TAKE_REST, NEVER)},
	{"-w 0, stdin is not read",
	 {RELAY, .waitless = true, .input = INPUT_NONE},
	 100 * S,
	 WAKE(TAKE_REST, NEVER)},
	{"-w 0, a request",
	 {RELAY, .waitless = true, .input = INPUT_ENDED, .request = true},
	 110 * S,
	 WAKE(TAKE_REST, NEVER)},
};

static void states(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ends ends = filled(rows[i].ends);
		struct ends_due due = ends_due(&ends, rows[i].now_ns);
		if (due.action != rows[i].due.action || due.wake_ns != rows[i].due.wake_ns)
			printf("# %s\n", rows[i].name);
		CHECK_INT(due.action, rows[i].due.action);
		CHECK_INT(due.wake_ns, rows[i].due.wake_ns);
	}
}

/* The state that BITS make of every flag. */
static struct ends state_of(unsigned bits)
{
	struct ends ends = filled((struct ends){RELAY, .input = (enum ends_input)(bits % 3)});
	bool *const flags[] = {
		&ends.no_shutdown, &ends.at_once,     &ends.send_only, &ends.keeps_turn,
		&ends.waitless,    &ends.connections, &ends.packets,   &ends.proxied,
		&ends.request,     &ends.null_input,  &ends.terminal,  &ends.reader_gone,
		&ends.peer_over,   &ends.reset,       &ends.answered,  &ends.unacknowledged};
	bits /= 3;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++, bits /= 2)
		*flags[i] = bits % 2;
	ends.shut_ns = bits % 2 ? 111 * S : 0;
	ends.reader_gone_ns = ends.reset_ns = 112 * S;
	return ends;
}

#define STATES (3U << 17)

/* What holds whatever else is so. */
static void check_state(const struct ends *ends, struct ends_due due, int64_t now_ns)
{
	bool sent = ends->input != INPUT_OPEN;
	CHECK(due.wake_ns > now_ns);
	if (due.action == ENDS_SHUT_DOWN)
		CHECK(ends->input == INPUT_ENDED && !ends->no_shutdown && !ends->shut_ns);
	if (due.action == ENDS_WELL || due.action == ENDS_UNWANTED)
		CHECK(sent && !ends->reset);
	if (due.action == ENDS_UNWANTED)
		CHECK(ends->input == INPUT_ENDED && ends->reader_gone);
	if (due.action == ENDS_BROKEN_PIPE)
		CHECK(ends->reader_gone && !ends->connections && !ends->send_only);
	if (ends->reset)
		CHECK(due.action == ENDS_BREAK || due.action == ENDS_GO_ON);
	if (ends->reset && ends->connections)
		CHECK_INT(due.action, ENDS_BREAK);
	if (sent && ends->peer_over)
		CHECK(due.action != ENDS_GO_ON || due.wake_ns != NEVER);
	if (ends->reader_gone && !ends->connections && !ends->send_only)
		CHECK(due.action != ENDS_GO_ON || due.wake_ns != NEVER);
	if (ends->waitless && sent)
		CHECK(due.action != ENDS_GO_ON || due.wake_ns != NEVER);
}

static void every_state_keeps_the_promises(void)
{
	const int64_t times[] = {112 * S, 112 * S + 500 * MS, 113 * S, 500 * S};
	for (unsigned bits = 0; bits < STATES; bits++) {
		struct ends ends = state_of(bits);
		for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
			check_state(&ends, ends_due(&ends, times[i]), times[i]);
	}
}

static void a_second_later_every_break_is_over(void)
{
	for (unsigned bits = 0; bits < STATES; bits++) {
		struct ends ends = state_of(bits);
		enum ends_action action = ends_due(&ends, 113 * S).action;
		if (ends.reset)
			CHECK_INT(action, ENDS_BREAK);
		else if (ends.reader_gone && !ends.connections && !ends.send_only)
			CHECK(action == ENDS_UNWANTED || action == ENDS_BROKEN_PIPE);
	}
}

static void hangups(void)
{
	static const struct {
		struct ends ends;
		int64_t now_ns;
		bool hangup;
	} table[] = {
		{{RELAY, .shut_ns = 110 * S}, 110 * S + 5 * MS, true},
		{{RELAY, .shut_ns = 110 * S}, 111 * S, true},
		{{RELAY, .shut_ns = 110 * S}, 111 * S + 1, false},
		{{RELAY, .shut_ns = 110 * S, .received_ns = 110 * S + MS}, 110 * S + 5 * MS, false},
		{{RELAY}, 110 * S + 5 * MS, false},
		{{RELAY, .shut_ns = 110 * S, .connections = true}, 110 * S + 5 * MS, false},
		{{RELAY, .shut_ns = 110 * S, .packets = true}, 110 * S + 5 * MS, false},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct ends ends = filled(table[i].ends);
		CHECK_INT(ends_is_hangup(&ends, table[i].now_ns), table[i].hangup);
	}
}

static void cut_offs(void)
{
	static const struct {
		struct ends ends;
		bool cuts_off;
	} table[] = {
		{{.input = INPUT_OPEN}, true},
		{{.input = INPUT_OPEN, .peer_over = true}, true},
		{{.input = INPUT_OPEN, .terminal = true}, false},
		{{.input = INPUT_OPEN, .connections = true}, false},
		{{.input = INPUT_OPEN, .keeps_turn = true}, false},
		{{.input = INPUT_ENDED}, false},
		{{.input = INPUT_NONE}, false},
		{{.input = INPUT_NONE, .null_input = true}, false},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		CHECK_INT(ends_cuts_off(&table[i].ends), table[i].cuts_off);
}

static void watches(void)
{
	static const struct {
		struct ends_watch watch;
		enum ends_found found;
	} table[] = {
		/* A connection with an error has broken off, whatever is on its way. */
		{{.error = true}, FOUND_BREAK},
		{{.error = true, .data_for_it = true}, FOUND_BREAK},
		{{.error = true, .data_from_it = true}, FOUND_BREAK},
		{{.error = true, .data_for_it = true, .data_from_it = true}, FOUND_BREAK},
		/* One without is gone, which matters when something is left for it. */
		{{.data_for_it = true}, FOUND_BREAK},
		{{.data_for_it = true, .data_from_it = true}, FOUND_BREAK},
		{{.data_from_it = true}, FOUND_NOTHING},
		{{.error = false}, FOUND_OVER},
		/* What stdin brings for a peer that has gone is told when it comes. */
		{{.input = true}, FOUND_NOTHING},
		{{.input = true, .data_for_it = true}, FOUND_BREAK},
		{{.input = true, .error = true}, FOUND_BREAK},
		{{.input = true, .data_from_it = true}, FOUND_NOTHING},
		/* A program may end and leave things unread. */
		{{.program = true}, FOUND_OVER},
		{{.program = true, .data_for_it = true}, FOUND_OVER},
		{{.program = true, .data_from_it = true}, FOUND_UNREAD},
		{{.program = true, .data_for_it = true, .data_from_it = true}, FOUND_UNREAD},
		{{.program = true, .error = true}, FOUND_OVER},
		{{.program = true, .error = true, .data_for_it = true}, FOUND_OVER},
		{{.program = true, .error = true, .data_from_it = true}, FOUND_UNREAD},
		{{.program = true, .error = true, .data_for_it = true, .data_from_it = true},
		 FOUND_UNREAD},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		CHECK_INT(ends_judge_watch(&table[i].watch), table[i].found);
}

UNIT_MAIN(states, every_state_keeps_the_promises, a_second_later_every_break_is_over, hangups,
	  cut_offs, watches)
