/* What name servers have answered, in words. */
#ifndef HANDSET_RESOLVE_NSQUERY_REPORT_H
#define HANDSET_RESOLVE_NSQUERY_REPORT_H

struct nsquery;
struct text;

/* Append what each server has answered and how fast, a line each without an end: "10.0.0.53: A:
 * NXDOMAIN in 0.4 ms; AAAA: no answer in 2 s". */
void nsquery_format(struct text *out, const struct nsquery *nsquery);

#endif
