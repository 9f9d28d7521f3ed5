/* --progress. */
#include "relay/progress.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "trace/console.h"
#include "trace/sys.h"

/* How often a line is drawn, and how often one is written where none can be drawn. */
#define DRAW_NS (200 * NS_PER_MS)
#define WRITE_NS (5 * NS_PER_SEC)

/* What the rate of the last period counts against the ones before: an average over some two
 * seconds. */
#define DRAW_WEIGHT 0.1
#define WRITE_WEIGHT 0.7

void progress_open(struct progress *progress, struct console *console, bool grows)
{
	struct stat status;
	*progress = (struct progress){.console = console, .draws = console_draws(console)};
	if (grows || sys_fstat(STDIN_FILENO, &status) != 0 || !S_ISREG(status.st_mode))
		return;
	progress->offset = sys_offset(STDIN_FILENO);
	progress->measured = progress->offset >= 0;
}

static int64_t period(const struct progress *progress)
{
	return progress->draws ? DRAW_NS : WRITE_NS;
}

void progress_begin(struct progress *progress, int64_t now_ns)
{
	if (progress->start_ns != 0)
		return;
	progress->start_ns = progress->reported_ns = now_ns;
	progress->due_ns = now_ns + period(progress);
}

/* How much of stdin is to be sent in all; it may grow or shrink meanwhile.  0: that is not known.
 */
static uint64_t total(const struct progress *progress)
{
	struct stat status;
	if (!progress->measured || sys_fstat(STDIN_FILENO, &status) != 0 ||
	    status.st_size <= progress->offset)
		return 0;
	return (uint64_t)(status.st_size - progress->offset);
}

/* "sent 20 MiB of 40 MiB (50%), received 3 bytes, 10 MiB/s, 0:02, 0:02 left" */
static void put_line(struct text *out, const struct progress *progress, uint64_t all,
		     int64_t now_ns)
{
	int64_t took_ns = now_ns - progress->start_ns;
	text_printf(out, "sent %s", units_bytes((double)progress->sent).chars);
	if (all > 0 && progress->sent <= all)
		text_printf(out, " of %s (%u%%)", units_bytes((double)all).chars,
			    (unsigned)(100.0 * (double)progress->sent / (double)all));
	text_printf(out, ", received %s, %s, %s", units_bytes((double)progress->received).chars,
		    units_rate(progress->rate, NS_PER_SEC).chars, units_clock(took_ns).chars);
	if (all <= progress->sent || progress->sent == 0)
		return;
	double left = (double)(all - progress->sent) / (double)progress->sent;
	text_printf(out, ", %s left", units_clock((int64_t)((double)took_ns * left)).chars);
}

static void report(struct progress *progress, int64_t now_ns, bool last)
{
	char line[256];
	struct text text = TEXT_IN(line);
	struct note note;
	uint64_t all = total(progress);
	put_line(&text, progress, all, now_ns);
	if (progress->draws && !last) {
		console_draw(progress->console, line);
		return;
	}
	note_start(&note, "progress", "%s", line);
	note_number(&note, "sent", (int64_t)progress->sent);
	note_number(&note, "received", (int64_t)progress->received);
	note_seconds(&note, "dur", now_ns - progress->start_ns);
	if (all > 0)
		note_number(&note, "total", (int64_t)all);
	text_char(&text, '\n');
	console_report(progress->console, &note, line);
}

static void measure(struct progress *progress, int64_t now_ns)
{
	uint64_t moved = progress->sent + progress->received;
	double weight = progress->rate > 0 ? progress->draws ? DRAW_WEIGHT : WRITE_WEIGHT : 1;
	double now = (double)(moved - progress->reported) * NS_PER_SEC /
		     (double)(now_ns - progress->reported_ns);
	progress->rate += weight * (now - progress->rate);
	progress->reported = moved;
	progress->reported_ns = now_ns;
}

void progress_moved(struct progress *progress, uint64_t sent, uint64_t received, int64_t now_ns)
{
	progress->sent += sent;
	progress->received += received;
	if (now_ns < progress->due_ns)
		return;
	measure(progress, now_ns);
	report(progress, now_ns, false);
	progress->due_ns = now_ns + period(progress);
}

void progress_close(struct progress *progress, int64_t now_ns)
{
	if (progress->start_ns == 0)
		return;
	int64_t took_ns = now_ns - progress->start_ns;
	uint64_t moved = progress->sent + progress->received;
	progress->rate = took_ns > 0 ? (double)moved * NS_PER_SEC / (double)took_ns : 0;
	report(progress, now_ns, true);
}
