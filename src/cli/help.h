/* --help and --dump-options, from the table of options, and --dump-causes, from that of causes. */
#ifndef HANDSET_CLI_HELP_H
#define HANDSET_CLI_HELP_H

#include <stdio.h>

/* Print --help in at most 80 columns: what one needs first, on a screen of 24 lines; or the options
 * of TOPIC, a value of `option_topics`, from the table. */
void help_print(FILE *out, int topic);

/* Print --dump-options, which is hidden: "NAME<tab>LETTER<tab>ARGUMENT" a line, "-" for what an
 * option has not. Optional arguments stand in brackets. An alias is a line of its own. */
void help_dump_options(FILE *out);

/* Print --dump-causes, which is hidden: "NAME<tab>STATUS<tab>WORDS<tab>ADVICE" a line; in brackets
 * why there is no advice. */
void help_dump_causes(FILE *out);

/* Print --dump-letters, which is hidden: "LETTER<tab>NETCAT<tab>MEANING<tab>OPTION" a line; "-" for
 * an option that there is none of here. */
void help_dump_letters(FILE *out);

#endif
