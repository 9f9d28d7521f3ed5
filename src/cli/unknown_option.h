/* An option that is not there, or is not whole: what may have been meant. */
#ifndef HANDSET_CLI_UNKNOWN_OPTION_H
#define HANDSET_CLI_UNKNOWN_OPTION_H

struct fault;

/* Fills in FAULT for the long option in WORD ("--lsten=80"), which is no option, or the beginning
 * of several.  Returns -1. */
int unknown_option_name(const char *word, struct fault *fault);

/* Fills in FAULT for LETTER, which is no option; what other netcats mean by it is left to
 * other_netcats.h.  Returns -1. */
int unknown_option_letter(char letter, struct fault *fault);

/* FAULT is a usage error of the line ARGV: adds that a word of it is the name of an option with one
 * dash, which is read as letters. */
void unknown_option_dashes(char **argv, struct fault *fault);

#endif
