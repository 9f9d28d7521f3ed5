/* A layer for tests. */
#include "fake_layer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

#define RECORD_MOST 64
#define MASK 0x5A

struct layer {
	struct transport lower;
	struct fake_layer_config config;
	struct fault words;
	bool greeted;           /* our greeting is in `out` */
	bool ended;             /* the peer's end has come */
	bool finished;          /* ours is in `out` */
	unsigned char in[4096]; /* as it came */
	size_t in_start, in_end;
	unsigned char plain[RECORD_MOST]; /* of the record that is being read */
	size_t plain_start, plain_end;
	unsigned char out[RECORD_MOST + 1]; /* as it goes */
	size_t out_start, out_end;
	size_t accepted; /* of the data that `out` has, whose send has not returned yet */
	size_t received;
};

static struct layer *layer_of(const struct transport *transport)
{
	return transport->state;
}

static enum io fail_with(struct transport *transport, const char *reason)
{
	struct fault *words = &layer_of(transport)->words;
	fault_words(words, STEP_READ, STATUS_TLS, reason, "talk to the peer");
	return transport_failed_words(transport, words);
}

/* What the lower transport has said, said of this one. */
static enum io pass_on(struct transport *transport, enum io io)
{
	const struct layer *layer = layer_of(transport);
	transport->err = layer->lower.err;
	transport->words = layer->lower.words;
	return io;
}

static enum io flush(struct transport *transport)
{
	struct layer *layer = layer_of(transport);
	while (layer->out_start < layer->out_end) {
		size_t moved;
		enum io io = transport_send(&layer->lower, layer->out + layer->out_start,
					    layer->out_end - layer->out_start, &moved);
		if (io != IO_DONE)
			return pass_on(transport, io);
		layer->out_start += moved;
	}
	return IO_DONE;
}

static void put_out(struct layer *layer, const void *bytes, size_t len)
{
	memcpy(layer->out, bytes, len);
	layer->out_start = 0;
	layer->out_end = len;
}

/* Read what there is from below. */
static enum io take_in(struct transport *transport)
{
	struct layer *layer = layer_of(transport);
	size_t left = layer->in_end - layer->in_start;
	size_t moved = 0;
	memmove(layer->in, layer->in + layer->in_start, left);
	layer->in_start = 0;
	layer->in_end = left;
	enum io io = transport_recv(&layer->lower, layer->in + left, sizeof(layer->in) - left,
				    &moved);
	layer->in_end += io == IO_DONE ? moved : 0;
	layer->received += io == IO_DONE ? moved : 0;
	if (layer->config.cut > 0 && layer->received >= layer->config.cut)
		return fail_with(transport, "the connection was cut");
	return io == IO_DONE || io == IO_EOF ? io : pass_on(transport, io);
}

static enum io layer_handshake(struct transport *transport)
{
	struct layer *layer = layer_of(transport);
	if (layer->config.delay > 0) {
		layer->config.delay--;
		transport->in.events = POLLOUT;
		return IO_AGAIN;
	}
	transport->in.events = POLLIN;
	if (!layer->greeted)
		put_out(layer, layer->config.says_other ? "NO" : "HI", 2);
	layer->greeted = true;
	enum io io = flush(transport);
	if (io != IO_DONE)
		return io;
	while (layer->in_end < 2) {
		io = take_in(transport);
		if (io == IO_EOF)
			return fail_with(transport, "the peer ended the handshake");
		if (io != IO_DONE)
			return io;
	}
	if (memcmp(layer->in, "HI", 2) != 0)
		return fail_with(transport, "the peer does not speak this protocol");
	layer->in_start = 2;
	return IO_DONE;
}

/* Open the next record, if all of it is here. */
static bool open_record(struct layer *layer)
{
	const unsigned char *at = layer->in + layer->in_start;
	size_t left = layer->in_end - layer->in_start;
	if (left == 0 || left < 1U + at[0])
		return false;
	layer->plain_start = 0;
	layer->plain_end = at[0];
	layer->ended = at[0] == 0;
	for (size_t i = 0; i < at[0]; i++)
		layer->plain[i] = at[1 + i] ^ MASK;
	layer->in_start += 1U + at[0];
	return true;
}

static enum io layer_recv(struct transport *transport, void *buf, size_t size, size_t *moved)
{
	struct layer *layer = layer_of(transport);
	while (layer->plain_start == layer->plain_end && !layer->ended) {
		if (open_record(layer))
			continue;
		enum io io = take_in(transport);
		if (io == IO_EOF)
			return fail_with(transport, "the connection ended without its end");
		if (io != IO_DONE)
			return io;
	}
	if (layer->plain_start == layer->plain_end)
		return IO_EOF;
	size_t len = layer->plain_end - layer->plain_start;
	*moved = len < size ? len : size;
	memcpy(buf, layer->plain + layer->plain_start, *moved);
	layer->plain_start += *moved;
	return IO_DONE;
}

static enum io layer_send(struct transport *transport, const void *buf, size_t len, size_t *moved)
{
	struct layer *layer = layer_of(transport);
	unsigned char record[RECORD_MOST + 1];
	if (layer->accepted == 0) {
		const unsigned char *bytes = buf;
		size_t size = len < RECORD_MOST ? len : RECORD_MOST;
		record[0] = (unsigned char)size;
		for (size_t i = 0; i < size; i++)
			record[1 + i] = bytes[i] ^ MASK;
		put_out(layer, record, 1 + size);
		layer->accepted = size;
	}
	enum io io = flush(transport);
	if (io != IO_DONE)
		return io;
	*moved = layer->accepted;
	layer->accepted = 0;
	return IO_DONE;
}

static bool layer_pending(const struct transport *transport)
{
	const struct layer *layer = layer_of(transport);
	return layer->plain_start < layer->plain_end || layer->in_start < layer->in_end;
}

/* The first call says that the next one is needed, as a library may. */
static enum io layer_finish(struct transport *transport)
{
	struct layer *layer = layer_of(transport);
	if (!layer->finished) {
		put_out(layer, "", 1);
		layer->finished = true;
		return IO_AGAIN;
	}
	return flush(transport);
}

static void layer_close(struct transport *transport)
{
	struct layer *layer = layer_of(transport);
	transport_close(&layer->lower);
	free(layer);
}

static int layer_open(struct transport *transport, const struct layer_target *target,
		      struct fault *fault)
{
	static const struct transport_ops ops = {.recv = layer_recv,
						 .send = layer_send,
						 .handshake = layer_handshake,
						 .pending = layer_pending,
						 .finish = layer_finish,
						 .close = layer_close};
	struct layer *layer = calloc(1, sizeof(*layer));
	if (!layer)
		return fault_errno(fault, STEP_LOCAL, errno, "open a layer");
	if (target->config)
		layer->config = *(const struct fake_layer_config *)target->config;
	transport_cover(transport, &layer->lower, layer, &ops);
	transport->in.eager = !layer->config.not_eager;
	return 0;
}

const struct transport_layer fake_layer = {.name = "fake", .open = layer_open};
