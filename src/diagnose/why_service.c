/* What the service says first. */
#include <errno.h>

#include "base/clock.h"
#include "base/text.h"
#include "diagnose/why_internal.h"
#include "net/pollset.h"
#include "net/run.h"
#include "proto/banner.h"
#include "trace/sys.h"

/* How long a service that speaks first may take. */
#define SERVICE_NS NS_PER_SEC

void service_start(struct service *service, int fd)
{
	*service = (struct service){.state = SERVICE_PENDING, .fd = fd, .start_ns = clock_now()};
}

void service_advance(struct service *service, const struct run *run, int64_t now_ns)
{
	if (service->state != SERVICE_PENDING)
		return;
	ssize_t n = -1;
	if (service->ready)
		n = sys_recv(run->trace, service->fd, service->bytes, sizeof(service->bytes),
			     MSG_DONTWAIT);
	service->took_ns = now_ns - service->start_ns;
	if (n > 0) {
		service->len = (size_t)n;
		service->state = SERVICE_SPEAKS;
	} else if (n == 0) {
		service->state = service->reset ? SERVICE_RESETS : SERVICE_ENDS;
	} else if (service->ready && errno != EAGAIN) {
		service->state = SERVICE_RESETS;
	} else if (now_ns >= service->start_ns + SERVICE_NS) {
		service->state = SERVICE_SILENT;
	}
	service->ready = false;
}

void service_want(struct service *service, struct pollset *set)
{
	if (service->state != SERVICE_PENDING)
		return;
	pollset_add(set, service->fd, POLLIN, &service->ready);
	pollset_wake(set, service->start_ns + SERVICE_NS);
}

static void put_speech(struct text *fact, const struct service *service)
{
	const char *protocol = banner_protocol(service->bytes, service->len);
	text_printf(fact, "it says %s", protocol ? protocol : "");
	text_str(fact, protocol ? ": " : "");
	banner_describe(fact, service->bytes, service->len);
}

void why_print_service(struct why *why)
{
	static const enum mark mark_of[] = {
		[SERVICE_NONE] = MARK_OPEN,   [SERVICE_PENDING] = MARK_OPEN,
		[SERVICE_SPEAKS] = MARK_GOOD, [SERVICE_SILENT] = MARK_GOOD,
		[SERVICE_ENDS] = MARK_ODD,    [SERVICE_RESETS] = MARK_BAD};
	const struct service *service = &why->service;
	const char *expected = why->reached
				       ? banner_expected(addr_port(&why->reached->attempt.addr))
				       : NULL;
	struct finding finding;
	bool hangs = service->state == SERVICE_SILENT && expected;
	struct text fact = finding_start(&finding, hangs ? MARK_ODD : mark_of[service->state],
					 "service", service->took_ns);

	if (service->state == SERVICE_SPEAKS)
		put_speech(&fact, service);
	else if (hangs)
		text_printf(
			&fact,
			"silent for a second, although %s servers, usual on that port, speak first",
			expected);
	else if (service->state == SERVICE_SILENT)
		text_str(&fact, "silent for a second: it waits for the client to speak, as HTTP "
				"and TLS do");
	else if (service->state == SERVICE_ENDS)
		text_str(&fact, "it ends the connection at once, without a word");
	else if (service->state == SERVICE_RESETS)
		text_str(&fact, "it accepts, and resets the connection at once, before any data: "
				"reset by the peer");
	else
		return;
	note_text(&finding.note, "protocol",
		  service->state == SERVICE_SPEAKS ? banner_protocol(service->bytes, service->len)
						   : NULL);
	finding_print(&finding, why);
}
