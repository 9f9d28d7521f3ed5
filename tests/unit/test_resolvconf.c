/* What /etc/resolv.conf and /etc/nsswitch.conf say. */
#include "proto/resolvconf.h"

#include "unit.h"

static void servers_and_search_domains(void)
{
	struct resolvconf conf;
	resolvconf_start(&conf);
	CHECK_INT(conf.ndots, 1);
	resolvconf_line(&conf, "# nameserver 192.0.2.9\n");
	resolvconf_line(&conf, " nameserver 192.0.2.8\n");
	resolvconf_line(&conf, "nameserver\t192.0.2.1  \n");
	resolvconf_line(&conf, "nameserver fe80::1%eth0");
	resolvconf_line(&conf, "nameserver\n");
	resolvconf_line(&conf, "nameservers 192.0.2.7\n");
	resolvconf_line(&conf, "nameserver 192.0.2.3\n");
	resolvconf_line(&conf, "nameserver 192.0.2.4\n");
	resolvconf_line(&conf, "domain old.test\n");
	resolvconf_line(&conf, "search a.test b.test\n");
	resolvconf_line(&conf, "options timeout:2 ndots:3 rotate ndots:x\n");
	CHECK_INT(conf.servers, 3);
	CHECK_STR(conf.server[0], "192.0.2.1");
	CHECK_STR(conf.server[1], "fe80::1%eth0");
	CHECK_STR(conf.server[2], "192.0.2.3");
	CHECK_INT(conf.searches, 2);
	CHECK_STR(conf.search[1], "b.test");
	CHECK_INT(conf.ndots, 3);
	resolvconf_line(&conf, "options ndots:99\n");
	CHECK_INT(conf.ndots, 15);
	resolvconf_line(&conf, "search 1 2 3 4 5 6 7\n");
	CHECK_INT(conf.searches, RESOLVCONF_SEARCH);
	resolvconf_line(&conf, "domain one.test two.test\n");
	CHECK_INT(conf.searches, 1);
}

static void lines_of_hosts(void)
{
	static const struct {
		const char *line, *name, *address;
	} rows[] = {
		{"192.0.2.1 host host.test\n", "host.test", "192.0.2.1"},
		{" \t192.0.2.1\tHOST\n", "host", "192.0.2.1"},
		{"2001:db8::1 host\n", "host.", "2001:db8::1"},
		{"192.0.2.1 host # other\n", "other", NULL},
		{"# 192.0.2.1 host\n", "host", NULL},
		{"192.0.2.1 hosts\n", "host", NULL},
		{"host host\n", "host", "host"},
		{"192.0.2.1\n", "192.0.2.1", NULL},
		{"\n", "host", NULL},
		{"12345678901234567890 host", "host", NULL},
		{"192.0.2.1 host", "", NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char address[16];
		bool found = resolvconf_hosts(rows[i].line, rows[i].name, address, sizeof(address));
		CHECK_INT(found, rows[i].address != NULL);
		if (found)
			CHECK_STR(address, rows[i].address);
	}
}

static void sources_of_nsswitch(void)
{
	struct resolvconf conf;
	resolvconf_start(&conf);
	CHECK(!resolvconf_asks(&conf, "dns"));
	resolvconf_nsswitch(&conf, "passwd: files systemd\n");
	resolvconf_nsswitch(&conf,
			    "hosts:   files mdns4_minimal [NOTFOUND=return] dns # and no more\n");
	CHECK_STR(conf.sources, "files mdns4_minimal [NOTFOUND=return] dns");
	CHECK(resolvconf_asks(&conf, "dns"));
	CHECK(resolvconf_asks(&conf, "files"));
	CHECK(!resolvconf_asks(&conf, "mdns4"));
}

static void candidates_in_the_order_of_glibc(void)
{
	struct resolvconf conf;
	char name[64];
	resolvconf_start(&conf);
	resolvconf_line(&conf, "search a.test b.test");
	CHECK(resolvconf_candidate(&conf, "host", 0, name, sizeof(name)));
	CHECK_STR(name, "host.a.test");
	CHECK(resolvconf_candidate(&conf, "host", 1, name, sizeof(name)));
	CHECK_STR(name, "host.b.test");
	CHECK(resolvconf_candidate(&conf, "host", 2, name, sizeof(name)));
	CHECK_STR(name, "host");
	CHECK(!resolvconf_candidate(&conf, "host", 3, name, sizeof(name)));
	CHECK(resolvconf_candidate(&conf, "host.x", 0, name, sizeof(name)));
	CHECK_STR(name, "host.x");
	CHECK(resolvconf_candidate(&conf, "host.x", 1, name, sizeof(name)));
	CHECK_STR(name, "host.x.a.test");
	CHECK(resolvconf_candidate(&conf, "host.", 0, name, sizeof(name)));
	CHECK_STR(name, "host.");
	CHECK(!resolvconf_candidate(&conf, "host.", 1, name, sizeof(name)));
}

UNIT_MAIN(lines_of_hosts, servers_and_search_domains, sources_of_nsswitch,
	  candidates_in_the_order_of_glibc)
