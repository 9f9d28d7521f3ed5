#include "flow/whying.h"
void why_tell_route(struct why *why, struct why_target *target)
{
	(void)why;
	(void)target;
}
void why_tell_next_hop(struct why *why, struct why_target *target)
{
	(void)why;
	(void)target;
}
