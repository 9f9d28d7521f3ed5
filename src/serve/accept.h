/* Accepting: clients are taken from the listening sockets, and handed to what serves them. */
#ifndef HANDSET_SERVE_ACCEPT_H
#define HANDSET_SERVE_ACCEPT_H

#include <stdbool.h>

struct fault;
struct serve_config;
struct server;

/* Whether clients are served at the same time: stdin and stdout are one conversation's at a time.
 */
bool accept_is_concurrent(const struct serve_config *config);

/* Whether there is room for one more client. */
bool accept_has_room(const struct server *server);

/* Breaks off the quietest client whose side has ended, where accept(2) has failed for lack of
 * descriptors; reports the lack where there is none.  To be called once those that came before have
 * had their turn, and those that are gone are known.  Returns whether there was one. */
bool accept_make_room(struct server *server);

/* Take who knocks at the sockets that are `ready`, unless the rules refuse it: one of each, or
 * where clients are served at the same time all that are there.  The sockets take turns, as one
 * that is always busy must not starve the others. 0; -1 with FAULT when the listener cannot go on.
 */
int accept_clients(struct server *server, struct fault *fault);

/* Take the client that was handed over with its connection made.  The same. */
int accept_inherited(struct server *server, struct fault *fault);

#endif
