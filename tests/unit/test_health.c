/* How a TCP connection does, judged from what the kernel counts. */
#include "proto/health.h"

#include <errno.h>

#include "base/clock.h"
#include "base/text.h"
#include "unit.h"

#define S NS_PER_SEC

static void judgments(void)
{
	static const struct {
		struct health_facts facts;
		enum health health;
		const char *words; /* how the line begins */
	} rows[] = {
		{{.sent = 16},
		 HEALTH_SILENT,
		 "the peer's kernel has acknowledged all 16 bytes sent, and no answer has come "
		 "from its program"},
		{{.sent = 16, .received = 2, .stuck_ns = S, .received_ns = 2 * S},
		 HEALTH_SILENT,
		 "the peer's kernel has acknowledged all 16 bytes sent, and nothing has come from "
		 "its program since"},
		/* The last word is the peer's. */
		{{.sent = 16, .received = 2, .stuck_ns = 2 * S, .received_ns = S},
		 HEALTH_WELL,
		 "the peer's kernel has acknowledged all 16 bytes sent, and no more has come from "
		 "its program"},
		{{.received = 2},
		 HEALTH_WELL,
		 "nothing was sent; the peer has sent 2 bytes and no more"},
		{{.sent = 0}, HEALTH_WELL, "nothing was sent, and the peer has said nothing"},
		{{.sent = 9000,
		  .unacknowledged = 3000,
		  .mss = 1448,
		  .knows_window = true,
		  .window = 60000},
		 HEALTH_WELL,
		 "3000 bytes are on the way to the peer, 0 wait here"},
		/* The window is closed. */
		{{.sent = 9000,
		  .unacknowledged = 3000,
		  .unsent = 3000,
		  .mss = 1448,
		  .knows_window = true,
		  .stuck_ns = 3 * S},
		 HEALTH_NOT_READING,
		 "the peer does not read: its window is 0, for 3.00 s; 3000 bytes wait here, not "
		 "sent"},
		{{.sent = 9000,
		  .unacknowledged = 3000,
		  .unsent = 3000,
		  .mss = 1448,
		  .knows_window = true,
		  .window = 100,
		  .stuck_ns = -1},
		 HEALTH_NOT_READING,
		 "the peer does not read: its window is 100 bytes, less than a segment; 3000 bytes "
		 "wait here"},
		{{.sent = 9000,
		  .unacknowledged = 3000,
		  .unsent = 3000,
		  .mss = 1448,
		  .knows_window = true,
		  .probes = 4,
		  .stuck_ns = 20 * S},
		 HEALTH_NOT_READING,
		 "the peer does not read: its window is 0, for 20.0 s; 3000 bytes wait here, not "
		 "sent; 4 probes of the window"},
		/* A kernel that does not tell the window proves nothing by it. */
		{{.sent = 9000, .unacknowledged = 3000, .unsent = 3000, .mss = 1448},
		 HEALTH_WELL,
		 "0 bytes are on the way"},
		/* Only small segments went through. */
		{{.sent = 9006,
		  .unacknowledged = 9000,
		  .unsent = 0,
		  .mss = 1448,
		  .pmtu = 1500,
		  .timeouts = 3,
		  .retransmits = 3,
		  .segments = 11,
		  .knows_window = true,
		  .window = 60000,
		  .heard_ns = 2 * S},
		 HEALTH_MTU,
		 "a path MTU black hole is suspected: segments of 1448 bytes are not acknowledged, "
		 "while smaller ones were; repeated 3 times in 2.00 s"},
		/* Full ones did before. */
		{{.sent = 1009000,
		  .unacknowledged = 9000,
		  .mss = 1448,
		  .timeouts = 3,
		  .retransmits = 3,
		  .segments = 701,
		  .heard_ns = 2 * S},
		 HEALTH_LOST,
		 "the path or the peer is lost: 9000 bytes are not acknowledged; repeated 3 times "
		 "in 2.00 s"},
		/* What is lost is small itself. */
		{{.sent = 60,
		  .unacknowledged = 6,
		  .mss = 1448,
		  .timeouts = 3,
		  .retransmits = 3,
		  .segments = 13,
		  .heard_ns = 2 * S},
		 HEALTH_LOST,
		 "the path or the peer is lost: 6 bytes"},
		{{.sent = 6,
		  .unacknowledged = 6,
		  .mss = 1448,
		  .timeouts = 2,
		  .retransmits = 2,
		  .segments = 3,
		  .heard_ns = S},
		 HEALTH_UNHEARD,
		 "nothing has been acknowledged since the handshake (6 bytes sent; repeated 2 "
		 "times in 1.00 s)"},
		/* An ICMP error says why. */
		{{.sent = 60,
		  .unacknowledged = 6,
		  .mss = 1448,
		  .timeouts = 3,
		  .heard_ns = 2 * S,
		  .icmp = EACCES},
		 HEALTH_REJECTED,
		 "an ICMP error came in for what was sent: administratively prohibited; 6 bytes "
		 "are not acknowledged; repeated 3 times in 2.00 s"},
		/* It has left nowhere, and the window is open. */
		{{.sent = 60,
		  .unacknowledged = 6,
		  .unsent = 6,
		  .mss = 1448,
		  .knows_window = true,
		  .window = 500,
		  .probes = 2},
		 HEALTH_HELD,
		 "this host does not let 6 bytes out: they wait here, not sent, while the peer's "
		 "window is open"},
		{{.sent = 60,
		  .unacknowledged = 6,
		  .unsent = 6,
		  .mss = 1448,
		  .knows_window = true,
		  .window = 500},
		 HEALTH_WELL,
		 "0 bytes are on the way to the peer, 6 wait here"},
		/* What came is not what was to come first. */
		{{.sent = 6, .out_of_order = 2, .mss = 1448},
		 HEALTH_HOLE,
		 "2 segments of the peer came, and what stands before them did not: a path MTU "
		 "black hole is suspected"},
		{{.sent = 6, .received = 9, .out_of_order = 2, .stuck_ns = 2 * S, .received_ns = S},
		 HEALTH_WELL,
		 "the peer's kernel has acknowledged all 6 bytes sent, and no more has come from "
		 "its program"},
		/* One timer is one loss. */
		{{.sent = 60,
		  .unacknowledged = 6,
		  .mss = 1448,
		  .timeouts = 1,
		  .retransmits = 1,
		  .segments = 13},
		 HEALTH_WELL,
		 "6 bytes are on the way"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[512];
		struct text text = TEXT_IN(line);
		CHECK_INT(health_judge(&rows[i].facts, &text), rows[i].health);
		line[strlen(rows[i].words)] = '\0';
		CHECK_STR(line, rows[i].words);
		CHECK(!text.cut);
	}
}

static void what_was_not_delivered(void)
{
	char line[256];
	struct text text = TEXT_IN(line);
	CHECK(!health_undelivered(&(struct health_facts){.sent = 5}, &text));
	CHECK_STR(line, "");
	CHECK(health_undelivered(
		&(struct health_facts){.sent = 10, .unacknowledged = 7, .unsent = 3}, &text));
	CHECK_STR(line, "7 of the 10 bytes sent were never acknowledged by the peer, 3 of these "
			"never left this host");
}

static void troubles_are_causes(void)
{
	CHECK_INT(health_cause(HEALTH_WELL), CAUSE_NONE);
	CHECK_INT(health_cause(HEALTH_SILENT), CAUSE_PEER_SILENT);
	CHECK_INT(health_cause(HEALTH_NOT_READING), CAUSE_PEER_NOT_READING);
	CHECK_INT(health_cause(HEALTH_MTU), CAUSE_MTU_BLACK_HOLE);
}

UNIT_MAIN(judgments, what_was_not_delivered, troubles_are_causes)
