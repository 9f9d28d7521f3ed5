/* What stands in front of the trace events of sink_chrome. */
#ifndef HANDSET_TRACE_SINK_CHROME_H
#define HANDSET_TRACE_SINK_CHROME_H

struct sink_style;
struct text;

/* Appends the beginning of the array, and the name of the process: "[{...}". */
void sink_chrome_head(struct text *out, const struct sink_style *style);

#endif
