/* A listener at work: what serving (serve.c) and accepting (accept.c) share. */
#ifndef HANDSET_SERVE_SERVER_H
#define HANDSET_SERVE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "net/pollset.h"
#include "net/spin.h"
#include "net/transport.h"
#include "serve/listener.h"

struct access;
struct client;
struct fault;
struct broker;
struct run;
struct serve_config;

struct server {
	const struct run *run;
	const struct serve_config *config;
	struct listeners listeners;
	bool ready[LISTENERS]; /* somebody knocks there */
	size_t turn;           /* which of them is asked first */
	struct pollset set;
	struct transport stdio; /* stdin and stdout, for the clients that are given them */
	bool input_ended;       /* stdin has, and all of it was sent to clients */
	bool reader_gone;       /* of stdout */
	struct broker *broker;  /* --broker; NULL */
	struct access *access;  /* --allow, --deny; NULL */
	struct client *clients;
	int count;                  /* of clients at present */
	bool served;                /* there has been one */
	bool gone;                  /* one has, and it has not been looked since who comes next */
	struct spin spin;           /* before the next wait, when the last one has gone */
	unsigned lookups;           /* of the target's name that are under way (--to) */
	unsigned long long max_fds; /* of this process */
	int shortage; /* of descriptors or memory, an errno: clients wait until one has gone; 0 */
	int64_t shortage_report_ns; /* when it may be reported again */
	int64_t wait_from_ns;       /* since when nobody has been there */
};

#endif
