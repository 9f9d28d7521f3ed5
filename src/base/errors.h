/* Errors of the kernel by name and in words.  The words are those of glibc, which strace(1) prints
 * too, whatever C library this is linked with: others have words of their own.  Pure. */
#ifndef HANDSET_BASE_ERRORS_H
#define HANDSET_BASE_ERRORS_H

/* Returns the name of ERR ("ECONNREFUSED"), or NULL when it has none. */
const char *errno_name(int err);

/* Returns what ERR means ("Connection refused"), as strerror(3) does; "Unknown error" when nobody
 * knows. */
const char *errno_words(int err);

#endif
