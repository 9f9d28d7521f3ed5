/* Netlink messages among a call's arguments. */
#include <linux/netlink.h>
#include <string.h>

#include "base/text.h"
#include "proto/xlat.h"
#include "trace/decode_data.h"

void decode_netlink(struct text *out, int protocol, const void *bytes, size_t len)
{
	const struct xlat *types = protocol == NETLINK_ROUTE ? xlat_rtnetlink : xlat_sockdiag;
	struct nlmsghdr head;

	if (len < sizeof(head)) {
		text_str(out, "[]");
		return;
	}
	memcpy(&head, bytes, sizeof(head));
	const char *type = xlat_name(types, head.nlmsg_type);
	text_printf(out, "[{nlmsg_len=%u, nlmsg_type=%s, nlmsg_flags=", head.nlmsg_len,
		    type ? type : "NLMSG_???");
	xlat_flags(out, xlat_nlflags, head.nlmsg_flags);
	text_printf(out, ", nlmsg_seq=%u, nlmsg_pid=%u}, ...]", head.nlmsg_seq, head.nlmsg_pid);
}
