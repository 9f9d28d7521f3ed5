/* The trace for people: strace's notation with readable addresses, the time since the start in
 * front, aligned. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/text.h"
#include "trace/decode.h"
#include "trace/event.h"
#include "trace/sink.h"

#define FAILED "\033[31m"
#define NOTE "\033[36m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

/* Under a step, aligned with the name of the call. */
#define INDENT "             "
#define EXPLAIN_WIDTH 96

/* Of the words, what a terminal of COLUMNS has room for behind the indent and the "# ". */
static size_t width_of_words(int columns)
{
	int room = columns - (int)sizeof(INDENT "# ") + 1;
	if (columns == 0 || room > EXPLAIN_WIDTH)
		return EXPLAIN_WIDTH;
	return room > 1 ? (size_t)room : 1;
}

/* A call that came too early: it is asked again, later.  EINPROGRESS is no such: connect has begun
 * what it was to begin. */
static bool is_later(int err)
{
	return err == EAGAIN || err == EINTR;
}

/* Whether CALL has brought the failure of something else: what became of a connect. */
static bool brings_failure(const struct call *call)
{
	const int *err = (const int *)(uintptr_t)call->arg[3];
	return call->id == SYS_GETSOCKOPT && call->ret == 0 && (int)call->arg[1] == SOL_SOCKET &&
	       (int)call->arg[2] == SO_ERROR && call->filled[3] >= sizeof(*err) && *err != 0;
}

static const char *color_of(const struct call *call)
{
	if (call->ret != -1)
		return brings_failure(call) ? FAILED : "";
	if (is_later(call->err))
		return DIM;
	return call->err == EINPROGRESS ? "" : FAILED;
}

/* How many bytes of WORDS go on a line of WIDTH; a longer word has its own. */
static size_t line_of(const char *words, size_t width)
{
	size_t len = strlen(words);
	if (len <= width)
		return len;
	for (len = width; len > 0 && words[len] != ' ';)
		len--;
	return len > 0 ? len : strcspn(words, " ");
}

static void put_explanation(struct text *out, const char *words, const struct sink_style *style)
{
	size_t width = width_of_words(style->columns);
	for (const char *at = words; *at;) {
		size_t len = line_of(at, width);
		text_printf(out, INDENT "%s# %.*s%s\n", style->color ? DIM : "", (int)len, at,
			    style->color ? PLAIN : "");
		at += len + (at[len] == ' ');
	}
}

static void put_call(struct text *out, const struct trace_event *event,
		     const struct sink_style *style)
{
	const struct call *call = event->call;
	const char *color = style->color ? color_of(call) : "";

	text_printf(out, "%s%s(", color, sysdesc[call->id].name);
	decode_args(out, call, NOTATION_READABLE);
	text_str(out, ") = ");
	decode_result(out, call);
	text_printf(out, "%s <%.3fms>\n", *color ? PLAIN : "",
		    (double)event->duration_ns / NS_PER_MS);
	if (event->explanation)
		put_explanation(out, event->explanation, style);
}

void sink_text(struct text *out, const struct trace_event *event, const struct sink_style *style)
{
	text_printf(out, "%s%10.3fms%s ", style->color ? DIM : "",
		    (double)event->start_ns / NS_PER_MS, style->color ? PLAIN : "");
	if (event->call) {
		put_call(out, event, style);
		return;
	}
	text_printf(out, "%s-- ", style->color ? NOTE : "");
	text_safe(out, event->note->summary);
	text_printf(out, "%s\n", style->color ? PLAIN : "");
}
