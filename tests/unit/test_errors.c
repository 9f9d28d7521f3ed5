/* Errors of the kernel by name and in words. */
#include "base/errors.h"

#include <errno.h>

#include "unit.h"

static void an_error_has_a_name_and_words(void)
{
	static const struct {
		int err;
		const char *name, *words;
	} rows[] = {{EPERM, "EPERM", "Operation not permitted"},
		    {EAGAIN, "EAGAIN", "Resource temporarily unavailable"},
		    {EWOULDBLOCK, "EAGAIN", "Resource temporarily unavailable"},
		    {ECONNREFUSED, "ECONNREFUSED", "Connection refused"},
		    {ETIMEDOUT, "ETIMEDOUT", "Connection timed out"},
		    {EHOSTUNREACH, "EHOSTUNREACH", "No route to host"},
		    {EHWPOISON, "EHWPOISON", "Memory page has hardware error"},
		    {0, NULL, "Success"},
		    {-1, NULL, "Unknown error"},
		    {99999, NULL, "Unknown error"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_STR(errno_name(rows[i].err), rows[i].name);
		CHECK_STR(errno_words(rows[i].err), rows[i].words);
	}
}

UNIT_MAIN(an_error_has_a_name_and_words)
