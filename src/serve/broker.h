/* --broker and --chat: what each client sends goes to all others.  A client that reads too slowly
 * neither holds up the others nor makes the program grow: it misses whole messages, and a warning
 * says so. */
#ifndef HANDSET_SERVE_BROKER_H
#define HANDSET_SERVE_BROKER_H

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct broker;
struct client;
struct fault;
struct pollset;
struct run;
struct serve_config;
struct transport;

/* A broker without members; NULL with FAULT when there is no memory. */
struct broker *broker_open(const struct run *run, const struct serve_config *config,
			   struct fault *fault);

/* Passes on what stdin has brought.  Returns 1 when anything happened, 0 when not, -1 with FAULT
 * when stdin cannot be read. */
int broker_advance(struct broker *broker, int64_t now_ns, struct fault *fault);

/* Returns whether the members get the last of it (--send-only): nobody new is to come.  BROKER may
 * be NULL. */
bool broker_is_ending(const struct broker *broker);

/* Adds to SET what the broker itself waits for: stdin. */
void broker_want(struct broker *broker, struct pollset *set, int64_t now_ns);

/* Makes a member of the connection NET, of PEER, which is closed in any case.  NULL with FAULT. */
struct client *client_member(struct broker *broker, const struct transport *net,
			     const struct addr *peer, struct fault *fault);

/* Whether the run's deadline has passed while there are members: FAULT then. */
bool broker_is_late(const struct broker *broker, int64_t now_ns, struct fault *fault);

/* The members that are left go now, all of them. */
void broker_ends(struct broker *broker);

/* All members are gone. */
void broker_close(struct broker *broker);

#endif
