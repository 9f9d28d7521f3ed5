/* One conversation: a connected socket and stdio. */
#include "relay/session.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "host/drops.h"
#include "host/evidence.h"
#include "net/endpoint.h"
#include "net/pollset.h"
#include "net/run.h"
#include "net/sockopt.h"
#include "net/transport_stdio.h"
#include "relay/dump.h"
#include "relay/relay_explain.h"
#include "relay/stats.h"
#include "trace/console.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* After so many rounds without a wait, a busy relay looks for signals. */
#define BUSY_ROUNDS 64

void session_describe_peer(struct text *out, const struct session_config *config)
{
	if (config->name) {
		text_str(out, config->name);
		return;
	}
	if (config->path) {
		endpoint_describe_path(out, config->endpoint, config->path);
		return;
	}
	if (config->net.any_peer && !config->net.group) {
		text_printf(out, "the last sender (%s)", endpoint_word(config->endpoint));
		return;
	}
	struct addr plain = addr_unmapped(&config->peer);
	endpoint_describe(out, config->endpoint, &plain);
}

struct addr_text session_peer(const struct session_config *config)
{
	struct addr_text peer = {""};
	struct text text = TEXT_IN(peer.chars);
	bool named = config->peer.len > sizeof(sa_family_t);
	if (config->path && !named)
		text_safe(&text, config->path);
	else if (named && (!config->net.any_peer || config->net.group))
		peer = addr_peer_text(&config->peer);
	return peer;
}

static void report_strangers(const struct run *run, const struct relay *relay)
{
	if (relay->net->strangers > 0)
		console_status(run->console, "%llu datagrams of other senders were left aside",
			       (unsigned long long)relay->net->strangers);
}

static void note_closed(const struct run *run, const struct relay *relay, int64_t start_ns,
			bool tcp)
{
	struct note note;
	if (!trace_shows(run->trace, 2))
		return;
	int64_t duration_ns = clock_now() - start_ns;
	note_start(&note, "closed", "closed, first by %s: %llu bytes sent, %llu received in %s",
		   relay_end_name(relay->closed_by), (unsigned long long)relay->in.bytes,
		   (unsigned long long)relay->out.bytes, units_time(duration_ns).chars);
	note_text(&note, "peer", relay->address);
	note_connection(&note, transport_socket(relay->net));
	note_text(&note, "by", relay_end_name(relay->closed_by));
	note_text(&note, "peer_end", relay_peer_end(relay));
	note_number(&note, "sent", (int64_t)relay->in.bytes);
	note_number(&note, "received", (int64_t)relay->out.bytes);
	if (tcp)
		note_number(&note, "unacknowledged", relay_unacknowledged(relay));
	note_span(&note, start_ns, duration_ns);
	trace_note(run->trace, &note);
}

/* How many datagrams this host has dropped for REASON ("RcvbufErrors"), IPv4 and IPv6. */
static uint64_t count_dropped(const char *reason)
{
	uint64_t v4 = 0, v6 = 0;
	drops_read_counter("Udp", reason, &v4);
	drops_read_counter("Udp6", reason, &v6);
	return v4 + v6;
}

/* Why DROPS datagrams were dropped: for lack of room, unless this host has counted fewer of those.
 */
static enum cause put_drops(struct text *out, uint32_t drops, uint32_t buffer)
{
	uint64_t full = count_dropped("RcvbufErrors");
	text_printf(out, "warning: %u datagrams were dropped by the kernel before they were read: ",
		    drops);
	if (full >= drops) {
		text_printf(
			out,
			"they came faster than that, and the receive buffer of %u bytes was full\n",
			buffer);
		return CAUSE_RECEIVE_BUFFER_FULL;
	}
	text_printf(out,
		    "not all for lack of room, of which this host has counted %llu; %llu had a bad "
		    "checksum\n",
		    (unsigned long long)full, (unsigned long long)count_dropped("InCsumErrors"));
	return CAUSE_DATAGRAMS_DROPPED;
}

/* Datagrams that the kernel dropped before they were read: with -v or --stats. */
static void report_drops(const struct session *session)
{
	uint32_t drops, buffer;
	struct note note;
	char line[512];
	struct text text = TEXT_IN(line);
	struct trace *trace = session->run->trace;
	if (!session->udp || (!console_is_verbose(session->run->console) && !session->config.stats))
		return;
	if (!drops_of_socket(trace, transport_socket(&session->net), &drops, &buffer) || drops == 0)
		return;
	enum cause cause = put_drops(&text, drops, buffer);
	text_printf(&text, "  next: %s\n", cause_advice(cause));
	note_start(&note, "overflow", "%u datagrams were dropped", drops);
	note_number(&note, "dropped", drops);
	note_number(&note, "receive_buffer", buffer);
	note_cause(&note, cause);
	console_report(session->run->console, &note, line);
}

/* Of connected datagram sockets it is of interest who turns them away; PEER is known, or NULL. */
static void ask_for_errors(const struct transport *transport, const struct addr *peer)
{
	struct addr found;
	if (!transport->in.many || transport->any_peer)
		return;
	int fd = transport_socket(transport);
	if (!peer && sys_getpeername(transport->trace, fd, &found) != 0)
		return;
	sockopt_ask_errors(transport->trace, fd, (peer ? peer : &found)->ss.ss_family, true);
}

/* Whether the datagram of PEER is heard, which is reported when another sent the last one. */
static bool hears_peer(const void *context, const struct addr *peer)
{
	const struct session *session = context;
	const struct peer_filter *filter = &session->filter;
	if (filter->admits && !filter->admits(filter->rules, peer))
		return false;
	if (!console_is_verbose(session->run->console) || !session->udp ||
	    addr_equal(peer, &session->net.peer))
		return true;
	struct addr plain = addr_unmapped(peer);
	console_status(session->run->console, "Datagram received from %s %u",
		       addr_host_text(&plain).chars, addr_port(peer));
	return true;
}

/* Of a group nobody has been heard yet; of others the first sender has. */
static void open_net(struct session *session, const struct session_config *config)
{
	session->net = config->net;
	session->net.peer = config->peer;
	if (session->net.group)
		session->net.peer.len = 0;
	session->filter = session->net.filter;
	session->net.filter = (struct peer_filter){hears_peer, session};
	ask_for_errors(&session->net, &config->peer);
}

static void open_local(struct session *session, const struct session_config *config)
{
	struct trace *trace = session->run->trace;
	if (transport_is_open(&config->local)) {
		session->local = config->local;
		ask_for_errors(&session->local, NULL);
		return;
	}
	if (config->stdio)
		session->local = *config->stdio;
	else
		transport_stdio(&session->local, trace, session->config.stdin_closed);
	session->local.keep_out = config->keep_out;
	session->config.no_stdin |= session->local.idle_input;
}

void session_open(struct session *session, const struct run *run,
		  const struct session_config *config)
{
	*session = (struct session){.run = run, .config = *config->relay, .start_ns = clock_now()};
	session->udp = config->endpoint->type == SOCK_DGRAM && !config->path;
	session->tcp = endpoint_is_tcp(config->endpoint);
	session->phases = config->phases;
	struct text text = TEXT_IN(session->name);
	open_net(session, config);
	open_local(session, config);
	session_describe_peer(&text, config);
	session->address = session_peer(config);
	const char *address = session->address.chars;
	struct text tag = TEXT_IN(session->tag);
	struct dump *dump = config->relay->services->dump;
	if (dump && config->one_of_many)
		dump_name_peer(dump, &tag, &config->peer);
	session->relay = (struct relay){.run = run,
					.config = &session->config,
					.net = &session->net,
					.local = &session->local,
					.peer = session->name,
					.address = *address ? address : NULL,
					.tag = session->tag,
					.local_name = config->local_name,
					.local_is_program = config->local_is_program,
					.calls = !config->server,
					.ends = {.proxied = config->proxied},
					.handed = {.proxied = config->local_proxied},
					.fault = &session->fault};
	relay_open(&session->relay, session->start_ns);
}

bool session_advance(struct session *session, int64_t now_ns)
{
	return relay_advance(&session->relay, now_ns);
}

void session_want(struct session *session, struct pollset *set, int64_t now_ns)
{
	relay_want(&session->relay, set, now_ns);
}

void session_report(const struct session *session)
{
	stats_state(session);
}

int64_t session_quiet_since(const struct session *session)
{
	const struct relay *relay = &session->relay;
	bool halved = pump_is_over(&relay->in) != pump_is_over(&relay->out);
	if (relay->over || !halved)
		return NEVER;
	return relay->in.moved_ns > relay->out.moved_ns ? relay->in.moved_ns : relay->out.moved_ns;
}

void session_let_go(struct session *session)
{
	console_status(session->run->console,
		       "the relay with %s, one side of which had ended, was let go for lack of "
		       "descriptors",
		       session->name);
	relay_abort(&session->relay);
	session->relay.over = true;
}

void session_close(struct session *session)
{
	relay_close(&session->relay);
	if (fault_is_set(&session->fault))
		fault_explain(&session->fault);
	if (session->config.stats)
		stats_final(session);
	report_drops(session);
	note_closed(session->run, &session->relay, session->start_ns, session->tcp);
	report_strangers(session->run, &session->relay);
	if (fault_is_set(&session->fault) && session->relay.local_name)
		relay_abort(&session->relay);
	transport_close(&session->net);
	transport_close(&session->local);
}

/* Relay until it ends, or a signal asks to. */
static void run_alone(struct session *session)
{
	const struct run *run = session->run;
	struct pollset set = {.count = 0};
	int64_t now_ns = session->start_ns;
	int status = 0;

	for (unsigned rounds = 1; !session->relay.over && status == 0; rounds++) {
		bool moved = session_advance(session, now_ns);
		/* A relay that is always busy still has to see signals. */
		bool look = run->signal_fd >= 0 && rounds % BUSY_ROUNDS == 0;
		if (!session->relay.over && (!moved || look)) {
			pollset_clear(&set);
			session_want(session, &set, now_ns);
			if (moved)
				pollset_wake(&set, now_ns);
			status = pollset_wait(&set, run, &session->fault);
			if (set.report)
				session_report(session);
		}
		now_ns = clock_now();
	}
	if (status != 0)
		relay_close_by(&session->relay, relay_end_of(&session->fault));
	pollset_close(&set);
}

int session_run(const struct session_config *config, const struct run *run, struct fault *fault)
{
	struct session session;
	session_open(&session, run, config);
	run_alone(&session);
	session_close(&session);
	*fault = session.fault;
	return fault_is_set(fault) ? -1 : 0;
}
