/*
 * sandbox_seccomp.c - the kernel calls that a program is refused, as a filter made once and installed in every run.
 *
 * What is not named is let through: the walls are namespaces, Landlock and the user's lack of rights. The list takes away what no test
 * needs and where kernels had their holes, and what would build a second set of walls inside the first.
 */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#else
#define ARCH 0 /* a filter that refuses everything: sandbox_open says so */
#endif

/* Calls that some machines never had. */
#ifndef SYS_iopl
#define SYS_iopl -1
#define SYS_ioperm -1
#define SYS_modify_ldt -1
#define SYS_uselib -1
#define SYS_ustat -1
#define SYS_sysfs -1
#endif
#ifndef SYS_chmod
#define SYS_open -1
#define SYS_creat -1
#define SYS_mknod -1
#define SYS_chmod -1
#define SYS_chown -1
#define SYS_lchown -1
#define SYS_utime -1
#define SYS_utimes -1
#define SYS_futimesat -1
#endif
#ifndef SYS_kexec_file_load
#define SYS_kexec_file_load -1
#endif

struct refusal {
	int call, error;
};

static const struct refusal always[] = {
	/* other views of files */
	{ SYS_mount, EPERM }, { SYS_umount2, EPERM }, { SYS_pivot_root, EPERM }, { SYS_chroot, EPERM }, { NR_open_tree, EPERM },
	{ NR_move_mount, EPERM }, { NR_fsopen, EPERM }, { NR_fsconfig, EPERM }, { NR_fsmount, EPERM }, { NR_fspick, EPERM },
	{ NR_mount_setattr, EPERM }, { NR_open_tree_attr, EPERM }, { SYS_open_by_handle_at, EPERM }, { SYS_fanotify_init, EPERM },
	{ SYS_quotactl, EPERM }, { NR_quotactl_fd, EPERM }, { SYS_swapon, EPERM }, { SYS_swapoff, EPERM }, { SYS_ustat, EPERM },
	{ SYS_sysfs, EPERM }, { SYS_uselib, EPERM },
	/* other namespaces; clone is looked at more closely, and with ENOSYS the C library does without clone3 */
	{ SYS_unshare, EPERM }, { SYS_setns, EPERM }, { NR_clone3, ENOSYS },
	/* other processes' memory and files */
	{ SYS_ptrace, EPERM }, { SYS_process_vm_readv, EPERM }, { SYS_process_vm_writev, EPERM }, { SYS_kcmp, EPERM },
	{ NR_pidfd_getfd, EPERM }, { NR_process_madvise, EPERM }, { SYS_move_pages, EPERM }, { SYS_migrate_pages, EPERM },
	/* the kernel's side doors */
	{ SYS_bpf, EPERM }, { SYS_perf_event_open, EPERM }, { SYS_userfaultfd, EPERM }, { NR_io_uring_setup, ENOSYS },
	{ NR_io_uring_enter, ENOSYS }, { NR_io_uring_register, ENOSYS }, { SYS_add_key, EPERM }, { SYS_request_key, EPERM },
	{ SYS_keyctl, EPERM }, { NR_memfd_secret, ENOSYS }, { SYS_modify_ldt, EPERM }, { SYS_lookup_dcookie, EPERM }, { SYS_nfsservctl, EPERM },
	/* the machine */
	{ SYS_kexec_load, EPERM }, { SYS_kexec_file_load, EPERM }, { SYS_init_module, EPERM }, { SYS_finit_module, EPERM },
	{ SYS_delete_module, EPERM }, { SYS_reboot, EPERM }, { SYS_syslog, EPERM }, { SYS_acct, EPERM }, { SYS_iopl, EPERM },
	{ SYS_ioperm, EPERM }, { SYS_settimeofday, EPERM }, { SYS_clock_settime, EPERM }, { SYS_vhangup, EPERM },
};

/* Its mode is behind a pointer. */
static const struct refusal hidden[] = { { NR_openat2, ENOSYS } };

/* Memory that belongs to no process and no tmpfs of the run: where no control group counts it. */
static const struct refusal uncounted[] = { { SYS_memfd_create, ENOSYS }, { SYS_shmget, ENOSYS } };

/* Without a network namespace there are no sockets but pairs, of whose ends none can be pointed elsewhere; nor what others share without one. */
static const struct refusal wireless[] = { { SYS_socket, EACCES }, { SYS_connect, EACCES }, { SYS_bind, EACCES } };
static const struct refusal shared[] = { { SYS_shmget, ENOSYS }, { SYS_shmat, ENOSYS }, { SYS_semget, ENOSYS }, { SYS_msgget, ENOSYS },
	{ SYS_mq_open, ENOSYS } };

/* What Landlock does not see: a process with its supervisor's user changes no mode, owner, time or attribute by a path. It is told it did. */
static const struct refusal borrowed[] = {
	{ SYS_chmod, 0 }, { SYS_fchmodat, 0 }, { NR_fchmodat2, 0 }, { SYS_chown, 0 }, { SYS_lchown, 0 }, { SYS_fchownat, 0 },
	{ SYS_utime, 0 }, { SYS_utimes, 0 }, { SYS_futimesat, 0 }, { SYS_utimensat, 0 }, { SYS_setxattr, EPERM }, { SYS_lsetxattr, EPERM },
	{ SYS_removexattr, EPERM }, { SYS_lremovexattr, EPERM }, { NR_setxattrat, EPERM }, { NR_removexattrat, EPERM },
};

#define NEW_SPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

enum { REFUSALS_MAX = 120 };

static void add(struct call_filter *f, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
	if (f->n < FILTER_MAX)
		f->code[f->n] = (struct sock_filter){ code, yes, no, k };
	f->n++;
}

static void load(struct call_filter *f, size_t at)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)at, 0, 0);
}

static void give(struct call_filter *f, int error)
{
	add(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error, 0, 0);
}

/* What is refused whatever its arguments, in the order of the calls' numbers. */
struct refusals {
	size_t n;
	struct refusal of[REFUSALS_MAX];
};

static void refuse(struct refusals *all, const struct refusal *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = all->n;

		if (r[i].call < 0)
			continue;
		assert(all->n < REFUSALS_MAX);
		for (; at > 0 && all->of[at - 1].call > r[i].call; at--)
			all->of[at] = all->of[at - 1];
		all->of[at] = r[i];
		all->n++;
	}
}

/* Each call looks at few numbers: the kernel tries the filter on every call there is when it is installed, which is in every run. */
static void tree(struct call_filter *f, const struct refusal *r, size_t n)
{
	size_t half = n / 2, at = f->n;

	if (n <= 3) {
		for (size_t i = 0; i < n; i++) {
			add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r[i].call, 0, 1);
			give(f, r[i].error);
		}
		add(f, BPF_JMP | BPF_JA, 0, 0, 0); /* to the end of the whole tree */
		return;
	}
	add(f, BPF_JMP | BPF_JGE | BPF_K, (uint32_t)r[half].call, 0, 0);
	tree(f, r, half);
	f->code[at].jf = 0;
	f->code[at].jt = (uint8_t)(f->n - at - 1);
	assert(f->n - at - 1 < 256);
	tree(f, r + half, n - half);
}

static void refuse_all(struct call_filter *f, const struct refusals *all)
{
	size_t from = f->n;

	tree(f, all->of, all->n);
	for (size_t i = from; i < f->n && f->n <= FILTER_MAX; i++)
		if (f->code[i].code == (BPF_JMP | BPF_JA))
			f->code[i].k = (uint32_t)(f->n - i - 1);
}

/* The low half of an argument; machines here are little-endian. */
static size_t argument(int i)
{
	return offsetof(struct seccomp_data, args) + 8 * (size_t)i;
}

/* `call` is let through unless its argument `arg` is one of the values. */
static void refuse_values(struct call_filter *f, int call, int arg, const uint32_t *value, size_t n, int error)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, (uint8_t)(n + 3));
	load(f, argument(arg));
	for (size_t i = 0; i < n; i++)
		add(f, BPF_JMP | BPF_JEQ | BPF_K, value[i], (uint8_t)(n - i), 0);
	add(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	give(f, error);
}

/* `call` is let through only if its argument `arg`, masked, is one of the values. */
static void allow_values(struct call_filter *f, int call, int arg, uint32_t mask, const uint32_t *value, size_t n, int error)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, (uint8_t)(n + 4));
	load(f, argument(arg));
	add(f, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
	for (size_t i = 0; i < n; i++)
		add(f, BPF_JMP | BPF_JEQ | BPF_K, value[i], (uint8_t)(n - i), 0);
	give(f, error);
	add(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

/* `call` is let through unless its argument `arg` has one of these bits. */
static void refuse_bits(struct call_filter *f, int call, int arg, uint32_t bits, int error)
{
	if (call < 0)
		return;
	add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4);
	load(f, argument(arg));
	add(f, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
	give(f, error);
	add(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

/* A file that stays, and belongs to the supervisor's user, may not lend that user's rights to whoever executes it. */
static void refuse_lending(struct call_filter *f)
{
	static const struct { int call, arg; } modes[] = { { SYS_chmod, 1 }, { SYS_fchmod, 1 }, { SYS_fchmodat, 2 }, { NR_fchmodat2, 2 }, { SYS_open, 2 },
		{ SYS_openat, 3 }, { SYS_creat, 1 }, { SYS_mknod, 1 }, { SYS_mknodat, 2 } };

	for (size_t i = 0; i < COUNT(modes); i++)
		refuse_bits(f, modes[i].call, modes[i].arg, S_ISUID | S_ISGID, EPERM);
}

bool seccomp_make(struct call_filter *f, const struct call_world *world)
{
	static const uint32_t families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
	static const uint32_t pairs[] = { SOCK_STREAM, SOCK_SEQPACKET };
	static const uint32_t terminal[] = { TIOCSTI, 0x541C /* TIOCLINUX */ };
	static const uint32_t self[] = { 0 };
	/* calls on another process, which may be the supervisor; the argument that names it, 0 being oneself */
	static const struct { int call, arg; } others[] = { { SYS_sched_setaffinity, 0 }, { SYS_sched_setscheduler, 0 },
		{ SYS_sched_setparam, 0 }, { SYS_sched_setattr, 0 }, { SYS_setpriority, 1 }, { SYS_ioprio_set, 1 } };

	struct refusals all = { 0 };

	f->n = 0;
	load(f, offsetof(struct seccomp_data, arch));
	add(f, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	give(f, ENOSYS);
	load(f, offsetof(struct seccomp_data, nr));
	add(f, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1); /* x32's numbers on x86_64 */
	give(f, ENOSYS);
	refuse(&all, always, COUNT(always));
	if (world->keeps)
		refuse(&all, hidden, COUNT(hidden));
	if (!world->counted)
		refuse(&all, uncounted, COUNT(uncounted));
	if (!world->own)
		refuse(&all, shared, COUNT(shared));
	if (!world->wired)
		refuse(&all, wireless, COUNT(wireless));
	if (!world->own_user)
		refuse(&all, borrowed, COUNT(borrowed));
	refuse_all(f, &all);
	/* each of these ends the walk for its call */
	refuse_bits(f, SYS_clone, 0, NEW_SPACES, EPERM);
	if (world->keeps)
		refuse_lending(f);
	refuse_values(f, SYS_ioctl, 1, terminal, 2, EPERM);
	allow_values(f, SYS_prlimit64, 0, ~0u, self, 1, EPERM); /* init has the program's user */
	for (size_t i = 0; !world->own_user && i < COUNT(others); i++)
		allow_values(f, others[i].call, others[i].arg, ~0u, self, 1, EPERM);
	if (world->wired)
		allow_values(f, SYS_socket, 0, ~0u, families, 4, EAFNOSUPPORT); /* vsock, for one, knows no namespaces */
	else
		allow_values(f, SYS_socketpair, 1, 0xf, pairs, 2, EACCES);
	add(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	return ARCH && f->n <= FILTER_MAX;
}

int filter_of(const struct plan *plan)
{
	bool keeps = false;

	for (size_t i = 0; i < plan->n_mounts; i++)
		keeps |= plan->mounts[i].kind == SANDBOX_RW;
	return plan->network | keeps << 1;
}

int seccomp_apply(const struct call_filter *f)
{
	struct sock_fprog prog = { (unsigned short)f->n, (struct sock_filter *)f->code };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}
