/* What the service says first. */
#include "base/clock.h"
#include "base/text.h"
#include "diagnose/why_internal.h"
#include "net/pollset.h"
#include "proto/banner.h"

/* How long a service that speaks first may take. */
#define SERVICE_NS NS_PER_SEC

void service_start(struct service *service)
{
	service->state = SERVICE_PENDING;
	service->start_ns = clock_now();
}

void service_advance(struct service *service, int64_t now_ns)
{
	enum io io = IO_AGAIN;
	if (service->state != SERVICE_PENDING)
		return;
	if (service->ready)
		io = transport_recv(&service->transport, service->bytes, sizeof(service->bytes),
				    &service->len);
	service->took_ns = now_ns - service->start_ns;
	service->ready = false;
	if (io == IO_DONE)
		service->state = SERVICE_SPEAKS;
	else if (io == IO_EOF)
		service->state = SERVICE_ENDS;
	else if (io == IO_FAILED)
		service->state = SERVICE_RESETS;
	else if (now_ns >= service->start_ns + SERVICE_NS)
		service->state = SERVICE_SILENT;
}

void service_want(struct service *service, struct pollset *set)
{
	if (service->state != SERVICE_PENDING)
		return;
	port_want(&service->transport.in, set, &service->ready);
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
