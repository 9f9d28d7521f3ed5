/* The kernel's own headers about addresses and sockets, and what those of Linux 5.4 lack.  They are
 * included here alone: old ones want sa_family_t or struct timespec to be known before, and
 * <linux/in.h> and <linux/tcp.h> go with <netinet/in.h> in this order only, with <netinet/tcp.h> in
 * none.  What the running kernel knows is another question: the calls say it. */
#ifndef HANDSET_BASE_KERNEL_H
#define HANDSET_BASE_KERNEL_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#include <linux/errqueue.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tcp.h>
#include <linux/vm_sockets.h>

#ifndef SOL_TCP
#define SOL_TCP IPPROTO_TCP
#endif
#ifndef IPPROTO_MPTCP /* Linux 5.6; an enumerator there, and the same word as a macro */
#define IPPROTO_MPTCP 262
#endif
#ifndef VMADDR_CID_LOCAL /* Linux 5.6 */
#define VMADDR_CID_LOCAL 1
#endif
#ifndef RWF_NOWAIT /* <linux/fs.h> has them, and much that goes with no other header */
#define RWF_HIPRI 0x01
#define RWF_DSYNC 0x02
#define RWF_SYNC 0x04
#define RWF_NOWAIT 0x08
#define RWF_APPEND 0x10
#endif
#ifndef SYS_pidfd_open /* Linux 5.3 */
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range /* Linux 5.9 */
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_CLOEXEC /* Linux 5.11, in <linux/close_range.h> */
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

/* Where struct sockaddr_vm has svm_flags since Linux 5.11, and what is there. */
#define VSOCK_FLAGS_OFFSET 12
#define VSOCK_FLAG_TO_HOST 1

#endif
