/* Names of addresses, each looked up in a child process. */
#include "resolve/reverse.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include "net/pollset.h"
#include "net/run.h"
#include "trace/purpose.h"
#include "trace/sys.h"

/* With the name or with nothing. */
static bool answer_name(int fd, const void *context)
{
	const struct addr *addr = context;
	char name[REVERSE_NAME] = "";

	if (getnameinfo((const struct sockaddr *)&addr->ss, addr->len, name, sizeof(name), NULL, 0,
			NI_NAMEREQD) != 0)
		name[0] = '\0';
	size_t len = strlen(name);
	return len == 0 || write(fd, name, len) == (ssize_t)len;
}

void reverse_start(struct reverse *reverse, const struct run *run, const struct addr *addr,
		   int64_t deadline_ns)
{
	*reverse = (struct reverse){.addr = *addr, .deadline_ns = deadline_ns};
	lookup_child_start(&reverse->child, run, answer_name, addr);
}

bool reverse_is_done(const struct reverse *reverse)
{
	return reverse->child.fd < 0;
}

/* A name is written whole or not at all: it is shorter than PIPE_BUF. */
void reverse_advance(struct reverse *reverse, const struct run *run, int64_t now_ns)
{
	if (reverse_is_done(reverse))
		return;
	if (reverse->child.ready) {
		struct purpose purpose;
		purpose_enter(&purpose, run->trace, "name of %s",
			      addr_host_text(&reverse->addr).chars);
		ssize_t n = sys_read(run->trace, reverse->child.fd, reverse->name,
				     sizeof(reverse->name) - 1);
		purpose_leave(&purpose);
		reverse->child.ready = false;
		if (n < 0 && sys_is_again(errno))
			return;
		reverse->name[n > 0 ? n : 0] = '\0';
		reverse_close(reverse);
	} else if (now_ns >= reverse->deadline_ns) {
		reverse_close(reverse);
	}
}

void reverse_want(struct reverse *reverse, struct pollset *set)
{
	if (reverse_is_done(reverse))
		return;
	lookup_child_want(&reverse->child, set);
	pollset_wake(set, reverse->deadline_ns);
}

void reverse_close(struct reverse *reverse)
{
	lookup_child_close(&reverse->child);
}
