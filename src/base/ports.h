/* Lists of ports: numbers and ranges, each port once, in the order in which they were given. Pure.
 */
#ifndef HANDSET_BASE_PORTS_H
#define HANDSET_BASE_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ports {
	uint16_t *list; /* NULL at first */
	size_t count;
	unsigned char *seen; /* a bit for each port that is in it */
};

/* The first and the last port of ITEM, "80" or "8000-8080".  0, or -1: it is neither (it may be the
 * name of a service), or not from 1 to 65535, or ends before it begins. */
int ports_parse(const char *item, uint16_t *first, uint16_t *last);

/* Whether ITEM is made of digits and '-' alone, so that it was meant as a number or a range. */
bool ports_is_numeric(const char *item);

/* Add the ports from FIRST to LAST that are not in it yet.  0, or -1 without memory. */
int ports_add(struct ports *ports, uint16_t first, uint16_t last);

/* Put them into an order that NOISE, a random number for each, gives. */
void ports_shuffle(struct ports *ports, const uint32_t *noise);

void ports_close(struct ports *ports);

#endif
