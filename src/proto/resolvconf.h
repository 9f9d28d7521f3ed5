/* What /etc/resolv.conf and /etc/nsswitch.conf say of a look-up (resolv.conf(5), nsswitch.conf(5)).
 * Pure. */
#ifndef HANDSET_PROTO_RESOLVCONF_H
#define HANDSET_PROTO_RESOLVCONF_H

#include <stdbool.h>
#include <stddef.h>

#define RESOLVCONF_SERVERS 3 /* glibc reads as many, MAXNS */
#define RESOLVCONF_SEARCH 6

struct resolvconf {
	size_t servers; /* that are named; glibc asks 127.0.0.1 when none is */
	char server[RESOLVCONF_SERVERS][64];
	size_t searches;
	char search[RESOLVCONF_SEARCH][256];
	int ndots;         /* a name with as many dots is asked for as it is first */
	char sources[128]; /* of nsswitch.conf's hosts, as it stands there: "files dns"; empty: not
			      read */
};

/* Nothing read yet. */
void resolvconf_start(struct resolvconf *conf);

/* A line of resolv.conf. */
void resolvconf_line(struct resolvconf *conf, const char *line);

/* A line of nsswitch.conf. */
void resolvconf_nsswitch(struct resolvconf *conf, const char *line);

/* A line of /etc/hosts (hosts(5)): when it names NAME, true, and its address, as it stands there,
 * in ADDRESS of SIZE bytes. */
bool resolvconf_hosts(const char *line, const char *name, char *address, size_t size);

/* Whether SOURCE ("dns") is among those that are asked for hosts. */
bool resolvconf_asks(const struct resolvconf *conf, const char *source);

/* The name NUMBER that is asked for when the user gives NAME, into OUT of SIZE bytes: NAME itself
 * and NAME in each search domain, in the order that ndots makes.  False: there is none of that
 * number. */
bool resolvconf_candidate(const struct resolvconf *conf, const char *name, size_t number, char *out,
			  size_t size);

#endif
