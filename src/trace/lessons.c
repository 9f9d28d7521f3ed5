/* --explain: what each step means.  The texts are rows: the first one whose conditions hold is
 * said, so the particular stands before the general. */
#include "trace/lessons.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/kernel.h"
#include "base/text.h"
#include "trace/event.h"
#include "trace/sysdesc.h"

/* The outcomes that a text is for. */
enum outcome { ANY, GOOD, ZERO, FAILED };

/* An argument's slot that a text looks at; NO_SLOT: none. */
enum { NO_SLOT = -1, NO_ERR = 0 };

struct lesson {
	enum sys_id id;
	enum outcome outcome;
	int err;        /* with FAILED; NO_ERR: every one */
	int slot;       /* the argument that must be... */
	uint64_t value; /* ...this */
	int slot2;
	uint64_t value2;
	const char *words;
};

#define ALWAYS NO_SLOT, 0, NO_SLOT, 0
#define WHEN(slot, value) slot, value, NO_SLOT, 0
#define OPTION(level, name) 1, level, 2, name

static const struct lesson lessons[] = {
	{SYS_SOCKET, GOOD, NO_ERR, WHEN(0, AF_UNIX),
	 "install a telephone for calls within this host: a Unix socket. The number is its "
	 "descriptor; to Linux it is a file."},
	{SYS_SOCKET, GOOD, NO_ERR, WHEN(2, IPPROTO_UDP),
	 "install a telephone that sends postcards (UDP): each arrives whole or not at all, and "
	 "nothing tells which."},
	{SYS_SOCKET, GOOD, NO_ERR, WHEN(0, AF_INET6),
	 "install the telephone, for IPv6. The number is its descriptor: to Linux a socket is a "
	 "file."},
	{SYS_SOCKET, GOOD, NO_ERR, ALWAYS,
	 "install the telephone. The number is its descriptor: to Linux a socket is a file, and "
	 "the call will be read and write on it."},
	{SYS_SOCKETPAIR, ANY, NO_ERR, ALWAYS,
	 "two telephones on one short line: one stays here, the program gets the other, and what "
	 "passes is seen."},
	{SYS_BIND, GOOD, NO_ERR, ALWAYS,
	 "give the telephone its number: the address and port under which others reach it."},
	{SYS_BIND, FAILED, EADDRINUSE, ALWAYS, "somebody on this host has that number already."},
	{SYS_BIND, FAILED, EADDRNOTAVAIL, ALWAYS,
	 "that number is not one of this host's: no interface has the address."},
	{SYS_BIND, FAILED, EACCES, ALWAYS,
	 "this number is reserved: ports below 1024 need a privilege, a path needs a folder one "
	 "may write to."},
	{SYS_LISTEN, GOOD, NO_ERR, ALWAYS,
	 "plug the line in: from now on it rings, and so many callers may wait in the queue until "
	 "they are answered."},
	{SYS_ACCEPT4, GOOD, NO_ERR, ALWAYS,
	 "pick up: the caller gets a telephone of its own (the new descriptor), and the listening "
	 "one stays free for others."},
	{SYS_ACCEPT4, FAILED, EAGAIN, ALWAYS,
	 "nobody is ringing after all: the caller has hung up already."},
	{SYS_CONNECT, FAILED, EINPROGRESS, ALWAYS,
	 "dialed: the SYN is on its way. The telephone does not wait for the answer; poll will "
	 "tell."},
	{SYS_CONNECT, FAILED, ECONNREFUSED, ALWAYS,
	 "the other house answered that no telephone is plugged in at that number."},
	{SYS_CONNECT, FAILED, ENETUNREACH, ALWAYS,
	 "there is no line toward that network: no route fits the address."},
	{SYS_CONNECT, FAILED, EAGAIN, ALWAYS,
	 "the queue of callers is full there; try again in a moment."},
	{SYS_CONNECT, GOOD, NO_ERR, ALWAYS,
	 "dial: the other side is set. For datagrams nothing is sent by this, it only notes down "
	 "the number."},
	{SYS_SHUTDOWN, GOOD, NO_ERR, WHEN(1, SHUT_WR),
	 "we have said all we had to say (FIN), and go on listening: half of the call is over, the "
	 "other half is not."},
	{SYS_SHUTDOWN, FAILED, ENOTCONN, ALWAYS,
	 "the call is over already: the peer has reset it."},
	{SYS_SHUTDOWN, ANY, NO_ERR, ALWAYS, "end one or both directions of the call."},
	{SYS_CLOSE, ANY, NO_ERR, ALWAYS,
	 "hang up and take the telephone away: the descriptor is free again."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_REUSEADDR),
	 "let the port be bound although old calls of it linger in TIME_WAIT. Two listeners it "
	 "does not allow."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_REUSEPORT),
	 "let several sockets share the port: the kernel deals the callers out."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(IPPROTO_IPV6, IPV6_V6ONLY),
	 "whether this IPv6 telephone takes calls of IPv4 too (0) or not (1)."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(IPPROTO_TCP, TCP_NODELAY),
	 "send small pieces at once instead of gathering them (Nagle's algorithm off)."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_KEEPALIVE),
	 "ask a silent peer now and then whether it is still there."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_BINDTODEVICE),
	 "use this one interface only."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_RCVBUF),
	 "how much may wait here unread; the kernel doubles the number, and no longer tunes it by "
	 "itself."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_SNDBUF),
	 "how much may wait here unsent; the kernel doubles the number, and no longer tunes it by "
	 "itself."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(IPPROTO_IP, IP_TTL),
	 "how many routers a packet may pass before it is thrown away."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
	 "how many routers a packet may pass before it is thrown away."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(IPPROTO_IP, IP_ADD_MEMBERSHIP),
	 "join a group, a party line: what is sent to its number is heard here, too. Hanging up "
	 "leaves it."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP),
	 "join a group, a party line: what is sent to its number is heard here, too. Hanging up "
	 "leaves it."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(IPPROTO_IP, IP_MULTICAST_TTL),
	 "how many routers a packet to a group may pass before it is thrown away; it is 1 "
	 "otherwise."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, OPTION(IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
	 "how many routers a packet to a group may pass before it is thrown away; it is 1 "
	 "otherwise."},
	{SYS_SETSOCKOPT, ANY, NO_ERR, ALWAYS, "set how this telephone behaves."},
	{SYS_GETSOCKOPT, GOOD, NO_ERR, OPTION(SOL_SOCKET, SO_ERROR),
	 "ask how the dialing went: 0 is an answered call, else the error is here. Asking clears "
	 "it."},
	{SYS_GETSOCKOPT, ANY, NO_ERR, ALWAYS, "ask how this telephone is set."},
	{SYS_GETSOCKNAME, ANY, NO_ERR, ALWAYS,
	 "ask for our own number: the kernel chose what bind did not say."},
	{SYS_GETPEERNAME, ANY, NO_ERR, ALWAYS, "ask for the number of the other side."},
	{SYS_POLL, ZERO, NO_ERR, ALWAYS, "waited, and nothing happened in that time."},
	{SYS_POLL, GOOD, NO_ERR, ALWAYS,
	 "wait until one of these can be read (POLLIN) or written (POLLOUT) without waiting; "
	 "POLLHUP and POLLERR come unasked."},
	{SYS_READ, ZERO, NO_ERR, ALWAYS, "the end of the file: there is no more to read here."},
	{SYS_READ, GOOD, NO_ERR, ALWAYS, "read what there is."},
	{SYS_RECVFROM, ZERO, NO_ERR, ALWAYS,
	 "nothing more: on a stream the peer has said all (its FIN), on a datagram socket an empty "
	 "datagram."},
	{SYS_RECVFROM, GOOD, NO_ERR, ALWAYS, "hear what the other side has said."},
	{SYS_RECVFROM, FAILED, ECONNRESET, ALWAYS,
	 "the peer has slammed the telephone down (RST): what was under way is lost."},
	{SYS_RECVMSG, GOOD, NO_ERR, ALWAYS,
	 "read what the kernel has noted down about the call, or what came with data."},
	{SYS_RECVMMSG, GOOD, NO_ERR, ALWAYS,
	 "hear several datagrams at once: they queue up, and each stays one."},
	{SYS_SENDMMSG, GOOD, NO_ERR, ALWAYS,
	 "send several datagrams at once: each stays one. UDP_SEGMENT: the kernel cuts them, all "
	 "of that size."},
	{SYS_SENDTO, GOOD, NO_ERR, ALWAYS,
	 "speak: the kernel has taken the bytes and sends them; that the peer has them, it does "
	 "not say."},
	{SYS_SENDTO, FAILED, EPIPE, ALWAYS,
	 "nobody is listening any more: the call has been reset."},
	{SYS_WRITE, GOOD, NO_ERR, ALWAYS, "write it out."},
	{SYS_PREADV2, ZERO, NO_ERR, ALWAYS, "the end of the file: there is no more to read here."},
	{SYS_PREADV2, GOOD, NO_ERR, ALWAYS, "read what is there, without waiting."},
	{SYS_PWRITEV2, GOOD, NO_ERR, ALWAYS, "write it out, as much as goes without waiting."},
	{SYS_SPLICE, ZERO, NO_ERR, ALWAYS, "the end: there is no more to move."},
	{SYS_SPLICE, GOOD, NO_ERR, ALWAYS,
	 "the kernel moves the bytes by itself, without copying them through this program."},
	{SYS_SENDFILE, ZERO, NO_ERR, ALWAYS, "the end of the file."},
	{SYS_SENDFILE, GOOD, NO_ERR, ALWAYS,
	 "the kernel sends the file by itself, without copying it through this program."},
	{SYS_SENDMSG, ANY, NO_ERR, ALWAYS,
	 "hand the telephone over to the program at the other end of this line; it speaks and "
	 "listens from now on."},
	{SYS_IOCTL, ANY, NO_ERR, WHEN(1, FIONBIO),
	 "say whether calls on this telephone wait (0) or come back at once with EAGAIN (1): the "
	 "program that gets it expects 0."},
	{SYS_IOCTL, ANY, NO_ERR, ALWAYS, "ask how many bytes the peer has not acknowledged yet."},
};

/* What an errno says, whatever the step. */
static const struct {
	int err;
	const char *words;
} errnos[] = {
	{EAGAIN, "nothing to do right now: poll will tell when."},
	{ECONNREFUSED,
	 "the host answered that nobody listens there, or a firewall did in its name."},
	{ECONNRESET, "the peer broke the connection off (RST)."},
	{ETIMEDOUT, "no answer came, however often it was tried."},
	{EHOSTUNREACH,
	 "the last router, or this host, cannot reach that host, or a firewall says so."},
	{ENETUNREACH, "there is no route to that network."},
	{EADDRINUSE, "that address and port are taken."},
	{EADDRNOTAVAIL, "that address is not this host's, or no port is left."},
	{EACCES, "not allowed: a privilege, a file's permission, or a firewall is in the way."},
	{EPERM, "not allowed: a privilege is missing, or this host's own firewall is in the way."},
	{EPIPE, "the reader has gone: what is written now, nobody will read."},
	{EMFILE, "this process has as many descriptors open as it may (ulimit -n)."},
	{EAFNOSUPPORT, "this kernel does not know that family of addresses."},
	{EINVAL, "that makes no sense to the kernel here: an argument, or the moment."},
	{ENOENT, "there is no such path."},
	{EINTR, "a signal came in between; it is tried again."},
	{ENOPROTOOPT, "this kind of socket has no such option."},
	{EMSGSIZE, "too large for one datagram."},
};

static bool outcome_fits(const struct lesson *lesson, const struct call *call)
{
	switch (lesson->outcome) {
	case GOOD:
		return call->ret >= 0;
	case ZERO:
		return call->ret == 0;
	case FAILED:
		return call->ret == -1 && (lesson->err == NO_ERR || lesson->err == call->err);
	default:
		return true;
	}
}

/* The arguments that lessons look at are ints. */
static bool slot_fits(int slot, uint64_t value, const struct call *call)
{
	return slot == NO_SLOT || (uint32_t)call->arg[slot] == (uint32_t)value;
}

static const struct lesson *find_lesson(const struct call *call)
{
	for (size_t i = 0; i < sizeof(lessons) / sizeof(lessons[0]); i++) {
		const struct lesson *lesson = &lessons[i];
		if (lesson->id == call->id && outcome_fits(lesson, call) &&
		    slot_fits(lesson->slot, lesson->value, call) &&
		    slot_fits(lesson->slot2, lesson->value2, call))
			return lesson;
	}
	return NULL;
}

void lessons_call(struct text *out, const struct call *call)
{
	const struct lesson *lesson = find_lesson(call);
	if (lesson)
		text_str(out, lesson->words);
	if (call->ret != -1 || (lesson && lesson->outcome == FAILED))
		return;
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (errnos[i].err == call->err)
			text_printf(out, "%s%s", lesson ? " " : "", errnos[i].words);
}
