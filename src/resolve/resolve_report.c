/* What is reported of a look-up: that it is slow, and which family is missing. */
#include "resolve/resolve_report.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "net/run.h"
#include "proto/resolvconf.h"
#include "resolve/nsquery_report.h"
#include "resolve/resolve.h"
#include "trace/console.h"
#include "trace/trace.h"

/* Which families are missing: "IPv4 or IPv6". */
static const char *missing(const struct resolve *resolve)
{
	const struct lookup *lookups = resolve->lookups;
	if (resolve->count == 1)
		return lookup_family_word(lookups[0].family);
	if (!lookup_is_done(&lookups[0]) && !lookup_is_done(&lookups[1]))
		return "IPv4 or IPv6";
	return lookup_family_word(lookups[lookup_is_done(&lookups[0]) ? 1 : 0].family);
}

/* The family that holds things up, and what the servers say when they are asked for it. */
void resolve_report_slow(struct resolve *resolve, const struct run *run, int64_t now_ns)
{
	char lines[512];
	const char *servers[RESOLVCONF_SERVERS];
	size_t count = 0;
	struct text text = TEXT_IN(lines);
	struct note note;
	int64_t waited_ns = now_ns - resolve->start_ns;

	resolve->reported = true;
	nsquery_format(&text, resolve->nsquery);
	for (char *line = lines; line && *line && count < RESOLVCONF_SERVERS;)
		servers[count++] = strsep(&line, "\n");
	note_start(&note, "inquiry", "look-up: no %s address after %s", missing(resolve),
		   units_time(waited_ns).chars);
	note_text(&note, "name", resolve->host);
	note_text(&note, "missing", missing(resolve));
	note_texts(&note, "servers", servers, count);
	note_seconds(&note, "waited", waited_ns);
	note_end(&note, resolve->start_ns);
	trace_note(run->trace, &note);
	if (resolve_is_done(resolve))
		console_status(run->console, "look-up of %s took %s", resolve->host,
			       units_time(waited_ns).chars);
	else
		console_status(run->console, "look-up of %s: no %s address after %s", resolve->host,
			       missing(resolve), units_time(waited_ns).chars);
	for (size_t i = 0; i < count; i++)
		console_status(run->console, "  %s", servers[i]);
}

void resolve_report(struct resolve *resolve, const struct run *run)
{
	int64_t now_ns = clock_now();
	if (resolve->nsquery && !resolve->reported)
		resolve_report_slow(resolve, run, now_ns);
	else if (resolve->waited && !resolve->reported && !resolve_is_done(resolve))
		console_status(
			run->console,
			"look-up of %s: no answer for %s after %s, the other family is enough",
			resolve->host, missing(resolve),
			units_time(now_ns - resolve->start_ns).chars);
}
