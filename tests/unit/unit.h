/* A unit test program: functions that check, and UNIT_MAIN(first, second, ...) that runs them and
 * prints TAP, a test for each function, named as it is.  A check that fails tells where and what,
 * and the function goes on. */
#ifndef HANDSET_TESTS_UNIT_H
#define HANDSET_TESTS_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The checks of the running test that failed. */
static int unit_failures;
/* Why the rest of the running test cannot be done here; NULL: it is done. */
static const char *unit_reason;

/* Skips the rest of the running test, which returns: this machine lacks what REASON says. */
static inline void unit_skip(const char *reason)
{
	unit_reason = reason;
}

static inline void unit_check(bool holds, const char *file, int line, const char *text)
{
	if (holds)
		return;
	printf("# %s:%d: not so: %s\n", file, line, text);
	unit_failures++;
}

static inline void unit_check_int(long long got, long long want, const char *file, int line,
				  const char *text)
{
	if (got == want)
		return;
	printf("# %s:%d: %s is %lld, expected %lld\n", file, line, text, got, want);
	unit_failures++;
}

static inline void unit_check_str(const char *got, const char *want, const char *file, int line,
				  const char *text)
{
	if (got == want || (got && want && strcmp(got, want) == 0))
		return;
	printf("# %s:%d: %s is \"%s\", expected \"%s\"\n", file, line, text, got ? got : "(null)",
	       want ? want : "(null)");
	unit_failures++;
}

#define CHECK(condition) unit_check((condition), __FILE__, __LINE__, #condition)
#define CHECK_INT(got, want) unit_check_int((got), (want), __FILE__, __LINE__, #got)
#define CHECK_STR(got, want) unit_check_str((got), (want), __FILE__, __LINE__, #got)

/* Run COUNT tests, whose names stand in NAMES with commas between them. */
static inline int unit_run(void (*const tests[])(void), size_t count, const char *names)
{
	int failed = 0;
	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		size_t len = strcspn(names, ",");
		unit_failures = 0;
		unit_reason = NULL;
		tests[i]();
		printf("%sok %zu - %.*s%s%s\n", unit_failures ? "not " : "", i + 1, (int)len, names,
		       unit_reason ? " # skip " : "", unit_reason ? unit_reason : "");
		failed += unit_failures != 0;
		names += len;
		names += strspn(names, ", ");
	}
	return failed != 0;
}

#define UNIT_MAIN(...)                                                                  \
	int main(void)                                                                  \
	{                                                                               \
		void (*const tests[])(void) = {__VA_ARGS__};                            \
		return unit_run(tests, sizeof(tests) / sizeof(tests[0]), #__VA_ARGS__); \
	}

#endif
