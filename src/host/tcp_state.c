/* What the kernel knows of a TCP connection. */
#include "host/tcp_state.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "net/sockopt.h"
#include "trace/purpose.h"
#include "trace/sys.h"

/* enum of the kernel's net/tcp_states.h: in these a FIN is not acknowledged, perhaps not even sent,
 * and counts as a byte. */
enum { STATE_FIN_WAIT1 = 4, STATE_LAST_ACK = 9, STATE_CLOSING = 11 };

int tcp_state_data(unsigned state, bool finished, int queued)
{
	bool fin = finished || state == STATE_FIN_WAIT1 || state == STATE_LAST_ACK ||
		   state == STATE_CLOSING;
	return queued > 0 && fin ? queued - 1 : queued;
}

uint64_t tcp_state_acked(uint64_t counted, bool called, bool fin_acknowledged)
{
	uint64_t others = (called ? 1U : 0U) + (fin_acknowledged ? 1U : 0U);
	return counted > others ? counted - others : 0;
}

static bool read_state(struct tcp_state *state, struct trace *trace, int fd, bool finished,
		       bool last)
{
	*state = (struct tcp_state){.len = sizeof(state->info)};
	if (fd < 0 ||
	    sys_getsockopt(trace, fd, IPPROTO_TCP, TCP_INFO, &state->info, &state->len) != 0) {
		state->len = 0;
		return false;
	}
	sys_ioctl_int(trace, fd, SIOCOUTQ, &state->unacknowledged);
	state->fin_acknowledged = finished && state->unacknowledged == 0;
	state->unacknowledged = tcp_state_data(state->info.tcpi_state, finished,
					       state->unacknowledged);
	if (state->unacknowledged == 0)
		return true;
	sys_ioctl_int(trace, fd, SIOCOUTQNSD, &state->unsent);
	/* The FIN is the last to leave. */
	state->unsent = tcp_state_data(state->info.tcpi_state, finished, state->unsent);
	if (state->unsent > state->unacknowledged)
		state->unsent = state->unacknowledged;
	state->icmp = last ? sockopt_take_error(trace, fd) : 0;
	return true;
}

bool tcp_state_read(struct tcp_state *state, struct trace *trace, int fd, bool finished, bool last)
{
	struct purpose purpose;
	purpose_begin(&purpose, trace, "this host", "how the connection stands");
	bool known = read_state(state, trace, fd, finished, last);
	purpose_end(&purpose,
		    known ? "%d bytes are not acknowledged, %d of them not sent"
			  : "it does not say",
		    state->unacknowledged, state->unsent);
	return known;
}

struct health_facts tcp_state_facts(const struct tcp_state *state, uint64_t sent, uint64_t received)
{
	const struct tcp_info *info = &state->info;
	struct health_facts facts = {
		.sent = sent,
		.received = received,
		.unacknowledged = state->unacknowledged,
		.unsent = state->unsent,
		.mss = info->tcpi_snd_mss,
		.pmtu = info->tcpi_pmtu,
		.timeouts = info->tcpi_retransmits,
		.probes = info->tcpi_probes,
		.retransmits = info->tcpi_total_retrans,
		.stuck_ns = (int64_t)info->tcpi_last_data_sent * NS_PER_MS,
		.icmp = state->icmp,
		.received_ns = (int64_t)info->tcpi_last_data_recv * NS_PER_MS,
	};
	uint32_t heard_ms = info->tcpi_last_ack_recv < info->tcpi_last_data_recv
				    ? info->tcpi_last_ack_recv
				    : info->tcpi_last_data_recv;
	facts.heard_ns = (int64_t)heard_ms * NS_PER_MS;
	if (TCPSTATE_KNOWS(state, tcpi_data_segs_out))
		facts.segments = info->tcpi_data_segs_out;
	if (TCPSTATE_KNOWS(state, tcpi_rcv_ooopack))
		facts.out_of_order = info->tcpi_rcv_ooopack;
	facts.knows_window = TCPSTATE_KNOWS(state, tcpi_snd_wnd);
	facts.window = facts.knows_window ? info->tcpi_snd_wnd : 0;
	return facts;
}
