/* What a target is called in messages. */
#include "connect/describe.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "connect/dial.h"
#include "net/endpoint.h"
#include "proto/addr.h"
#include "proto/proxy.h"

void describe_proxy(struct text *out, const struct proxy_config *proxy)
{
	if (proxy->type != PROXY_NONE)
		text_printf(out, " through proxy %s port %s (%s)", proxy->address.host,
			    proxy->address.port, proxy_word(proxy->type));
}

void describe_target(struct text *out, const struct dial_config *config)
{
	if (config->path) {
		endpoint_describe_path(out, &config->endpoint, config->path);
		return;
	}
	endpoint_describe_names(out, &config->endpoint, config->target.host, config->target.port);
	describe_proxy(out, &config->proxy);
}

struct addr_text describe_asked(const struct dial_config *config)
{
	struct addr_text asked = {.chars = ""};
	struct text text = TEXT_IN(asked.chars);
	const struct target *target = &config->target;
	if (config->path)
		text_safe(&text, config->path);
	else
		text_printf(&text, strchr(target->host, ':') ? "[%s]:%s" : "%s:%s", target->host,
			    target->port);
	return asked;
}

/* The address that the name stands for, when it is not written so. */
static void put_address(struct text *out, const char *host, const struct addr *addr)
{
	struct addr_text ip = addr_host_text(addr);
	if (strcasecmp(ip.chars, host) != 0)
		text_printf(out, " (%s)", ip.chars);
}

void describe_attempt(struct text *out, const struct dial_config *config, const struct addr *addr)
{
	if (config->path) {
		endpoint_describe_path(out, &config->endpoint, config->path);
		return;
	}
	bool proxied = config->proxy.type != PROXY_NONE;
	const struct target *target = proxied ? &config->proxy.address : &config->target;
	text_str(out, proxied ? "proxy " : "");
	if (!addr) {
		endpoint_describe_names(out, &config->endpoint, target->host, target->port);
		return;
	}
	text_str(out, target->host);
	put_address(out, target->host, addr);
	text_printf(out, " port %u (%s)", addr_port(addr), endpoint_word(&config->endpoint));
}

void describe_success(struct text *out, const struct dial_config *config, const struct addr *peer,
		      unsigned port)
{
	const char *word = endpoint_word(&config->endpoint);
	if (config->path) {
		text_printf(out, "Connection to %s [%s] succeeded!", config->path, word);
		return;
	}
	text_printf(out, "Connection to %s", config->target.host);
	if (peer)
		put_address(out, config->target.host, peer);
	text_printf(out, " %u port [%s/", port, word);
	endpoint_service(out, &config->endpoint, port);
	text_str(out, "] succeeded!");
}
