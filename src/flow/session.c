/* One conversation: a connected socket and stdio. */
#include "flow/session.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "flow/relay.h"
#include "net/endpoint.h"
#include "net/run.h"
#include "net/transport.h"
#include "proto/explain.h"
#include "trace/trace.h"

/* "127.0.0.1 port 80 (tcp)", "/run/x (unix)". */
static void describe_peer(struct text *out, const struct session *session)
{
	const char *word = endpoint_word(session->endpoint);
	if (session->path) {
		text_printf(out, "%s (%s)", session->path, word);
		return;
	}
	if (session->any_peer) {
		text_printf(out, "the last sender (%s)", word);
		return;
	}
	struct addr plain = addr_unmapped(&session->peer);
	addr_format_host(out, (const struct sockaddr *)&plain.ss, plain.len);
	text_printf(out, " port %u (%s)", addr_port(&session->peer), word);
}

static void note_closed(const struct run *run, const struct relay *relay, int64_t start_ns)
{
	struct note note;
	int64_t duration_ns = clock_now() - start_ns;
	note_start(&note, "closed", "closed, first by %s: %llu bytes sent, %llu received in %.3f s",
		   relay->closed_by ? relay->closed_by : "us", (unsigned long long)relay->in.bytes,
		   (unsigned long long)relay->out.bytes, (double)duration_ns / NS_PER_SEC);
	note_text(&note, "peer", relay->peer);
	note_text(&note, "by", relay->closed_by);
	note_number(&note, "sent", (int64_t)relay->in.bytes);
	note_number(&note, "received", (int64_t)relay->out.bytes);
	note_seconds(&note, "dur", duration_ns);
	trace_note(run->trace, &note);
	if (relay->net->strangers > 0)
		trace_status(run->trace, "%llu datagrams of other senders were left aside",
			     (unsigned long long)relay->net->strangers);
}

int session_run(struct session *session, const struct run *run, struct fault *fault)
{
	struct transport net, local;
	struct relay_config config = *session->relay;
	int64_t start_ns = clock_now();
	char peer[512];
	struct text text = TEXT_IN(peer);

	transport_sock(&net, run->trace, session->fd, session->endpoint->type);
	net.any_peer = session->any_peer;
	net.peer = session->peer;
	transport_stdio(&local, run->trace, config.stdin_closed);
	local.keep_out = session->keep_out;
	config.no_stdin |= session->server && local.idle_input;
	describe_peer(&text, session);
	struct relay relay = {
		.run = run, .config = &config, .net = &net, .local = &local, .peer = peer, .fault = fault};
	int status = relay_run(&relay);
	if (status != 0)
		explain_fault(fault);
	note_closed(run, &relay, start_ns);
	net.ops->close(&net);
	session->fd = -1;
	return status;
}
