/* What /etc/resolv.conf and /etc/nsswitch.conf say of a look-up.  Keywords begin a line, values
 * follow after white space; later search lines replace earlier ones, as in glibc. */
#include "proto/resolvconf.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/text.h"

static const char space[] = " \t\r\n";

/* The next word behind AT; its length into *LEN, 0 at the end of the line. */
static const char *next_word(const char *at, size_t *len)
{
	at += strspn(at, space);
	*len = strcspn(at, space);
	return at;
}

/* The rest of LINE behind KEYWORD and white space; NULL when it is another line. */
static const char *after(const char *line, const char *keyword)
{
	size_t len = strlen(keyword);
	if (strncmp(line, keyword, len) != 0 || !line[len] || !strchr(space, line[len]))
		return NULL;
	return line + len;
}

void resolvconf_start(struct resolvconf *conf)
{
	*conf = (struct resolvconf){.ndots = 1};
}

static void read_server(struct resolvconf *conf, const char *rest)
{
	size_t len;
	const char *word = next_word(rest, &len);
	if (len == 0 || len >= sizeof(conf->server[0]) || conf->servers == RESOLVCONF_SERVERS)
		return;
	struct text text = TEXT_IN(conf->server[conf->servers]);
	text_bytes(&text, word, len);
	conf->servers++;
}

static void read_search(struct resolvconf *conf, const char *rest, size_t most)
{
	size_t len;
	conf->searches = 0;
	for (const char *word = next_word(rest, &len); len > 0 && conf->searches < most;
	     word = next_word(word + len, &len)) {
		struct text text = TEXT_IN(conf->search[conf->searches]);
		text_bytes(&text, word, len);
		conf->searches++;
	}
}

static void read_options(struct resolvconf *conf, const char *rest)
{
	size_t len;
	int64_t ndots;
	char number[8];
	for (const char *word = next_word(rest, &len); len > 0;
	     word = next_word(word + len, &len)) {
		if (len <= 6 || strncmp(word, "ndots:", 6) != 0)
			continue;
		struct text text = TEXT_IN(number);
		text_bytes(&text, word + 6, len - 6);
		if (parse_int(number, 0, 99999, &ndots) == 0)
			conf->ndots = ndots > 15 ? 15 : (int)ndots;
	}
}

void resolvconf_line(struct resolvconf *conf, const char *line)
{
	const char *rest;
	if ((rest = after(line, "nameserver")))
		read_server(conf, rest);
	else if ((rest = after(line, "search")))
		read_search(conf, rest, RESOLVCONF_SEARCH);
	else if ((rest = after(line, "domain")))
		read_search(conf, rest, 1);
	else if ((rest = after(line, "options")))
		read_options(conf, rest);
}

void resolvconf_nsswitch(struct resolvconf *conf, const char *line)
{
	size_t len;
	const char *word = next_word(line, &len);
	if (strncmp(word, "hosts:", 6) != 0)
		return;
	struct text text = TEXT_IN(conf->sources);
	for (word = next_word(word + 6, &len); len > 0 && word[0] != '#';
	     word = next_word(word + len, &len)) {
		text_str(&text, text.len ? " " : "");
		text_bytes(&text, word, len);
	}
}

bool resolvconf_hosts(const char *line, const char *name, char *address, size_t size)
{
	size_t address_len, len;
	size_t name_len = strlen(name);
	const char *word = next_word(line, &address_len);
	const char *at = word;
	if (address_len == 0 || address_len >= size || word[0] == '#')
		return false;
	if (name_len > 0 && name[name_len - 1] == '.')
		name_len--;
	for (at = next_word(at + address_len, &len); len > 0 && at[0] != '#';
	     at = next_word(at + len, &len)) {
		if (len != name_len || strncasecmp(at, name, len) != 0)
			continue;
		struct text text = text_in(address, size);
		text_bytes(&text, word, address_len);
		return true;
	}
	return false;
}

bool resolvconf_asks(const struct resolvconf *conf, const char *source)
{
	size_t len;
	for (const char *word = next_word(conf->sources, &len); len > 0;
	     word = next_word(word + len, &len))
		if (len == strlen(source) && strncmp(word, source, len) == 0)
			return true;
	return false;
}

static int count_dots(const char *name)
{
	int dots = 0;
	for (; *name; name++)
		dots += *name == '.';
	return dots;
}

bool resolvconf_candidate(const struct resolvconf *conf, const char *name, size_t number, char *out,
			  size_t size)
{
	size_t len = strlen(name);
	bool absolute = len > 0 && name[len - 1] == '.';
	bool itself_first = absolute || count_dots(name) >= conf->ndots;
	size_t itself = itself_first ? 0 : conf->searches;

	if (number > (absolute ? 0 : conf->searches))
		return false;
	if (number == itself) {
		snprintf(out, size, "%s", name);
		return true;
	}
	snprintf(out, size, "%s.%s", name, conf->search[number - (itself_first ? 1 : 0)]);
	return true;
}
