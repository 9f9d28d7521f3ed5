/* The counters of this host's network. */
#include "proto/counters.h"

#include <stddef.h>
#include <string.h>

#include "base/parse.h"

static const char space[] = " \t\r\n";

/* The next word behind AT; its length into *LEN, 0 at the end. */
static const char *next_word(const char *at, size_t *len)
{
	at += strspn(at, space);
	*len = strcspn(at, space);
	return at;
}

static bool read_value(const char *word, size_t len, uint64_t *value)
{
	char number[24];
	int64_t read;
	if (len == 0 || len >= sizeof(number))
		return false;
	memcpy(number, word, len);
	number[len] = '\0';
	if (parse_int(number, 0, INT64_MAX, &read) != 0)
		return false;
	*value = (uint64_t)read;
	return true;
}

bool counters_pair(const char *names, const char *values, const char *name, uint64_t *value)
{
	size_t name_len, value_len;
	names = next_word(names, &name_len);
	values = next_word(values, &value_len);
	/* Both begin with the name of the group. */
	if (name_len == 0 || name_len != value_len || strncmp(names, values, name_len) != 0)
		return false;
	for (;;) {
		names = next_word(names + name_len, &name_len);
		values = next_word(values + value_len, &value_len);
		if (name_len == 0 || value_len == 0)
			return false;
		if (name_len == strlen(name) && strncmp(names, name, name_len) == 0)
			return read_value(values, value_len, value);
	}
}

bool counters_line(const char *line, const char *name, uint64_t *value)
{
	size_t len;
	line = next_word(line, &len);
	if (len == 0 || len != strlen(name) || strncmp(line, name, len) != 0)
		return false;
	line = next_word(line + len, &len);
	return read_value(line, len, value);
}
