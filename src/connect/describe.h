/* What a target is called in messages, in OpenBSD's words. */
#ifndef HANDSET_CONNECT_DESCRIBE_H
#define HANDSET_CONNECT_DESCRIBE_H

struct addr;
struct dial_config;
struct proxy_config;
struct text;

/* Append what CONFIG connects to: "localhost port 80 (tcp)", and the proxy, where there is one. */
void describe_target(struct text *out, const struct dial_config *config);

/* Returns what CONFIG connects to as events call a peer: "localhost:80", "[::1]:80", a path. */
struct addr_text describe_asked(const struct dial_config *config);

/* Append " through proxy HOST port 1080 (socks5)"; nothing without a proxy. */
void describe_proxy(struct text *out, const struct proxy_config *proxy);

/* Append what one attempt of CONFIG connects to: "localhost (127.0.0.1) port 80 (tcp)"; a proxy is
 * called one.  ADDR is NULL for all addresses of the name. */
void describe_attempt(struct text *out, const struct dial_config *config, const struct addr *addr);

/* Append the status of a connect to PORT at PEER that succeeded; PEER is NULL where a proxy did it.
 */
void describe_success(struct text *out, const struct dial_config *config, const struct addr *peer,
		      unsigned port);

#endif
