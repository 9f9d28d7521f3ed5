/* Netlink messages, and the decision of rules and tables. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "proto/fib.h"
#include "proto/nldiag.h"
#include "proto/nlmsg.h"
#include "proto/nlroute.h"
#include "unit.h"

static struct addr address(const char *numeric)
{
	struct addr addr = {.len = 0};
	CHECK_INT(addr_parse(&addr, AF_UNSPEC, numeric, 0), 0);
	return addr;
}

/* The message in REQUEST, as if it were an answer. */
static struct nlmessage message_of(struct nlrequest *request)
{
	struct nlmessage message = {.type = 0};
	nlmsg_number(request, 1);
	struct nlcursor cursor = {.at = request->bytes, .left = request->len};
	CHECK(nlmsg_next(&cursor, &message));
	CHECK_INT((long long)cursor.left, 0);
	return message;
}

static void a_route_is_read_with_its_gateway_interface_source_and_mtu(void)
{
	struct rtmsg body = {.rtm_family = AF_INET,
			     .rtm_type = RTN_UNICAST,
			     .rtm_dst_len = 24,
			     .rtm_table = RT_TABLE_MAIN};
	struct {
		struct nlattr head;
		uint32_t mtu;
	} metric = {{sizeof(metric), RTAX_MTU}, 1300};
	uint32_t ifindex = 7;
	struct nlrequest request;
	struct route route;

	nlmsg_begin(&request, RTM_NEWROUTE, 0, &body, sizeof(body));
	nlmsg_add(&request, RTA_DST, (unsigned char[]){10, 1, 2, 0}, 4);
	nlmsg_add(&request, RTA_GATEWAY, (unsigned char[]){10, 9, 9, 1}, 4);
	nlmsg_add(&request, RTA_PREFSRC, (unsigned char[]){10, 9, 9, 2}, 4);
	nlmsg_add(&request, RTA_OIF, &ifindex, sizeof(ifindex));
	nlmsg_add(&request, RTA_METRICS, &metric, sizeof(metric));
	struct nlmessage message = message_of(&request);
	CHECK(nlroute_route(&message, &route));
	struct addr to = address("10.1.2.0"), gateway = address("10.9.9.1"),
		    source = address("10.9.9.2");
	CHECK(addr_equal(&route.to, &to));
	CHECK(addr_equal(&route.gateway, &gateway));
	CHECK(addr_equal(&route.source, &source));
	CHECK_INT(route.prefix_len, 24);
	CHECK_INT(route.ifindex, 7);
	CHECK_INT(route.mtu, 1300);
	CHECK_INT(route.table, RT_TABLE_MAIN);
}

static void a_message_that_is_cut_is_none(void)
{
	struct rtmsg body = {.rtm_family = AF_INET};
	struct nlrequest request;
	struct nlmessage message;
	struct route route;

	nlmsg_begin(&request, RTM_NEWROUTE, 0, &body, sizeof(body));
	nlmsg_add(&request, RTA_DST, (unsigned char[]){10, 1, 2, 0}, 4);
	nlmsg_number(&request, 1);
	for (size_t len = 0; len < request.len; len++) {
		struct nlcursor cursor = {.at = request.bytes, .left = len};
		CHECK(!nlmsg_next(&cursor, &message));
	}
	/* An attribute that says it is longer than the message is not read. */
	request.bytes[sizeof(struct nlmsghdr) + sizeof(body)] = 200;
	message = message_of(&request);
	CHECK(nlroute_route(&message, &route));
	CHECK_INT(route.to.ss.ss_family, AF_UNSPEC);
}

static void an_error_is_an_errno(void)
{
	int32_t refused = -ENETUNREACH, silly = INT32_MIN;
	struct nlmessage message = {
		.type = NLMSG_ERROR, .payload = (unsigned char *)&refused, .len = sizeof(refused)};
	CHECK_INT(nlmsg_error(&message), ENETUNREACH);
	message.payload = (unsigned char *)&silly;
	CHECK_INT(nlmsg_error(&message), 0);
	message.len = 2;
	CHECK_INT(nlmsg_error(&message), 0);
}

static void a_neighbor_and_a_link_are_read(void)
{
	struct ndmsg body = {.ndm_family = AF_INET, .ndm_ifindex = 3, .ndm_state = NUD_FAILED};
	struct ifinfomsg info = {.ifi_index = 3, .ifi_flags = 0x1 | 0x10000};
	struct nlrequest request;
	struct neighbor neighbor;
	struct link link;
	uint32_t mtu = 1400;

	nlmsg_begin(&request, RTM_NEWNEIGH, 0, &body, sizeof(body));
	nlmsg_add(&request, NDA_DST, (unsigned char[]){10, 0, 0, 9}, 4);
	struct nlmessage message = message_of(&request);
	CHECK(nlroute_neighbor(&message, &neighbor));
	CHECK_INT(neighbor.state, NUD_FAILED);
	nlmsg_begin(&request, RTM_NEWLINK, 0, &info, sizeof(info));
	nlmsg_add(&request, IFLA_IFNAME, "a-name-that-is-far-too-long", 28);
	nlmsg_add(&request, IFLA_MTU, &mtu, sizeof(mtu));
	message = message_of(&request);
	CHECK(nlroute_link(&message, &link));
	CHECK_STR(link.name, "a-name-that-is-");
	CHECK_INT(link.mtu, 1400);
	CHECK(link.up);
	CHECK(link.carrier);
	CHECK(!nlroute_neighbor(&message, &neighbor));
}

static void a_prefix_contains_its_addresses(void)
{
	static const struct {
		const char *prefix;
		int len;
		const char *addr;
		bool inside;
	} rows[] = {
		{"10.0.0.0", 8, "10.255.0.1", true},     {"10.0.0.0", 8, "11.0.0.1", false},
		{"10.0.0.128", 25, "10.0.0.127", false}, {"10.0.0.128", 25, "10.0.0.200", true},
		{"0.0.0.0", 0, "1.2.3.4", true},         {"10.0.0.1", 32, "10.0.0.1", true},
		{"10.0.0.1", 33, "10.0.0.1", false},     {"fd00::", 8, "fd12::1", true},
		{"fd00::", 8, "fe80::1", false},         {"::", 0, "10.0.0.1", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr prefix = address(rows[i].prefix), addr = address(rows[i].addr);
		if (fib_contains(&prefix, rows[i].len, &addr) != rows[i].inside)
			printf("# row %zu\n", i);
		CHECK(fib_contains(&prefix, rows[i].len, &addr) == rows[i].inside);
	}
}

static struct route entry(const char *prefix, int len, int type, uint32_t table)
{
	return (struct route){
		.to = address(prefix), .prefix_len = len, .type = type, .table = table};
}

static void the_longest_prefix_of_the_first_table_that_has_one_decides(void)
{
	static struct fib fib;
	struct route found;
	struct route_rule rule;
	struct route routes[] = {
		entry("0.0.0.0", 0, RTN_UNICAST, 254), entry("10.0.0.0", 8, RTN_BLACKHOLE, 254),
		entry("10.1.0.0", 16, RTN_PROHIBIT, 254), entry("10.1.2.0", 24, RTN_THROW, 100),
		entry("11.0.0.0", 8, RTN_UNREACHABLE, 100)};
	fib = (struct fib){.query = {.to = address("10.1.2.3")}};
	fib_add_rule(&fib, &(struct route_rule){
				   .action = FR_ACT_TO_TBL, .table = 100, .suppress_len = -1});
	fib_add_rule(&fib, &(struct route_rule){
				   .action = FR_ACT_TO_TBL, .table = 254, .suppress_len = -1});
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		fib_add_route(&fib, &routes[i]);
	CHECK_INT(fib_decide(&fib, &found, &rule), FIB_ROUTE);
	CHECK_INT(found.type, RTN_PROHIBIT);
	CHECK_INT(found.prefix_len, 16);
}

static void a_rule_that_forbids_decides_for_the_flows_that_it_is_for(void)
{
	static struct fib fib;
	struct route found;
	struct route_rule rule;
	struct route_rule forbids = {.action = FR_ACT_PROHIBIT,
				     .priority = 90,
				     .suppress_len = -1,
				     .mark = 5,
				     .mask = 0xff};

	fib = (struct fib){.query = {.to = address("10.1.2.3"), .mark = 5}};
	fib_add_rule(&fib, &forbids);
	CHECK_INT(fib_decide(&fib, &found, &rule), FIB_RULE);
	CHECK_INT(rule.priority, 90);
	fib = (struct fib){.query = {.to = address("10.1.2.3"), .mark = 6}};
	fib_add_rule(&fib, &forbids);
	CHECK_INT(fib_decide(&fib, &found, &rule), FIB_NOTHING);
	forbids.inverted = true;
	fib_add_rule(&fib, &forbids);
	CHECK_INT(fib_decide(&fib, &found, &rule), FIB_RULE);
}

static void what_cannot_be_judged_decides_nothing(void)
{
	static struct fib fib;
	struct route found;
	struct route_rule rule;
	fib = (struct fib){.query = {.to = address("10.1.2.3"), .ifindex = 4}};
	fib_add_rule(&fib, &(struct route_rule){
				   .action = FR_ACT_TO_TBL, .l3mdev = true, .suppress_len = -1});
	fib_add_rule(&fib, &(struct route_rule){.action = FR_ACT_BLACKHOLE, .suppress_len = -1});
	CHECK_INT(fib_decide(&fib, &found, &rule), FIB_NOTHING);
	CHECK(fib.unsure);
}

static void a_line_of_proc_is_a_socket(void)
{
	struct diag_socket socket;
	struct addr local = address("127.0.0.1");
	char line[256];
	/* A word of an address has this machine's order. */
	snprintf(line, sizeof(line),
		 "   0: %08X:1F90 00000000:0000 0A 00000000:00000003 00:00000000 "
		 "00000000  1001        0 4711 1 0",
		 htonl(INADDR_LOOPBACK));
	CHECK(nldiag_proc_line(line, AF_INET, &socket));
	addr_set_port(&local, 8080);
	CHECK(addr_equal(&socket.local, &local));
	CHECK_INT(socket.state, DIAG_LISTEN);
	CHECK_INT(socket.uid, 1001);
	CHECK_INT((long long)socket.inode, 4711);
	CHECK_INT(socket.rqueue, 3);
	snprintf(line, sizeof(line),
		 "  12: 000000000000000000000000%08X:0016 "
		 "00000000000000000000000000000000:0000 0A "
		 "00000000:00000000 00:00000000 00000000     0        0 99 1 0",
		 htonl(1));
	CHECK(nldiag_proc_line(line, AF_INET6, &socket));
	CHECK(addr_is_loopback(&socket.local));
	CHECK(!nldiag_proc_line(
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when", AF_INET,
		&socket));
}

static void a_line_of_proc_is_a_unix_socket(void)
{
	struct diag_socket socket;
	CHECK(nldiag_proc_unix_line(
		"00000000fe648c3c: 00000002 00000000 00010000 0001 01 519744 /run/a b\n", &socket));
	CHECK_INT(socket.type, SOCK_STREAM);
	CHECK_INT(socket.state, DIAG_LISTEN);
	CHECK_INT((long long)socket.inode, 519744);
	CHECK(socket.name_len == 8 && memcmp(socket.name, "/run/a b", 8) == 0);
	CHECK(nldiag_proc_unix_line(
		"0000000000000000: 00000003 00000000 00000000 0002 01 7 @name\n", &socket));
	CHECK_INT(socket.type, SOCK_DGRAM);
	CHECK_INT(socket.state, DIAG_BOUND);
	CHECK_INT((long long)socket.name_len, 5);
	CHECK(nldiag_proc_unix_line("0000000053c82f04: 00000003 00000000 00000000 0005 03  1056\n",
				    &socket));
	CHECK_INT(socket.state, DIAG_CONNECTED);
	CHECK_INT((long long)socket.name_len, 0);
	CHECK(!nldiag_proc_unix_line("Num       RefCount Protocol Flags    Type St Inode Path\n",
				     &socket));
	CHECK(!nldiag_proc_unix_line("", &socket));
}

UNIT_MAIN(a_line_of_proc_is_a_socket, a_line_of_proc_is_a_unix_socket,
	  a_route_is_read_with_its_gateway_interface_source_and_mtu, a_message_that_is_cut_is_none,
	  an_error_is_an_errno, a_neighbor_and_a_link_are_read, a_prefix_contains_its_addresses,
	  the_longest_prefix_of_the_first_table_that_has_one_decides,
	  a_rule_that_forbids_decides_for_the_flows_that_it_is_for,
	  what_cannot_be_judged_decides_nothing)
