/* Which clients may connect: --allow, --deny, and files of the same.  Names are looked up when the
 * rules are loaded. */
#ifndef HANDSET_SERVE_ACCESS_H
#define HANDSET_SERVE_ACCESS_H

#include <stdbool.h>

#include "base/words.h"

struct access;
struct addr;
struct endpoint_config;
struct fault;
struct pollset;
struct run;

/* Lists of addresses, blocks and names, and files that hold such lists. */
struct access_config {
	struct words allow, deny;
	struct words allow_files, deny_files;
};

/* Whether there are any rules. */
bool access_is_wanted(const struct access_config *config);

/* Load the rules of CONFIG and wait until their names are looked up; CONFIG and ENDPOINT must live
 * as long.  The rules, which access_close frees; NULL with FAULT. */
struct access *access_open(const struct run *run, const struct access_config *config,
			   const struct endpoint_config *endpoint, struct fault *fault);

/* Decides whether PEER may connect, and reports a refusal: an allowed peer may, a denied one may
 * not, and any other may unless there are only --allow rules.  RULES is a struct access, untyped so
 * that the function fits struct peer_filter. */
bool access_admits(const void *rules, const struct addr *peer);

/* Begin to load the rules again.  Until all their names are looked up, and when they cannot be
 * loaded, the old ones stay. */
void access_reload(struct access *access);

/* Go on with that, after a wait. */
void access_advance(struct access *access);

/* Add to SET what it waits for, if anything. */
void access_want(struct access *access, struct pollset *set);

void access_close(struct access *access);

#endif
