/* --explain: what each step means.  The texts are rows: the first one whose conditions hold is
 * said, so the particular stands before the general. */
#include "trace/lessons.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/kernel.h"
#include "base/errors.h"
#include "base/text.h"
#include "base/units.h"
#include "trace/event.h"
#include "trace/sysdesc.h"

/* The outcomes that a text is for. */
enum outcome { ANY, GOOD, ZERO, FAILED };

/* An argument's slot that a text looks at; NO_SLOT: none. */
enum { NO_SLOT = -1, NO_ERR = 0 };

/* What a descriptor is; a lesson may be for some of them. */
enum {
	ANYTHING = 0,
	STREAM = 1,
	DATAGRAMS = 2,
	UNIX = 4,
	UNIX_DATAGRAMS = 8,
	NETLINK = 16,
	LISTENER = 32
};

struct lesson {
	enum sys_id id;
	int kinds; /* of the descriptor; ANYTHING */
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
#define OPTION_UNIX_DGRAM 0, AF_UNIX, 1, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC

static const struct lesson lessons[] = {
	{SYS_SOCKET, ANYTHING, GOOD, NO_ERR, WHEN(0, AF_NETLINK),
	 "a line to the kernel itself (netlink): it is asked about routes, neighbors and sockets. "
	 "Like every socket it is a descriptor."},
	{SYS_NETLINK_SEND, ANYTHING, GOOD, NO_ERR, ALWAYS, "ask the kernel a question."},
	{SYS_NETLINK_RECV, ANYTHING, GOOD, NO_ERR, ALWAYS, "hear what the kernel answers."},
	{SYS_SOCKET, ANYTHING, GOOD, NO_ERR, OPTION_UNIX_DGRAM,
	 "install a telephone that sends postcards within this host (Unix datagrams): each arrives "
	 "whole."},
	{SYS_SOCKET, ANYTHING, GOOD, NO_ERR, WHEN(0, AF_UNIX),
	 "install a telephone for calls within this host: a Unix socket. The number is its "
	 "descriptor; to Linux it is a file."},
	{SYS_SOCKET, ANYTHING, GOOD, NO_ERR, WHEN(2, IPPROTO_UDP),
	 "install a telephone that sends postcards (UDP): each arrives whole or not at all, and "
	 "nothing tells which."},
	{SYS_SOCKET, ANYTHING, GOOD, NO_ERR, WHEN(0, AF_INET6),
	 "install the telephone, for IPv6. The number is its descriptor: to Linux a socket is a "
	 "file."},
	{SYS_SOCKET, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "install the telephone. The number is its descriptor: to Linux a socket is a file, and "
	 "the call will be read and write on it."},
	{SYS_SOCKETPAIR, ANYTHING, ANY, NO_ERR, ALWAYS,
	 "two telephones on one short line: one stays here, the program gets the other, and what "
	 "passes is seen."},
	{SYS_BIND, UNIX | UNIX_DATAGRAMS, GOOD, NO_ERR, ALWAYS,
	 "give the telephone its number, which is a path here: others find it by that."},
	{SYS_BIND, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "give the telephone its number: the address and port under which others reach it."},
	{SYS_BIND, ANYTHING, FAILED, EADDRINUSE, ALWAYS,
	 "somebody on this host has that number already."},
	{SYS_BIND, ANYTHING, FAILED, EADDRNOTAVAIL, ALWAYS,
	 "that number is not one of this host's: no interface has the address."},
	{SYS_BIND, ANYTHING, FAILED, EACCES, ALWAYS,
	 "this number is reserved: ports below 1024 need a privilege, a path needs a folder one "
	 "may write to."},
	{SYS_LISTEN, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "plug the line in: from now on it rings, and so many callers may wait in the queue until "
	 "they are answered."},
	{SYS_ACCEPT4, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "pick up: the caller gets a telephone of its own (the new descriptor), and the listening "
	 "one stays free for others."},
	{SYS_ACCEPT4, ANYTHING, FAILED, EAGAIN, ALWAYS,
	 "nobody is ringing after all: the caller has hung up already."},
	{SYS_CONNECT, UNIX, FAILED, ECONNREFUSED, ALWAYS,
	 "the path is there, but nobody has plugged a telephone in there."},
	{SYS_CONNECT, UNIX, GOOD, NO_ERR, ALWAYS,
	 "dial within this host: the call is in the listener's queue, and there at once."},
	{SYS_CONNECT, UNIX_DATAGRAMS, GOOD, NO_ERR, ALWAYS,
	 "write the path on the postcards: somebody has it, and nothing is sent by this."},
	{SYS_CONNECT, DATAGRAMS, GOOD, NO_ERR, ALWAYS,
	 "write the number on the postcards: nothing is sent by this, and nobody has to be there."},
	{SYS_CONNECT, ANYTHING, FAILED, EINPROGRESS, ALWAYS,
	 "dialed: the SYN is on its way. The call does not wait for the answer: poll(2) does, "
	 "until the descriptor can be written (-vvv shows it)."},
	{SYS_CONNECT, ANYTHING, FAILED, ECONNREFUSED, ALWAYS,
	 "the other house answered that no telephone is plugged in at that number."},
	{SYS_CONNECT, ANYTHING, FAILED, ENETUNREACH, ALWAYS,
	 "there is no line toward that network: no route fits the address."},
	{SYS_CONNECT, ANYTHING, FAILED, EAGAIN, ALWAYS,
	 "the queue of callers is full there; try again in a moment."},
	{SYS_CONNECT, ANYTHING, GOOD, NO_ERR, ALWAYS, "dial: the other side has answered already."},
	{SYS_SHUTDOWN, ANYTHING, GOOD, NO_ERR, WHEN(1, SHUT_WR),
	 "we have said all we had to say (FIN), and go on listening: half of the call is over, the "
	 "other half is not."},
	{SYS_SHUTDOWN, ANYTHING, FAILED, ENOTCONN, ALWAYS,
	 "the call is over already: the peer has reset it."},
	{SYS_SHUTDOWN, ANYTHING, ANY, NO_ERR, ALWAYS, "end one or both directions of the call."},
	{SYS_CLOSE, NETLINK, ANY, NO_ERR, ALWAYS,
	 "the kernel has answered: its line is not needed."},
	{SYS_CLOSE, LISTENER, ANY, NO_ERR, ALWAYS,
	 "unplug the line: nobody can ring here any more. Calls that were answered go on."},
	{SYS_CLOSE, DATAGRAMS | UNIX_DATAGRAMS, ANY, NO_ERR, ALWAYS,
	 "take the telephone away: no more postcards arrive. The other side is not told."},
	{SYS_CLOSE, ANYTHING, ANY, NO_ERR, ALWAYS,
	 "hang up and take the telephone away: the descriptor is free again."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_REUSEADDR),
	 "let the port be bound although old calls of it linger in TIME_WAIT. Two listeners it "
	 "does not allow."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_REUSEPORT),
	 "let several sockets share the port: the kernel deals the callers out."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(IPPROTO_IPV6, IPV6_V6ONLY),
	 "whether this IPv6 telephone takes calls of IPv4 too (0) or not (1)."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(IPPROTO_TCP, TCP_NODELAY),
	 "send small pieces at once instead of gathering them (Nagle's algorithm off)."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_KEEPALIVE),
	 "ask a silent peer now and then whether it is still there."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_BINDTODEVICE),
	 "use this one interface only."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_RCVBUF),
	 "how much may wait here unread; the kernel doubles the number, and no longer tunes it by "
	 "itself."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(SOL_SOCKET, SO_SNDBUF),
	 "how much may wait here unsent; the kernel doubles the number, and no longer tunes it by "
	 "itself."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(IPPROTO_IP, IP_TTL),
	 "how many routers a packet may pass before it is thrown away."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
	 "how many routers a packet may pass before it is thrown away."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(IPPROTO_IP, IP_ADD_MEMBERSHIP),
	 "join a group, a party line: what is sent to its number is heard here, too. Hanging up "
	 "leaves it."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP),
	 "join a group, a party line: what is sent to its number is heard here, too. Hanging up "
	 "leaves it."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(IPPROTO_IP, IP_MULTICAST_TTL),
	 "how many routers a packet to a group may pass before it is thrown away; it is 1 "
	 "otherwise."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, OPTION(IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
	 "how many routers a packet to a group may pass before it is thrown away; it is 1 "
	 "otherwise."},
	{SYS_SETSOCKOPT, ANYTHING, ANY, NO_ERR, ALWAYS, "set how this telephone behaves."},
	{SYS_GETSOCKOPT, ANYTHING, ANY, NO_ERR, ALWAYS, "ask how this telephone is set."},
	{SYS_GETSOCKNAME, ANYTHING, ANY, NO_ERR, ALWAYS,
	 "ask for our own number: the kernel chose what bind did not say."},
	{SYS_GETPEERNAME, ANYTHING, ANY, NO_ERR, ALWAYS, "ask for the number of the other side."},
	{SYS_POLL, ANYTHING, ZERO, NO_ERR, ALWAYS, "waited, and nothing happened in that time."},
	{SYS_POLL, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "wait until one of these can be read (POLLIN) or written (POLLOUT) without waiting; "
	 "POLLHUP and POLLERR come unasked."},
	{SYS_READ, ANYTHING, ZERO, NO_ERR, ALWAYS,
	 "the end of the file: there is no more to read here."},
	{SYS_READ, ANYTHING, GOOD, NO_ERR, ALWAYS, "read what there is."},
	{SYS_RECVFROM, DATAGRAMS | UNIX_DATAGRAMS, ZERO, NO_ERR, ALWAYS,
	 "an empty postcard: a datagram without a byte, and no end."},
	{SYS_RECVFROM, DATAGRAMS | UNIX_DATAGRAMS, GOOD, NO_ERR, ALWAYS,
	 "read a postcard: one datagram, whole."},
	{SYS_RECVFROM, ANYTHING, ZERO, NO_ERR, ALWAYS,
	 "nothing more: the peer has said all (its FIN)."},
	{SYS_RECVFROM, ANYTHING, GOOD, NO_ERR, ALWAYS, "hear what the other side has said."},
	{SYS_RECVFROM, ANYTHING, FAILED, ECONNRESET, ALWAYS,
	 "the peer has slammed the telephone down (RST): what was under way is lost."},
	{SYS_RECVMSG, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "read what the kernel has noted down about the call, or what came with data."},
	{SYS_RECVMMSG, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "hear several datagrams at once: they queue up, and each stays one."},
	{SYS_SENDMMSG, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "send several datagrams at once: each stays one. UDP_SEGMENT: the kernel cuts them, all "
	 "of that size."},
	{SYS_SENDTO, DATAGRAMS | UNIX_DATAGRAMS, GOOD, NO_ERR, ALWAYS,
	 "send a postcard: one datagram; whether it arrives, nobody says."},
	{SYS_SENDTO, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "speak: the kernel has taken the bytes and sends them; that the peer has them, it does "
	 "not say."},
	{SYS_SENDTO, ANYTHING, FAILED, EPIPE, ALWAYS,
	 "nobody is listening any more: the call has been reset."},
	{SYS_WRITE, ANYTHING, GOOD, NO_ERR, ALWAYS, "write it out."},
	{SYS_PREADV2, ANYTHING, ZERO, NO_ERR, ALWAYS,
	 "the end of the file: there is no more to read here."},
	{SYS_PREADV2, ANYTHING, GOOD, NO_ERR, ALWAYS, "read what is there, without waiting."},
	{SYS_PWRITEV2, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "write it out, as much as goes without waiting."},
	{SYS_SPLICE, ANYTHING, ZERO, NO_ERR, ALWAYS, "the end: there is no more to move."},
	{SYS_SPLICE, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "the kernel moves the bytes by itself, without copying them through this program."},
	{SYS_SENDFILE, ANYTHING, ZERO, NO_ERR, ALWAYS, "the end of the file."},
	{SYS_SENDFILE, ANYTHING, GOOD, NO_ERR, ALWAYS,
	 "the kernel sends the file by itself, without copying it through this program."},
	{SYS_SENDMSG, ANYTHING, ANY, NO_ERR, ALWAYS,
	 "hand the telephone over to the program at the other end of this line; it speaks and "
	 "listens from now on."},
	{SYS_IOCTL, ANYTHING, ANY, NO_ERR, WHEN(1, FIONBIO),
	 "say whether calls on this telephone wait (0) or come back at once with EAGAIN (1): the "
	 "program that gets it expects 0."},
	{SYS_IOCTL, ANYTHING, ANY, NO_ERR, ALWAYS,
	 "ask how many bytes the peer has not acknowledged yet."},
};

/* What became of the dialing, as SO_ERROR tells. */
static const struct {
	int err;
	const char *words;
} dialings[] = {
	{0, "0: the call was answered, and the line is up."},
	{ECONNREFUSED, "ECONNREFUSED: nobody has plugged a telephone in there."},
	{ETIMEDOUT, "ETIMEDOUT: it rang, and nobody picked up, however long."},
	{EHOSTUNREACH, "EHOSTUNREACH: there is no such house, or no street leads to it."},
	{ENETUNREACH, "ENETUNREACH: no line leads to that town."},
	{ECONNRESET, "ECONNRESET: somebody picked up, and slammed the telephone down."},
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

/* Places in `said`: the lessons, then the dialings, then the errnos. */
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define DIALINGS COUNT(lessons)
#define ERRNOS (DIALINGS + COUNT(dialings) + 1)

_Static_assert(ERRNOS + COUNT(errnos) <= LESSONS_MOST, "there is room for all that is said");

/* Appends WORDS, whose place is AT: the second time only how they begin. */
static void say(struct text *out, struct lessons *memory, size_t at, const char *words)
{
	uint8_t times = memory->said[at];
	if (times > 1)
		return;
	memory->said[at]++;
	text_str(out, out->len > 0 ? " " : "");
	if (times == 0)
		text_str(out, words);
	else
		text_printf(out, "as before: %.*s.", (int)strcspn(words, ".:;("), words);
}

/* ---- what descriptors are ---- */

static int kind_of(const struct lessons *memory, int fd)
{
	return fd >= 0 && fd < LESSONS_FDS ? memory->kind[fd] : ANYTHING;
}

static int kind_of_socket(const struct call *call)
{
	bool datagrams = ((int)call->arg[1] & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) == SOCK_DGRAM;
	switch ((int)call->arg[0]) {
	case AF_NETLINK:
		return NETLINK;
	case AF_UNIX:
		return datagrams ? UNIX_DATAGRAMS : UNIX;
	default:
		return datagrams ? DATAGRAMS : STREAM;
	}
}

/* Learns from CALL, about a descriptor of KIND, what descriptors are. */
static void learn(struct lessons *memory, const struct call *call, int kind)
{
	int fd = (int)call->arg[0];
	int learned = ANYTHING;
	if (call->id == SYS_SOCKET)
		learned = kind_of_socket(call);
	else if (call->id == SYS_ACCEPT4)
		learned = kind & ~LISTENER;
	else if (call->id == SYS_LISTEN)
		learned = kind | LISTENER;
	else if (call->id != SYS_CLOSE)
		return;
	if (call->id == SYS_SOCKET || call->id == SYS_ACCEPT4)
		fd = (int)call->ret;
	if (call->ret >= 0 && fd >= 0 && fd < LESSONS_FDS)
		memory->kind[fd] = (uint8_t)learned;
}

/* ---- what is said ---- */

static bool kind_fits(int wanted, int kind)
{
	if (wanted == ANYTHING)
		return true;
	return kind & LISTENER ? wanted & LISTENER : wanted & kind;
}

static const struct lesson *find_lesson(const struct call *call, int kind)
{
	for (size_t i = 0; i < COUNT(lessons); i++) {
		const struct lesson *lesson = &lessons[i];
		if (lesson->id == call->id && kind_fits(lesson->kinds, kind) &&
		    outcome_fits(lesson, call) && slot_fits(lesson->slot, lesson->value, call) &&
		    slot_fits(lesson->slot2, lesson->value2, call))
			return lesson;
	}
	return NULL;
}

static bool is_dialing(const struct call *call)
{
	return call->id == SYS_GETSOCKOPT && call->ret == 0 && (int)call->arg[1] == SOL_SOCKET &&
	       (int)call->arg[2] == SO_ERROR && call->filled[3] >= sizeof(int);
}

/* What became of a connect: the value of SO_ERROR, and how long poll waited for it. */
static void say_dialing(struct text *out, struct lessons *memory, const struct call *call, int kind,
			int64_t start_ns)
{
	int err;
	memcpy(&err, (const void *)(uintptr_t)call->arg[3], sizeof(err));
	say(out, memory, DIALINGS + COUNT(dialings),
	    kind & (DATAGRAMS | UNIX_DATAGRAMS)
		    ? "ask what came back of the postcards, which clears the answer"
		    : "ask how the dialing went, which clears the answer");
	text_str(out, out->len > 0 ? ":" : "");
	if (memory->dialed_ns != 0 && memory->dialed_fd == (int)call->arg[0])
		text_printf(out, "%spoll(2) has waited %s for it;", out->len > 0 ? " " : "",
			    units_time(start_ns - memory->dialed_ns).chars);
	memory->dialed_ns = 0;
	for (size_t i = 0; i < COUNT(dialings); i++)
		if (dialings[i].err == err) {
			say(out, memory, DIALINGS + i, dialings[i].words);
			return;
		}
	text_printf(out, " %s", errno_name(err) ? errno_name(err) : "another error");
}

static void say_errno(struct text *out, struct lessons *memory, int err)
{
	for (size_t i = 0; i < COUNT(errnos); i++)
		if (errnos[i].err == err)
			say(out, memory, ERRNOS + i, errnos[i].words);
}

void lessons_call(struct text *out, struct lessons *memory, const struct call *call,
		  int64_t start_ns, int64_t end_ns)
{
	int kind = call->id == SYS_SOCKET ? ANYTHING : kind_of(memory, (int)call->arg[0]);
	learn(memory, call, kind);
	if (call->id == SYS_CONNECT && call->ret == -1 && call->err == EINPROGRESS) {
		memory->dialed_fd = (int)call->arg[0];
		memory->dialed_ns = end_ns;
	}
	if (is_dialing(call)) {
		say_dialing(out, memory, call, kind, start_ns);
		return;
	}
	const struct lesson *lesson = find_lesson(call, kind);
	if (lesson)
		say(out, memory, (size_t)(lesson - lessons), lesson->words);
	if (call->ret == -1 && (!lesson || lesson->outcome != FAILED))
		say_errno(out, memory, call->err);
}
