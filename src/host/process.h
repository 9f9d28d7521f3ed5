/* Processes and control groups, as /proc and /sys/fs/cgroup show them to this user. */
#ifndef HANDSET_HOST_PROCESS_H
#define HANDSET_HOST_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The process that has the socket of INODE; 0 when none is visible: other users' descriptors are
 * not. */
pid_t process_of_socket(uint64_t inode);

/* Its command's name into NAME, harmless for a terminal; empty when it is gone. */
void process_command(pid_t pid, char *name, size_t size);

/* The systemd unit that it belongs to, else the last part of its control group's path, into NAME;
 * empty: none. */
void process_unit(pid_t pid, char *name, size_t size);

/* The same for the control group with number ID. */
void cgroup_unit(uint64_t id, char *name, size_t size);

#endif
