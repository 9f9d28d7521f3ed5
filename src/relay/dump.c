/* --output and --hex-dump. */
#include "relay/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/hexdump.h"
#include "net/file.h"
#include "net/run.h"
#include "net/transport.h"
#include "proto/addr.h"
#include "trace/console.h"
#include "trace/record.h"
#include "trace/sys.h"
#include "trace/trace.h"

#define DUMP_BUFFER (128 * 1024)

/* A tag, with the longest address that there is. */
#define TAG_SIZE 128

bool dump_is_wanted(const struct dump_config *config)
{
	return config->output || config->hex;
}

/* ---- files ---- */

/* O_APPEND, so that two dumps may share a file. */
static int open_file(struct dump_file *file, const struct run *run, const char *name, bool append,
		     struct fault *fault)
{
	*file = (struct dump_file){.name = name, .fd = -1};
	if (!name)
		return 0;
	file->buffer = malloc(DUMP_BUFFER);
	if (!file->buffer)
		return fault_errno(fault, STEP_FILE, errno, "open dump file %s", name);
	file->gathered = text_in(file->buffer, DUMP_BUFFER);
	if (strcmp(name, "-") == 0)
		return 0;
	file->fd = file_open_write(run, name, "dump file", O_APPEND | (append ? 0 : O_TRUNC),
				   fault);
	return file->fd < 0 ? -1 : 0;
}

/* After a failure nothing more is written: what comes later would stand where it does not belong.
 */
static void write_file(const struct dump *dump, struct dump_file *file, const char *bytes,
		       size_t len)
{
	if (file->err != 0)
		return;
	file->err = file->fd < 0
			    ? console_write(dump->console, bytes, len)
			    : record_write(file->fd, bytes, len, dump->console->trace->deadline_ns);
}

static void flush_file(const struct dump *dump, struct dump_file *file)
{
	if (file->gathered.len == 0)
		return;
	write_file(dump, file, file->buffer, file->gathered.len);
	file->gathered = text_in(file->buffer, DUMP_BUFFER);
}

static void close_file(struct dump_file *file)
{
	if (sys_close_file(&file->fd) != 0 && file->err == 0)
		file->err = errno;
	free(file->buffer);
	file->buffer = NULL;
}

static int report_failure(const struct dump_file *file, struct fault *fault)
{
	const char *name = file->name && strcmp(file->name, "-") == 0 ? "on standard error"
								      : file->name;
	return file->err == 0 ? 0 : fault_errno(fault, STEP_FILE, file->err, "write dump %s", name);
}

int dump_open(struct dump *dump, const struct run *run, const struct dump_config *config,
	      struct fault *fault)
{
	*dump = (struct dump){.console = run->console, .output = {.fd = -1}, .hex = {.fd = -1}};
	if (open_file(&dump->output, run, config->output, config->append, fault) == 0 &&
	    open_file(&dump->hex, run, config->hex, config->append, fault) == 0)
		return 0;
	close_file(&dump->output);
	close_file(&dump->hex);
	return -1;
}

int dump_flush(struct dump *dump, struct fault *fault)
{
	if (!dump)
		return 0;
	flush_file(dump, &dump->output);
	flush_file(dump, &dump->hex);
	return report_failure(&dump->output, fault) != 0 ? -1 : report_failure(&dump->hex, fault);
}

int dump_close(struct dump *dump, struct fault *fault)
{
	if (!dump)
		return 0;
	flush_file(dump, &dump->output);
	flush_file(dump, &dump->hex);
	close_file(&dump->output);
	close_file(&dump->hex);
	return dump_flush(dump, fault);
}

/* ---- what is dumped ---- */

void dump_name_peer(struct dump *dump, struct text *out, const struct addr *peer)
{
	dump->streams++;
	if (addr_port(peer) > 0) {
		struct addr plain = addr_unmapped(peer);
		addr_format(out, &plain);
	} else {
		text_printf(out, "client%u", dump->streams);
	}
}

static void put_bytes(struct dump *dump, const char *bytes, size_t len)
{
	struct dump_file *file = &dump->output;
	if (len >= DUMP_BUFFER - file->gathered.len)
		flush_file(dump, file);
	if (len >= DUMP_BUFFER)
		write_file(dump, file, bytes, len);
	else
		text_bytes(&file->gathered, bytes, len);
}

/* At least one line: an empty packet is one. */
static void put_lines(struct dump *dump, struct hexdump_head *head, const char *bytes, size_t len)
{
	struct dump_file *file = &dump->hex;
	do {
		size_t part = len < HEXDUMP_BYTES ? len : HEXDUMP_BYTES;
		if (DUMP_BUFFER - file->gathered.len <= HEXDUMP_LINE + TAG_SIZE)
			flush_file(dump, file);
		hexdump_line(&file->gathered, head, bytes, part);
		head->offset += part;
		bytes += part;
		len -= part;
	} while (len > 0);
}

void dump_moved(struct dump_stream *stream, const char *bytes, size_t len, int64_t now_ns)
{
	struct dump *dump = stream->dump;
	char name[TAG_SIZE];
	struct text tag = TEXT_IN(name);
	if (dump->output.name)
		put_bytes(dump, bytes, len);
	if (stream->net && stream->net->any_peer)
		addr_format(&tag, stream->direction == '>' && stream->net->group
					  ? &stream->net->group->to
					  : &stream->net->peer);
	struct hexdump_head head = {.direction = stream->direction,
				    .tag = stream->net && stream->net->any_peer ? name
										: stream->tag,
				    .time_ns = now_ns - dump->console->trace->start_ns,
				    .offset = stream->offset};
	if (dump->hex.name)
		put_lines(dump, &head, bytes, len);
	stream->offset += len;
}
