/* Who or what ends a relay. */
#include "relay/relay_end.h"

#include <stdbool.h>

#include "base/fault.h"
#include "relay/relay.h"

static const struct {
	const char *name, *words;
	bool whole;
} rows[RELAY_ENDS] = {
#define SIDE false
#define WHOLE true
#define END(end, name, extent, words) [RELAY_END_##end] = {"" name, "" words, extent},
#include "relay/relay_ends.def"
#undef END
};

const char *relay_end_name(enum relay_end end)
{
	return rows[end].name;
}

const char *relay_end_words(enum relay_end end)
{
	return rows[end].words;
}

enum relay_end relay_end_choose(enum relay_end first, enum relay_end after)
{
	bool open = first == RELAY_END_US || (rows[after].whole && !rows[first].whole);
	return open ? after : first;
}

enum relay_end relay_end_of(const struct fault *fault)
{
	switch (fault->step) {
	case STEP_SIGNAL:
		return RELAY_END_SIGNAL;
	case STEP_WAIT:
		return RELAY_END_DEADLINE;
	case STEP_FILE:
		return RELAY_END_DUMP;
	default:
		return RELAY_END_US;
	}
}

void relay_close_by(struct relay *relay, enum relay_end end)
{
	relay->closed_by = relay_end_choose(relay->closed_by, end);
}
