/* The result of a call as text. */
#include "trace/decode.h"

#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "proto/xlat.h"
#include "trace/decode_addr.h"
#include "trace/event.h"

/* What poll came back with, as strace(1) tells it. */
static void poll_result(struct text *out, const struct call *call)
{
	const struct pollfd *fds = (const struct pollfd *)(uintptr_t)call->arg[0];
	bool first = true;
	size_t shown = 0;

	if (call->ret == 0) {
		text_str(out, " (Timeout)");
		return;
	}
	text_str(out, " ([");
	for (size_t i = 0; i < call->arg[1] && shown < SHOWN_FDS; i++) {
		if (!fds[i].revents)
			continue;
		text_printf(out, "%s{fd=%d, revents=", first ? "" : ", ", fds[i].fd);
		xlat_flags(out, xlat_poll, (unsigned short)fds[i].revents);
		text_char(out, '}');
		first = false;
		shown++;
	}
	text_str(out, "])");
}

void decode_result(struct text *out, const struct call *call)
{
	const char *name = errno_name(call->err);
	text_printf(out, "%" PRId64, call->ret);
	if (call->ret == -1)
		text_printf(out, " %s (%s)", name ? name : "E???", strerror(call->err));
	else if (call->id == SYS_POLL)
		poll_result(out, call);
}
