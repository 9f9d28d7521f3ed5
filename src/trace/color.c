/* When output is colored. */
#include "trace/color.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool color_wanted(enum color_mode mode, int fd)
{
	if (mode != COLOR_AUTO)
		return mode == COLOR_ALWAYS;
	const char *refused = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");
	return !(refused && *refused) && terminal && strcmp(terminal, "dumb") != 0 && isatty(fd);
}
