/* Parts of events as members of JSON objects, for the sinks that write JSON.  Pure. */
#ifndef HANDSET_TRACE_EVENT_JSON_H
#define HANDSET_TRACE_EVENT_JSON_H

struct call;
struct note;
struct text;
struct trace_event;

/* Appends the fields of NOTE, each as `,"key":value`; times are in seconds. */
void event_json_fields(struct text *out, const struct note *note);

/* Appends what CALL returned: `"ret":-1,"errno":"ECONNREFUSED"`. */
void event_json_result(struct text *out, const struct call *call);

/* Appends `,"for":` and the question that the call of EVENT serves; nothing when it serves none. */
void event_json_purpose(struct text *out, const struct trace_event *event);

/* Appends `,"explain":` and what the call of EVENT means in plain words; null when that has been
 * said. */
void event_json_lesson(struct text *out, const struct trace_event *event);

#endif
