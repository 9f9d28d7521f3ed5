/* What SIOCOUTQ counts, in every state of TCP: a FIN is a byte to it, and none of the data. */
#include "host/tcp_state.h"

#include "unit.h"

/* enum of the kernel's net/tcp_states.h. */
enum {
	ESTABLISHED = 1,
	SYN_SENT,
	SYN_RECV,
	FIN_WAIT1,
	FIN_WAIT2,
	TIME_WAIT,
	CLOSE,
	CLOSE_WAIT,
	LAST_ACK,
	LISTEN,
	CLOSING,
};

static void data_of_every_state(void)
{
	static const struct {
		unsigned state;
		bool finished;
		int queued, data;
	} rows[] = {
		{ESTABLISHED, false, 0, 0},
		{ESTABLISHED, false, 3, 3},
		{CLOSE_WAIT, false, 3, 3},
		{SYN_SENT, false, 0, 0},
		{SYN_RECV, false, 0, 0},
		/* The FIN is on its way, whoever has ended this side. */
		{FIN_WAIT1, true, 4, 3},
		{FIN_WAIT1, false, 4, 3},
		{FIN_WAIT1, true, 1, 0},
		{CLOSING, true, 1, 0},
		{CLOSING, false, 4, 3},
		{LAST_ACK, true, 1, 0},
		{LAST_ACK, false, 4, 3},
		/* It has arrived. */
		{FIN_WAIT2, true, 0, 0},
		{TIME_WAIT, true, 0, 0},
		{CLOSE, true, 0, 0},
		/* The peer has reset: nothing else than our own memory tells of a FIN. */
		{CLOSE, true, 1, 0},
		{CLOSE, true, 4, 3},
		{CLOSE, false, 1, 1},
		{CLOSE, false, 3, 3},
		/* The state is not known. */
		{0, true, 4, 3},
		{0, false, 3, 3},
		{0, true, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT(tcp_state_data(rows[i].state, rows[i].finished, rows[i].queued),
			  rows[i].data);
}

static void data_that_is_acknowledged(void)
{
	static const struct {
		uint64_t counted;
		bool called, fin;
		uint64_t data;
	} rows[] = {
		{0, false, false, 0}, {0, true, true, 0}, {1, true, false, 0},
		{4, true, false, 3},  {5, true, true, 3}, {5, false, false, 5},
		{6, false, true, 5},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT((int64_t)tcp_state_acked(rows[i].counted, rows[i].called, rows[i].fin),
			  (int64_t)rows[i].data);
}

UNIT_MAIN(data_of_every_state, data_that_is_acknowledged)
