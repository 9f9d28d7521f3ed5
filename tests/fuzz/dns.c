/* Fuzzes answers of name servers, and the files that name them: nothing is read or written past an
 * end, and a name that can be asked for gives a question that is no answer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/dns.h"
#include "proto/resolvconf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_answer answer;
	struct resolvconf conf;
	uint8_t message[DNS_MESSAGE];
	char line[600], name[600];

	if (dns_read(&answer, data, size, DNS_AAAA) == 0 &&
	    strlen(answer.alias) >= sizeof(answer.alias))
		abort();
	dns_belongs(data, size, data, size / 2);
	if (size >= sizeof(line))
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	size_t len = dns_question(message, sizeof(message), 1, line, DNS_A);
	if (len > sizeof(message) || (len > 0 && dns_read(&answer, message, len, DNS_A) == 0))
		abort();
	resolvconf_start(&conf);
	resolvconf_line(&conf, line);
	resolvconf_nsswitch(&conf, line);
	if (resolvconf_hosts(line, "a", name, sizeof(name)) && strlen(name) >= sizeof(name))
		abort();
	for (size_t i = 0; resolvconf_candidate(&conf, line, i, name, sizeof(name)); i++)
		if (i > RESOLVCONF_SEARCH)
			abort();
	return 0;
}
