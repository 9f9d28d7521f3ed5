/* The fields of a note as members of a JSON object, for the sinks that write JSON.  Pure. */
#ifndef HANDSET_TRACE_NOTE_JSON_H
#define HANDSET_TRACE_NOTE_JSON_H

struct note;
struct text;

/* Append the fields of NOTE, each as `,"key":value`; times are in seconds. */
void note_json_fields(struct text *out, const struct note *note);

#endif
