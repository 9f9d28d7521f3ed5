/* A scan under way.  Private to scan*.c. */
#ifndef HANDSET_DIAGNOSE_SCAN_INTERNAL_H
#define HANDSET_DIAGNOSE_SCAN_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/ports.h"
#include "connect/attempt.h"
#include "connect/connector.h"
#include "connect/dial.h"
#include "diagnose/probe.h"

struct pollset;
struct run;

#define SCAN_ADDRS 8

/* What has become of a port: of all its attempts, one for each address. */
struct port_result {
	unsigned char left;    /* attempts that are not over */
	unsigned char opened;  /* 1 + the address on which it is open; 0: it is not */
	unsigned char status;  /* of the failure that says most; 0: none */
	enum cause cause;      /* of that failure */
	bool answered;         /* it was an answer, from the address itself or from `other` */
	unsigned char address; /* index of that address */
	char *other;           /* the address of somebody else who answered; NULL */
	char *evidence;        /* the causes of the failures, in lines; NULL */
	unsigned short answer; /* bytes that came back over UDP */
	int64_t took_ns;       /* of the attempt that says so */
};

/* One attempt: a port at an address. */
struct slot {
	bool used;
	size_t port, address; /* indexes */
	int64_t start_ns, deadline_ns;
	struct attempt attempt; /* TCP */
	struct probe probe;     /* UDP */
	int64_t again_ns;       /* UDP: when to ask again */
	struct dial_config to;  /* through a proxy */
	struct dial *dial;
};

struct scan {
	const struct run *run;
	const struct dial_config *config;
	struct ports *ports;
	struct connector connector;
	struct addr addrs[SCAN_ADDRS]; /* without a port; one that is not used, where a proxy is
					  asked */
	size_t addr_count;
	struct port_result *results;
	bool alone; /* one port: printed with -v only */
	struct slot *slots;
	size_t slot_count; /* how many there is memory for */
	size_t window;     /* how many may be used at present */
	size_t used;
	size_t first_free;             /* no slot before it is free */
	size_t next;                   /* the next attempt: port and address in one number */
	bool titled;                   /* the columns have their titles */
	size_t printed;                /* ports */
	size_t open;                   /* among them */
	size_t counts[STATUS_TLS + 1]; /* of those that are not, by status */
	enum cause cause;              /* that all of these share, or CAUSE_NONE */
	struct fault failure; /* of the port that is alone; of several the first that came in */
	bool heard;           /* somebody has answered */
	bool closed;          /* by an ICMP error, that a UDP port is closed */
	int spare_fd;         /* a socket that was refused at once, to be used again; -1 */
	int spare_family;
	int64_t start_ns;
	int64_t next_ns; /* when the next attempt may begin */
	int64_t interval_ns;
};

/* ---- scan_slot.c: one attempt ---- */

/* Whether the target is scanned through a proxy.  A scan without one has `addrs`. */
static inline bool scan_is_proxied(const struct scan *scan)
{
	return scan->config->proxy.type != PROXY_NONE;
}

/* What comes of beginning an attempt. */
enum begun {
	BEGUN_PENDING,
	BEGUN_OVER,
	BEGUN_LATER /* this host has no descriptor, port or memory for it now */
};

/* Begin SLOT, whose port and address are set.  LATER has filled in FAULT. */
enum begun slot_begin(struct scan *scan, struct slot *slot, struct fault *fault);

/* Go on after a wait.  Returns whether the attempt is over. */
bool slot_advance(struct scan *scan, struct slot *slot, int64_t now_ns);

/* Add to SET what SLOT waits for. */
void slot_want(struct scan *scan, struct slot *slot, struct pollset *set);

/* Give up the attempt. */
void slot_close(struct scan *scan, struct slot *slot);

/* ---- scan_result.c: what has been found out ---- */

/* The port of SLOT is open; over UDP ANSWER bytes came back from ANSWERER, NULL where the address
 * itself is meant. */
void scan_opened(struct scan *scan, const struct slot *slot, const struct addr *answerer,
		 size_t answer);

/* The port of SLOT is not open, as FAULT says; ANSWERER said so, NULL: nobody. */
void scan_failed(struct scan *scan, const struct slot *slot, struct fault *fault,
		 const struct addr *answerer);

/* The address of SLOT has refused the connection; there is no more to tell. */
void scan_refused(struct scan *scan, const struct slot *slot);

/* Frees what RESULT has. */
void scan_result_close(struct port_result *result);

/* ---- scan_report.c: what is printed ---- */

/* Print the ports that are next in order and known. */
void scan_print(struct scan *scan);

/* Report how far the scan is (SIGUSR1). */
void scan_report(const struct scan *scan);

/* With -v: prints once more the open ones of several ports, in OpenBSD's words. */
void scan_recall(const struct scan *scan);

/* All ports are printed: print the sum.  0, or -1 with FAULT. */
int scan_end(const struct scan *scan, struct fault *fault);

/* Append what is scanned: "10 ports of localhost (tcp)". */
void scan_describe(struct text *out, const struct scan *scan);

#endif
