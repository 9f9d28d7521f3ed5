/* Numbers in text, with a range and without a silent wrap. */
#include "base/parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <strings.h>

int parse_int(const char *text, int64_t min, int64_t max, int64_t *number)
{
	char *end;
	const char *digits = text + (min < 0 && text[0] == '-');
	if (!isdigit((unsigned char)digits[0]))
		return -1;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || value < min || value > max)
		return -1;
	*number = value;
	return 0;
}

/* Digits with at most one point among them: strtod(3) would take "inf", "0x1p3" and the locale's
 * decimal comma.  The end of them into *END. */
static int parse_decimal(const char *text, double *value, const char **end)
{
	double scale = 1;
	bool point = false;
	bool digit = false;

	*value = 0;
	for (; isdigit((unsigned char)*text) || (*text == '.' && !point); text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		digit = true;
		scale *= point ? 10 : 1;
		*value = point ? *value + (*text - '0') / scale : *value * 10 + (*text - '0');
	}
	*end = text;
	return digit ? 0 : -1;
}

struct unit {
	const char *suffix;
	int64_t size;
};

static int64_t unit_size(const struct unit *units, const char *suffix)
{
	for (; units->suffix; units++)
		if (strcasecmp(units->suffix, suffix) == 0)
			return units->size;
	return 0;
}

int parse_time(const char *text, int64_t *ns)
{
	static const struct unit units[] = {{"", NS_PER_SEC},         {"ms", NS_PER_MS},
					    {"s", NS_PER_SEC},        {"m", 60 * NS_PER_SEC},
					    {"h", 3600 * NS_PER_SEC}, {NULL, 0}};
	const char *suffix;
	double value;
	int64_t size;

	if (parse_decimal(text, &value, &suffix) != 0 || (size = unit_size(units, suffix)) == 0)
		return -1;
	double product = value * (double)size;
	*ns = product > (double)PARSE_TIME_MAX_NS ? NEVER : (int64_t)(product + 0.5);
	return 0;
}

int parse_size(const char *text, int64_t *bytes)
{
	static const struct unit units[] = {
		{"", 1}, {"k", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {NULL, 0}};
	const char *suffix;
	double value;
	int64_t size;

	if (parse_decimal(text, &value, &suffix) != 0 || (size = unit_size(units, suffix)) == 0)
		return -1;
	double product = value * (double)size;
	if (product < 1 || product >= (double)(INT64_MAX / 2))
		return -1;
	*bytes = (int64_t)product;
	return 0;
}
