/* Fuzzes the URL of a proxy: what is taken is clean, and is taken again in its parts. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char input[1200];
	struct proxy_config config = {.type = PROXY_HTTP};
	struct target again;

	if (size >= sizeof(input))
		return 0;
	memcpy(input, data, size);
	input[size] = '\0';
	proxy_parse_login(&config, input);
	config = (struct proxy_config){.type = PROXY_HTTP};
	if (proxy_parse_url(&config, input) != PROXY_PARSED)
		return 0;
	if (config.type == PROXY_NONE || !*config.address.host || !*config.address.port)
		abort();
	if (!memchr(config.user, '\0', sizeof(config.user)) ||
	    !memchr(config.password, '\0', sizeof(config.password)))
		abort();
	if (target_set(&again, config.address.host, config.address.port, false) != TARGET_OK)
		abort();
	return 0;
}
