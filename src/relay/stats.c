/* --stats and SIGUSR1. */
#include "relay/stats.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/units.h"
#include "host/tcp_state.h"
#include "net/run.h"
#include "proto/health.h"
#include "relay/relay_explain.h"
#include "relay/session.h"
#include "trace/console.h"

/* What is known of a session at one moment. */
struct reading {
	bool final;
	int64_t transfer_ns;
	int64_t first_ns;     /* from the beginning of the transfer; -1: nothing has come */
	struct tcp_state tcp; /* `len` 0: it is no TCP */
	struct health_facts facts;
	uint64_t acked; /* bytes of data that the peer has acknowledged */
};

/* ---- words ---- */

static void put_phase(struct text *out, const char *phase, int64_t ns)
{
	if (ns < 0)
		return;
	text_printf(out, "%s %s, ", phase, units_time(ns).chars);
}

/* BYTES to the byte, and the rate. */
static void put_amount(struct text *out, uint64_t bytes, int64_t ns)
{
	text_printf(out, "%llu byte%s (%s)", (unsigned long long)bytes, bytes == 1 ? "" : "s",
		    units_rate((double)bytes, ns).chars);
}

static void put_closed(struct text *out, const struct relay *relay)
{
	const char *peer_end = relay_peer_end(relay);
	bool first = relay->closed_by == RELAY_END_PEER || relay->closed_by == RELAY_END_RESET;
	text_printf(out, "  closed %s", relay_end_words(relay->closed_by));
	if (peer_end && !first)
		text_printf(out, ", then by the peer, with %s", peer_end);
	text_char(out, '\n');
}

/* Where the time of sending went, as TCP has counted it. */
static void put_limits(struct text *out, const struct reading *reading)
{
	const struct tcp_info *info = &reading->tcp.info;
	double all = (double)reading->transfer_ns / NS_PER_US;
	double busy = (double)info->tcpi_busy_time;
	double peer = (double)info->tcpi_rwnd_limited;
	double buffer = (double)info->tcpi_sndbuf_limited;
	if (all < busy)
		all = busy;
	if (all <= 0 || reading->acked == 0)
		return;
	text_printf(out,
		    "  where the time of sending went: %.0f %% us (nothing to send), %.0f %% the "
		    "network, %.0f %% the peer "
		    "(its window was full), %.0f %% our send buffer\n",
		    100 * (all - busy) / all, 100 * (busy - peer - buffer) / all, 100 * peer / all,
		    100 * buffer / all);
}

static void put_tcp(struct text *out, const struct reading *reading)
{
	const struct tcp_state *state = &reading->tcp;
	const struct tcp_info *info = &state->info;
	text_printf(out, "  tcp: rtt %s (+- %s", units_time(info->tcpi_rtt * NS_PER_US).chars,
		    units_time(info->tcpi_rttvar * NS_PER_US).chars);
	if (TCPSTATE_KNOWS(state, tcpi_min_rtt))
		text_printf(out, ", least %s", units_time(info->tcpi_min_rtt * NS_PER_US).chars);
	text_printf(out, "), retransmits %u", info->tcpi_total_retrans);
	if (TCPSTATE_KNOWS(state, tcpi_data_segs_out))
		text_printf(out, " of %u segments", info->tcpi_data_segs_out);
	text_printf(out, ", mss %u, path MTU %u", info->tcpi_snd_mss, info->tcpi_pmtu);
	if (TCPSTATE_KNOWS(state, tcpi_delivery_rate) && info->tcpi_delivery_rate > 0)
		text_printf(out, ", delivery rate %s",
			    units_rate((double)info->tcpi_delivery_rate, NS_PER_SEC).chars);
	text_char(out, '\n');
	if (TCPSTATE_KNOWS(state, tcpi_sndbuf_limited))
		put_limits(out, reading);
}

/* ---- fields ---- */

static void note_tcp(struct note *note, const struct reading *reading)
{
	const struct tcp_state *state = &reading->tcp;
	const struct tcp_info *info = &state->info;
	note_seconds(note, "rtt", (int64_t)info->tcpi_rtt * NS_PER_US);
	note_seconds(note, "rttvar", (int64_t)info->tcpi_rttvar * NS_PER_US);
	note_number(note, "retransmits", info->tcpi_total_retrans);
	note_number(note, "mss", info->tcpi_snd_mss);
	note_number(note, "pmtu", info->tcpi_pmtu);
	note_number(note, "cwnd", info->tcpi_snd_cwnd);
	if (TCPSTATE_KNOWS(state, tcpi_bytes_acked))
		note_number(note, "acked", (int64_t)reading->acked);
	if (TCPSTATE_KNOWS(state, tcpi_min_rtt))
		note_seconds(note, "min_rtt", (int64_t)info->tcpi_min_rtt * NS_PER_US);
	if (TCPSTATE_KNOWS(state, tcpi_delivery_rate))
		note_number(note, "delivery_rate", (int64_t)info->tcpi_delivery_rate);
	if (!TCPSTATE_KNOWS(state, tcpi_sndbuf_limited))
		return;
	note_seconds(note, "busy", (int64_t)info->tcpi_busy_time * NS_PER_US);
	note_seconds(note, "rwnd_limited", (int64_t)info->tcpi_rwnd_limited * NS_PER_US);
	note_seconds(note, "sndbuf_limited", (int64_t)info->tcpi_sndbuf_limited * NS_PER_US);
}

/* A phase that has not come about is null. */
static void note_phase(struct note *note, const char *key, int64_t ns)
{
	if (ns < 0)
		note_text(note, key, NULL);
	else
		note_seconds(note, key, ns);
}

static void read_state(struct reading *reading, const struct session *session, bool final)
{
	int64_t first_ns = session->relay.out.first_ns;
	*reading = (struct reading){.final = final, .transfer_ns = clock_now() - session->start_ns};
	reading->first_ns = first_ns > 0 ? first_ns - session->start_ns : -1;
	if (session->tcp &&
	    tcp_state_read(&reading->tcp, session->run->trace, transport_socket(&session->net),
			   session->net.finished, final))
		reading->facts = tcp_state_facts(&reading->tcp, session->relay.in.bytes,
						 session->relay.out.bytes);
	reading->acked = tcp_state_acked(reading->tcp.info.tcpi_bytes_acked, session->relay.calls,
					 reading->tcp.fin_acknowledged);
}

/* Whether what was sent has arrived, and what is in the way. */
static void put_delivery(struct text *out, const struct reading *reading)
{
	if (reading->facts.sent > 0 && reading->facts.unacknowledged == 0 && reading->final) {
		text_str(out, "  all that was sent has been acknowledged by the peer\n");
		return;
	}
	if (reading->facts.unacknowledged > 0) {
		text_str(out, "  ");
		health_undelivered(&reading->facts, out);
		text_char(out, '\n');
	}
	if (reading->facts.unacknowledged > 0 || !reading->final) {
		text_str(out, "  ");
		health_judge(&reading->facts, out);
		text_char(out, '\n');
	}
}

static void put_lines(struct text *out, const struct session *session,
		      const struct reading *reading)
{
	const struct relay *relay = &session->relay;
	text_str(out, reading->final ? "stats: " : "state: ");
	text_safe(out, session->name);
	text_str(out, ": sent ");
	put_amount(out, relay->in.bytes, reading->transfer_ns);
	text_str(out, ", received ");
	put_amount(out, relay->out.bytes, reading->transfer_ns);
	text_str(out, "\n  time: ");
	put_phase(out, "name", session->phases.lookup_ns);
	put_phase(out, "connect", session->phases.connect_ns);
	put_phase(out, "proxy", session->phases.proxy_ns);
	put_phase(out, "first byte after", reading->first_ns);
	text_printf(out, "transfer %s\n", units_time(reading->transfer_ns).chars);
	if (reading->final)
		put_closed(out, relay);
	if (reading->tcp.len > 0) {
		put_delivery(out, reading);
		put_tcp(out, reading);
	}
}

static void fill_note(struct note *note, const struct session *session,
		      const struct reading *reading)
{
	const struct relay *relay = &session->relay;
	note_start(note, reading->final ? "stats" : "state", "%s", session->name);
	note_text(note, "peer", relay->address);
	note_number(note, "sent", (int64_t)relay->in.bytes);
	note_number(note, "received", (int64_t)relay->out.bytes);
	note_phase(note, "name", session->phases.lookup_ns);
	note_phase(note, "connect", session->phases.connect_ns);
	note_phase(note, "proxy", session->phases.proxy_ns);
	note_phase(note, "first_byte", reading->first_ns);
	note_seconds(note, "transfer", reading->transfer_ns);
	note_text(note, "closed_by", reading->final ? relay_end_name(relay->closed_by) : NULL);
	note_text(note, "peer_end", relay_peer_end(relay));
	note_number(note, "unacknowledged", reading->facts.unacknowledged);
	note_number(note, "unsent", reading->facts.unsent);
	if (reading->tcp.len > 0)
		note_tcp(note, reading);
}

static void report(const struct session *session, bool final)
{
	char lines[1536];
	struct text out = TEXT_IN(lines);
	struct note note;
	struct reading reading;
	read_state(&reading, session, final);
	put_lines(&out, session, &reading);
	fill_note(&note, session, &reading);
	console_report(session->run->console, &note, lines);
}

void stats_final(const struct session *session)
{
	report(session, true);
}

void stats_state(const struct session *session)
{
	report(session, false);
}
