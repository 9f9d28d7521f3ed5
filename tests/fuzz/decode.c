/* Fuzzes the decoding of calls: any call with any bytes as address, option value and data, in every
 * notation. */
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/text.h"
#include "trace/decode.h"
#include "trace/event.h"
#include "trace/lessons.h"

#define PTR(value) ((uint64_t)(uintptr_t)(value))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the pointers of a call point to: BYTES has exactly SIZE bytes, so that a read past its end
 * is seen. */
struct memory {
	void *bytes;
	size_t size;
	socklen_t len;
	int number;
	int pair[2];
	struct iovec iov;
	struct msghdr msg;
	struct mmsghdr messages[2];
	struct pollfd fds[4];
};

/* The value of an argument of KIND; a plain number is SEED. */
static uint64_t value_of(enum arg_kind kind, struct memory *memory, uint64_t seed)
{
	switch (kind) {
	case ARG_ADDR:
	case ARG_ADDR_OUT:
	case ARG_OPTVAL:
	case ARG_OPTVAL_OUT:
	case ARG_BUF:
	case ARG_BUF_OUT:
	case ARG_NLMSG:
	case ARG_NLMSG_OUT:
		return PTR(memory->bytes);
	case ARG_ADDRLEN:
	case ARG_OPTLEN:
	case ARG_BUFLEN:
		return memory->size;
	case ARG_ADDRLEN_OUT:
	case ARG_OPTLEN_OUT:
		return PTR(&memory->len);
	case ARG_FDS:
		return PTR(memory->fds);
	case ARG_NFDS:
		return seed % 5;
	case ARG_IOV:
	case ARG_IOV_OUT:
		return PTR(&memory->iov);
	case ARG_IOVCNT:
		return 1;
	case ARG_MSG:
	case ARG_MSG_OUT:
		return PTR(&memory->msg);
	case ARG_MSGS:
	case ARG_MSGS_OUT:
		return PTR(memory->messages);
	case ARG_PAIR_OUT:
		return PTR(memory->pair);
	case ARG_INT_OUT:
		return PTR(&memory->number);
	case ARG_OFFSET:
	case ARG_TIMEOUT:
	case ARG_END:
	case ARG_KINDS:
		return 0;
	default:
		return seed;
	}
}

static void decode_all(const struct call *call)
{
	static char buffer[1 << 17];
	struct lessons lessons = {.dialed_fd = -1};
	for (enum notation notation = NOTATION_READABLE; notation <= NOTATION_JSON; notation++) {
		struct text text = TEXT_IN(buffer);
		decode_args(&text, call, notation);
		decode_result(&text, call);
		lessons_call(&text, &lessons, call, 0, 1000000);
		for (size_t i = 0; i < text.len; i++)
			if ((unsigned char)buffer[i] < ' ' && buffer[i] != '\n')
				abort();
	}
}

/* Byte 0 is the call, byte 1 its result, bytes 2 to 13 the plain numbers; the rest is the memory.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int16_t seeds[SYS_ARGS];
	struct memory memory = {.number = 5};

	if (size < 2 + sizeof(seeds) || size > 2048)
		return 0;
	memcpy(seeds, data + 2, sizeof(seeds));
	memory.size = size - 2 - sizeof(seeds);
	memory.bytes = malloc(memory.size ? memory.size : 1);
	if (!memory.bytes)
		return 0;
	memcpy(memory.bytes, data + 2 + sizeof(seeds), memory.size);
	memory.len = (socklen_t)memory.size;
	memory.iov = (struct iovec){.iov_base = memory.bytes, .iov_len = memory.size};
	memory.msg = (struct msghdr){.msg_name = memory.bytes,
				     .msg_namelen = memory.len,
				     .msg_iov = &memory.iov,
				     .msg_iovlen = 1};
	for (size_t i = 0; i < 2; i++)
		memory.messages[i] = (struct mmsghdr){.msg_hdr = memory.msg,
						      .msg_len = 3 * memory.len};
	memcpy(memory.fds, memory.bytes,
	       memory.size < sizeof(memory.fds) ? memory.size : sizeof(memory.fds));

	struct call call = {.id = data[0] % SYS_COUNT,
			    .ret = data[1] < 64 ? -1 : (int64_t)memory.size};
	call.err = call.ret == -1 ? data[1] : 0;
	call.arg[SYS_ARGS - 1] = sizeof(struct sockaddr_storage);
	for (int i = 0; i < SYS_ARGS && sysdesc[call.id].args[i].kind != ARG_END; i++)
		call.arg[i] = value_of(sysdesc[call.id].args[i].kind, &memory,
				       (uint64_t)(int64_t)seeds[i]);
	/* With MSG_TRUNC the kernel says more than it fills. */
	for (int i = 0; call.ret != -1 && i < SYS_ARGS; i++)
		call.filled[i] = memory.size;
	call.ret = data[1] < 128 ? call.ret : 2 * call.ret + 1;
	if (sysdesc[call.id].args[0].kind == ARG_FDS && call.ret > 4)
		call.ret = 1;
	if (sysdesc[call.id].args[1].kind == ARG_MSGS ||
	    sysdesc[call.id].args[1].kind == ARG_MSGS_OUT) {
		call.arg[2] = 2;
		call.ret = call.ret > 2 ? 2 : call.ret;
	}
	decode_all(&call);
	free(memory.bytes);
	return 0;
}
