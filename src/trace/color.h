/* When output is colored. */
#ifndef HANDSET_TRACE_COLOR_H
#define HANDSET_TRACE_COLOR_H

#include <stdbool.h>

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Returns whether what is written to FD gets colors: MODE asks for them, or FD is a terminal that
 * has them and the user did not object (no-color.org). */
bool color_wanted(enum color_mode mode, int fd);

#endif
