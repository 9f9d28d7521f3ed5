/* Which connection a descriptor is. */
#include "trace/tracks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "trace/event.h"

/* Descriptors beyond have no track. */
#define DESCRIPTORS_MOST 65536

int tracks_of(const struct tracks *tracks, int fd)
{
	return fd >= 0 && (size_t)fd < tracks->size ? tracks->of[fd] : 0;
}

int tracks_new(struct tracks *tracks)
{
	return ++tracks->count;
}

static int give(struct tracks *tracks, int fd)
{
	if (fd < 0 || fd >= DESCRIPTORS_MOST)
		return 0;
	if ((size_t)fd >= tracks->size) {
		size_t size = (size_t)fd * 2 + 16;
		int *of = realloc(tracks->of, size * sizeof(*of));
		if (!of)
			return 0;
		memset(of + tracks->size, 0, (size - tracks->size) * sizeof(*of));
		tracks->of = of;
		tracks->size = size;
	}
	tracks->of[fd] = tracks_new(tracks);
	return tracks->of[fd];
}

int tracks_made(struct tracks *tracks, const struct call *call)
{
	bool socket = call->id == SYS_SOCKET && (int)call->arg[0] != AF_NETLINK;
	if (call->ret < 0 || (!socket && call->id != SYS_ACCEPT4))
		return 0;
	return give(tracks, (int)call->ret);
}

int tracks_take(struct tracks *tracks, const struct call *call)
{
	const struct sysdesc *desc = &sysdesc[call->id];
	int track = 0;
	for (size_t i = 0; i < SYS_ARGS && desc->args[i].kind != ARG_END; i++)
		if (desc->args[i].kind == ARG_FD && track == 0)
			track = tracks_of(tracks, (int)call->arg[i]);
	if (call->id == SYS_CLOSE && track > 0)
		tracks->of[call->arg[0]] = 0;
	return track;
}

void tracks_close(struct tracks *tracks)
{
	free(tracks->of);
	*tracks = (struct tracks){.of = NULL};
}
