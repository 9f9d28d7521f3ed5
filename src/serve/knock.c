/* Who knocks at a listener. */
#include "serve/knock.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/text.h"
#include "net/run.h"
#include "proto/addr.h"
#include "serve/serve.h"
#include "trace/sys.h"
#include "trace/trace.h"

/* A client that gave up, or an error of the network that accept(2) passes on. */
bool accept_is_transient(int err)
{
	static const int transient[] = {EAGAIN,       EINTR,       ECONNABORTED, EPROTO,
					ENETDOWN,     ENOPROTOOPT, EHOSTDOWN,    ENONET,
					EHOSTUNREACH, EOPNOTSUPP,  ENETUNREACH,  EPERM};
	for (size_t i = 0; i < sizeof(transient) / sizeof(transient[0]); i++)
		if (transient[i] == err)
			return true;
	return false;
}

void accept_report(const struct run *run, const struct serve_config *config,
		   const struct addr *peer)
{
	char address[160], host[128];
	struct text text = TEXT_IN(address);
	struct text host_text = TEXT_IN(host);
	struct note note;

	if (!trace_shows(run->trace, 1))
		return;
	addr_format(&text, peer);
	note_start(&note, "accepted", "a client is connected: %s", address);
	note_text(&note, "peer", address);
	trace_note(run->trace, &note);
	struct addr plain = addr_unmapped(peer);
	addr_format_host(&host_text, &plain);
	if (config->path)
		trace_status(run->trace, "Connection received on %s", config->path);
	else
		trace_status(run->trace, "Connection received on %s %u", host, addr_port(peer));
}

void accept_refuse(struct trace *trace, int fd)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	sys_setsockopt(trace, fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	sys_close(trace, &fd);
}
