/*
 * container.h - what a container's default profile leaves to a process: no namespaces, no mounts, and clone3 as if the kernel had none.
 *
 *	if (!container_enter())		// for good, and for all that is started from here
 *		...
 */
#ifndef QUARRY_TESTS_CONTAINER_H
#define QUARRY_TESTS_CONTAINER_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline bool container_enter(void)
{
	enum { NO = SECCOMP_RET_ERRNO | EPERM, NONE = SECCOMP_RET_ERRNO | ENOSYS, CLONE3 = 435,
		SPACES = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP };
	/* refused without CAP_SYS_ADMIN and the like: mounts (fsopen and its kin from 428 on), namespaces, tracing of the machine, keys, handles */
	static const unsigned refused[] = { SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_bpf, SYS_perf_event_open, SYS_keyctl, SYS_add_key,
		SYS_request_key, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_userfaultfd, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_init_module, SYS_delete_module,
		SYS_kexec_load, SYS_acct, SYS_quotactl, SYS_settimeofday, SYS_clock_settime, SYS_syslog, 425, 426, 427, 428, 429, 430, 431, 432, 433, 442, 443 };
	enum { N = COUNT(refused) };
	struct sock_filter code[2 * N + 10];
	size_t n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < N; i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused[i], 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, NO);
	}
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLONE3, 0, 1);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, NONE);
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, SPACES, 0, 1);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, NO);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
		&& syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &(struct sock_fprog){ (unsigned short)n, code }) == 0;
}

#endif
