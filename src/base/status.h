/* The exit statuses (handset(1), "EXIT STATUS"), by which scripts tell causes apart. */
#ifndef HANDSET_BASE_STATUS_H
#define HANDSET_BASE_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,      /* none of those below */
	STATUS_USAGE = 2,       /* a bad option or operand */
	STATUS_NAME = 3,        /* the name or service did not resolve */
	STATUS_REFUSED = 4,     /* connection refused */
	STATUS_TIMEOUT = 5,     /* a deadline passed */
	STATUS_UNREACHABLE = 6, /* no way to the host, or lost on it */
	STATUS_LOCAL = 7,       /* this host: address in use, permission, limits, files */
	STATUS_BROKEN = 8,      /* the connection broke in mid-stream */
	STATUS_PROXY = 9,       /* the proxy refused, failed, or could not be reached */
	STATUS_TLS = 10,        /* TLS failed */
};

#endif
