/*
 * attack.c - a hostile program for test_sandbox.c: `attack NAME [ARG...]` tries one thing and says "tried NAME", so that the test knows
 * that it was run. What succeeds and should not is said as "BREACH what"; limits end it, or it ends with 1 when it was refused more.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool breached;

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	fflush(stdout);
}

/* What must fail. */
static void refused(bool failed, const char *what)
{
	if (!failed)
		say("BREACH %s\n", what);
	breached |= !failed;
}

static const char *arg(char **argv, int i)
{
	return argv[i] ? argv[i] : "";
}

static const char *in_room(const char *path)
{
	static char text[4][400];
	static int turn;
	const char *root = getenv("SANDBOX_ROOT");

	turn = (turn + 1) % 4;
	snprintf(text[turn], sizeof(text[0]), "%s%s", root ? root : "", path);
	return text[turn];
}

/* ---- too much of everything ---- */

static int forks(char **argv)
{
	int n = 0;

	(void)argv;
	for (pid_t pid; n < 2000 && (pid = fork()) >= 0; n++)
		if (pid == 0)
			for (;;)
				pause();
	say("tried forks: %d, then %s\n", n, strerror(errno));
	return 1;
}

static int bomb(char **argv)
{
	(void)argv;
	say("tried bomb\n");
	for (;;)
		fork();
	return 0;
}

static int disk(char **argv)
{
	static char block[1 << 16];
	char name[500];
	long blocks = 0;
	int error = 0;

	say("tried disk\n");
	signal(SIGXFSZ, SIG_IGN);
	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 4000 && !error; i++) {
		int fd;

		snprintf(name, sizeof(name), "%s/%d", arg(argv, 0), i);
		fd = open(name, O_CREAT | O_WRONLY, 0600);
		for (int k = 0; k < 16 && !error; k++, blocks++)
			if (fd < 0 || write(fd, block, sizeof(block)) != sizeof(block))
				error = errno;
		close(fd);
	}
	say("%ld KiB, then %s\n", blocks * 64, strerror(error));
	return 1;
}

static int big_file(char **argv)
{
	static char block[1 << 16];
	int fd = open(arg(argv, 0), O_CREAT | O_WRONLY, 0600);

	say("tried big_file\n");
	while (write(fd, block, sizeof(block)) > 0)
		;
	return 1;
}

static int inodes(char **argv)
{
	char name[500];
	int n = 0, fd = 0;

	say("tried inodes\n");
	for (; n < 200000 && fd >= 0; n++) {
		snprintf(name, sizeof(name), "%s/%d", arg(argv, 0), n);
		fd = open(name, O_CREAT | O_WRONLY, 0600);
		if (fd >= 0)
			close(fd);
	}
	say("%d, then %s\n", n, strerror(errno));
	return 1;
}

static int output(char **argv)
{
	static char block[1 << 16];

	say("tried output\n");
	memset(block, 'x', sizeof(block));
	while (write(atoi(arg(argv, 0)), block, sizeof(block)) > 0)
		;
	return 1;
}

/* MiB by MiB, in ways that count differently. */
static int memory(char **argv)
{
	const char *kind = arg(argv, 0);
	enum { STEP = 8 << 20 };
	int n = 0;

	say("tried memory %s\n", kind);
	for (; n < 400; n++) {
		char *at = NULL;

		if (strcmp(kind, "own") == 0) {
			at = malloc(STEP);
		} else if (strcmp(kind, "shared") == 0) {
			at = mmap(NULL, STEP, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		} else if (strcmp(kind, "memfd") == 0) {
			int fd = (int)syscall(SYS_memfd_create, "x", 0);

			at = fd < 0 || ftruncate(fd, STEP) < 0 ? MAP_FAILED : mmap(NULL, STEP, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
			if (at != MAP_FAILED) {
				memset(at, 1, STEP);
				munmap(at, STEP); /* in no process's memory any more */
				continue;
			}
		} else {
			int id = (int)syscall(SYS_shmget, 0, (size_t)STEP, 0600 | 01000);
			long where = id < 0 ? -1 : syscall(SYS_shmat, id, NULL, 0);

			at = where == -1 ? NULL : (char *)where;
		}
		if (!at || at == MAP_FAILED)
			break;
		memset(at, 1, STEP);
		usleep(3000); /* where nobody but a sampler counts, let it */
	}
	say("refused after %d MiB: %s\n", n * 8, strerror(errno));
	return 1;
}

static int forever(char **argv)
{
	if (argv)
		say("tried forever\n");
	for (int i = 1; i < 32; i++)
		signal(i, SIG_IGN);
	for (;;)
		pause();
	return 0;
}

static int burn(char **argv)
{
	(void)argv;
	say("tried burn\n");
	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			for (volatile unsigned x = 0;; x++)
				;
	return forever(NULL);
}

/* Nobody waits for these: their time is in no parent's account. */
static int unseen(char **argv)
{
	(void)argv;
	say("tried unseen\n");
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		if (fork() == 0) {
			while (clock() < CLOCKS_PER_SEC / 25)
				;
			_exit(0);
		}
		usleep(1000);
		while (waitpid(-1, NULL, 0) > 0)
			;
	}
}

static int core(char **argv)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	(void)argv;
	refused(setrlimit(RLIMIT_CORE, &all) < 0, "core limit raised");
	say("tried core\n");
	abort();
}

/* ---- what stays behind ---- */

static int daemon_left(char **argv)
{
	const char *beat = arg(argv, 0);
	struct stat st;

	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			for (int i = 1; i < 32; i++)
				signal(i, SIG_IGN);
			for (;;) { /* stdout and the channel stay open here */
				int fd = open(beat, O_CREAT | O_APPEND | O_WRONLY, 0666);

				if (write(fd, "x", 1) < 0)
					_exit(1);
				close(fd);
				usleep(2000);
			}
		}
		_exit(0);
	}
	for (int i = 0; i < 5000 && (stat(beat, &st) < 0 || st.st_size == 0); i++)
		usleep(1000);
	say("tried daemon\n");
	return 0;
}

static int links(char **argv)
{
	int dir;
	char path[500];

	chdir(arg(argv, 0));
	refused(link(arg(argv, 1), "hard") < 0, "hard link to a file outside");
	symlink(arg(argv, 1), "soft");
	symlink(arg(argv, 2), "soft_dir");
	symlink("soft_dir", "a");
	mkfifo("fifo", 0600);
	mkdir("closed", 0700);
	snprintf(path, sizeof(path), "closed/inner");
	mkdir(path, 0700);
	chmod(path, 0);
	chmod("closed", 0);
	dir = open(".", O_PATH | O_DIRECTORY);
	for (int i = 0; i < 400 && dir >= 0; i++) {
		int next;

		mkdirat(dir, "deeper", 0700);
		next = openat(dir, "deeper", O_PATH | O_DIRECTORY);
		close(dir);
		dir = next;
	}
	say("tried links\n");
	return 0;
}

/* ---- others ---- */

static int kills(char **argv)
{
	pid_t supervisor = atoi(arg(argv, 0)), parent = getppid();

	refused(kill(supervisor, SIGKILL) < 0, "kill of the supervisor");
	refused(parent <= 1 || kill(parent, SIGKILL) < 0, "kill of init");
	if (kill(1, SIGKILL) == 0 && getppid() != 1) /* without effect where 1 is our init */
		refused(false, "kill of process 1");
	refused(syscall(SYS_tgkill, supervisor, supervisor, SIGKILL) < 0, "tgkill of the supervisor");
	refused(kill(-supervisor, SIGKILL) < 0, "kill of the supervisor's group");
	kill(-1, SIGKILL);
	say("tried kills\n");
	return breached;
}

static int trace(char **argv)
{
	pid_t others[] = { atoi(arg(argv, 0)), getppid(), 1 };
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)(uintptr_t)&byte, 1 };

	refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0, "ptrace of oneself");
	for (int i = 0; i < 3; i++) {
		int fd = (int)syscall(SYS_pidfd_open, others[i], 0);

		refused(others[i] <= 0 || ptrace(PTRACE_ATTACH, others[i], NULL, NULL) < 0, "ptrace");
		refused(others[i] <= 0 || ptrace(PTRACE_SEIZE, others[i], NULL, NULL) < 0, "ptrace seize");
		refused(others[i] <= 0 || syscall(SYS_process_vm_readv, others[i], &here, 1, &there, 1, 0) < 0, "process_vm_readv");
		refused(fd < 0 || syscall(SYS_pidfd_getfd, fd, 0, 0) < 0, "pidfd_getfd");
		refused(fd < 0 || syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) < 0 || others[i] == 1 || others[i] == getppid(), "pidfd_send_signal");
	}
	say("tried trace\n");
	return breached;
}

static bool reads(const char *path)
{
	char c;
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	bool got = fd >= 0 && read(fd, &c, 1) > 0;

	if (fd >= 0)
		close(fd);
	return got;
}

static bool writes(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK);
	bool put = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		close(fd);
	return put;
}

/* A file of the supervisor's, by its name and by every other way to it. */
static int files(char **argv)
{
	static const char *const ways[] = { "%s", "/proc/1/root%s", "/proc/self/root/..%s", "/.host%s", "/../..%s", "/proc/1/cwd/../../../..%s" };
	const char *secret = arg(argv, 0), *pid = arg(argv, 1);
	char path[600];

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		snprintf(path, sizeof(path), "%s", ways[i]);
		snprintf(strstr(path, "%s"), 500, "%s", secret);
		refused(!reads(path), path);
		refused(!writes(path, "x"), path);
		refused(truncate(path, 0) < 0, "truncate");
		refused(unlink(path) < 0, "unlink");
		refused(rename(path, in_room("/tmp/mine")) < 0, "rename");
	}
	snprintf(path, sizeof(path), "/proc/%s/root%s", pid, secret);
	refused(!reads(path), path);
	for (const char *const *p = (const char *const[]){ "mem", "environ", "maps", "fd/0", "cwd/x", "syscall", "stack", NULL }; *p; p++) {
		snprintf(path, sizeof(path), "/proc/%s/%s", pid, *p);
		refused(!reads(path), path);
		snprintf(path, sizeof(path), "/proc/1/%s", *p);
		refused(!reads(path), path);
	}
	/* where it has the supervisor's user these may claim to have worked: the test looks */
	chmod(secret, 0777);
	chown(secret, 1, 1);
	utimensat(AT_FDCWD, secret, NULL, 0);
	say("tried files\n");
	return breached;
}

static int proc(char **argv)
{
	static const char *const paths[] = { "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/vm/drop_caches",
		"/proc/sys/kernel/shmmax", "/proc/sysrq-trigger", "/proc/self/uid_map", "/proc/self/gid_map", "/proc/self/setgroups", "/proc/1/oom_score_adj",
		"/proc/1/comm", "/proc/self/loginuid", "/proc/irq/0/smp_affinity", "/sys/power/state", "/sys/fs/cgroup/cgroup.procs" };
	static const char *const secrets[] = { "/proc/kcore", "/proc/1/environ", "/proc/1/maps", "/proc/1/mem", "/proc/1/auxv", "/proc/kmsg", "/proc/vmallocinfo" };

	(void)argv;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		refused(!writes(paths[i], "0\n"), paths[i]);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		refused(!reads(secrets[i]), secrets[i]);
	say("tried proc\n");
	return breached;
}

static int fds(char **argv)
{
	struct stat st;

	(void)argv;
	for (int fd = 4; fd < 1024; fd++)
		refused(fcntl(fd, F_GETFD) < 0, "an fd of others");
	refused(fstat(3, &st) == 0 && S_ISSOCK(st.st_mode), "fd 3 is no socket");
	refused(open("/proc/self/fd/3", O_RDONLY | O_NONBLOCK) < 0 && open("/dev/fd/3", O_RDWR | O_NONBLOCK) < 0, "the channel's other end was opened");
	refused(recv(3, &st, 1, MSG_DONTWAIT) < 0, "something was read from the channel");
	refused(!isatty(0) && !reads("/dev/tty"), "a terminal");
	say("tried fds\n");
	return breached;
}

/* ---- the kernel ---- */

static int calls(char **argv)
{
	static char room[4096];
	int n = 0;

#define TRY(name, ...) (n++, errno = 0, refused(syscall(__VA_ARGS__) < 0 && (errno == EPERM || errno == ENOSYS), name))
	(void)argv;
	TRY("mount", SYS_mount, "none", "/tmp", "tmpfs", 0, NULL);
	TRY("bind", SYS_mount, "/", "/tmp", NULL, MS_BIND, NULL);
	TRY("remount", SYS_mount, NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL);
	TRY("umount", SYS_umount2, "/tmp", 0);
	TRY("pivot_root", SYS_pivot_root, "/tmp", "/tmp");
	TRY("chroot", SYS_chroot, "/tmp");
	TRY("open_tree", 428, -100, "/", 1);
	TRY("move_mount", 429, -1, "", -1, "", 0);
	TRY("fsopen", 430, "tmpfs", 0);
	TRY("fsmount", 432, -1, 0, 0);
	TRY("fspick", 433, -100, "/", 0);
	TRY("mount_setattr", 442, -100, "/", 0, room, 32);
	TRY("unshare user", SYS_unshare, CLONE_NEWUSER);
	TRY("unshare all", SYS_unshare, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID);
	TRY("setns", SYS_setns, 0, 0);
	TRY("clone user", SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
	TRY("clone mount", SYS_clone, CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
	TRY("clone3", 435, room, 64);
	TRY("ptrace", SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
	TRY("bpf", SYS_bpf, 0, room, 64);
	TRY("perf_event_open", SYS_perf_event_open, room, 0, -1, -1, 0);
	TRY("userfaultfd", SYS_userfaultfd, 0);
	TRY("io_uring_setup", 425, 4, room);
	TRY("io_uring_enter", 426, 0, 0, 0, 0, NULL, 0);
	TRY("io_uring_register", 427, 0, 0, NULL, 0);
	TRY("add_key", SYS_add_key, "user", "x", "x", 1, -3);
	TRY("keyctl", SYS_keyctl, 0, -3, 1);
	TRY("request_key", SYS_request_key, "user", "x", NULL, 0);
	TRY("open_by_handle_at", SYS_open_by_handle_at, -100, room, 0);
	TRY("kexec_load", SYS_kexec_load, 0, 0, NULL, 0);
	TRY("init_module", SYS_init_module, room, 1, "");
	TRY("delete_module", SYS_delete_module, "x", 0);
	TRY("reboot", SYS_reboot, 0xfee1dead, 672274793, 0x1234567, NULL);
	TRY("syslog", SYS_syslog, 3, room, 100);
	TRY("acct", SYS_acct, NULL);
	TRY("swapon", SYS_swapon, "/tmp/x", 0);
	TRY("quotactl", SYS_quotactl, 0, NULL, 0, NULL);
	TRY("settimeofday", SYS_settimeofday, room, NULL);
	TRY("process_vm_writev", SYS_process_vm_writev, 1, NULL, 0, NULL, 0, 0);
	TRY("pidfd_getfd", 438, 0, 0, 0);
#if defined(__x86_64__)
	TRY("iopl", SYS_iopl, 3);
	TRY("x32", 0x40000000 | 39);
	{
		int got;

		/* the calls of another architecture have other numbers: 20 is getpid there */
		__asm__ volatile("int $0x80" : "=a"(got) : "a"(20) : "memory");
		refused(got < 0, "i386");
	}
#endif
	refused(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "new privileges");
	refused(prctl(PR_CAPBSET_READ, 21 /* CAP_SYS_ADMIN */, 0, 0, 0) == 0 || getuid() == geteuid(), "capabilities to be had");
	say("tried calls: %d\n", n);
	return breached;
}

static int limits(char **argv)
{
	static const int kinds[] = { RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_CORE, RLIMIT_MEMLOCK };
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY }, none = { 0, 0 };
	pid_t supervisor = atoi(arg(argv, 0));

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		refused(setrlimit(kinds[i], &all) < 0, "a limit raised");
	refused(prlimit(supervisor, RLIMIT_NOFILE, &none, NULL) < 0, "a limit of the supervisor");
	refused(prlimit(getppid() > 1 ? getppid() : 1, RLIMIT_NOFILE, &none, NULL) < 0, "a limit of init");
	refused(setpriority(PRIO_PROCESS, 0, -20) < 0, "a better priority");
	refused(setpriority(PRIO_PROCESS, (id_t)supervisor, 19) < 0, "the supervisor's priority");
	refused(sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ 1 }) < 0, "real time");
	refused(setuid(0) < 0 || geteuid() != 0, "user 0");
	refused(seteuid(getuid() + 1) < 0, "another user");
	refused(setgid(0) < 0, "group 0");
	say("tried limits\n");
	return breached;
}

static int devices(char **argv)
{
	static const char *const paths[] = { "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/fuse", "/dev/net/tun", "/dev/kvm", "/dev/loop-control" };

	(void)argv;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		refused(open(paths[i], O_RDWR) < 0 && open(paths[i], O_RDONLY) < 0, paths[i]);
	refused(mknod(in_room("/tmp/mem"), S_IFCHR | 0600, 0x101) < 0, "mknod of a device");
	say("tried devices\n");
	return breached;
}

static int terminal(char **argv)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	(void)argv;
	if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0) {
		slave = open(ptsname(master), O_RDWR);
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		refused(ioctl(slave, TIOCSTI, "x") < 0, "TIOCSTI");
	}
	refused(ioctl(0, TIOCSTI, "x") < 0, "TIOCSTI of stdin");
	say("tried terminal\n");
	return breached;
}

/* ---- the network ---- */

static bool reaches(int family, int type, const void *address, socklen_t n)
{
	const struct timeval soon = { 0, 300000 };
	int s = socket(family, type, 0);
	bool got = s >= 0 && setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof(soon)) == 0 && connect(s, address, n) == 0;

	if (s >= 0 && !got && errno == EINPROGRESS)
		got = true; /* nobody said no: it is on its way out of here */
	if (got)
		(void)!write(s, "x", 1);
	return got;
}

static int network(char **argv)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arg(argv, 0))) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	static const uint32_t hosts[] = { 0x7f000001, 0x08080808, 0xa9fea9fe };
	int pair[2], s;

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		in.sin_addr.s_addr = htonl(hosts[i]);
		refused(!reaches(AF_INET, SOCK_STREAM, &in, sizeof(in)), "tcp");
		if (reaches(AF_INET, SOCK_DGRAM, &in, sizeof(in)))
			refused(i == 0, "udp"); /* the port of a loopback of our own: the test looks whether anything came */
	}
	snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "%s", arg(argv, 1));
	refused(!reaches(AF_UNIX, SOCK_STREAM, &un, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(arg(argv, 1)))), "abstract socket");
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", arg(argv, 2));
	refused(!reaches(AF_UNIX, SOCK_STREAM, &un, sizeof(un)), "socket in the file system");
	refused(socket(AF_INET, SOCK_RAW, 1) < 0, "raw socket");
	refused(socket(17 /* AF_PACKET */, SOCK_RAW, 0) < 0, "packet socket");
	refused(socket(40 /* AF_VSOCK */, SOCK_STREAM, 0) < 0, "vsock");
	refused(socket(38 /* AF_ALG */, SOCK_SEQPACKET, 0) < 0, "kernel crypto");
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0) {
		refused(connect(pair[0], (struct sockaddr *)&un, sizeof(un)) < 0, "a pair's end elsewhere");
		refused(sendto(pair[0], "x", 1, 0, (struct sockaddr *)&un, sizeof(un)) < 0, "a datagram elsewhere");
	}
	s = socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	refused(s == 0, "no socketpair, which programs need");
	say("tried network\n");
	return breached;
}

/* Not an attack: what a test may want. */
static int loopback(char **argv)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(in);
	int s = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0);

	(void)argv;
	refused(bind(s, (struct sockaddr *)&in, n) == 0 && listen(s, 1) == 0 && getsockname(s, (struct sockaddr *)&in, &n) == 0
		&& connect(c, (struct sockaddr *)&in, n) == 0, "no loopback");
	say("tried loopback\n");
	return breached;
}

/* ---- files that are to stay ---- */

static int moves(char **argv)
{
	(void)argv;
	refused(rename("/repo/tests", "/repo/x") < 0, "the read-only mount moved");
	refused(rename("/repo", "/r") < 0, "the directory above it moved");
	refused(rmdir("/repo/tests") < 0, "the mount point removed");
	refused(unlink("/repo/tests/t") < 0, "a file of it removed");
	refused(open("/repo/tests/new", O_CREAT | O_WRONLY, 0600) < 0, "a file added");
	refused(!writes("/repo/tests/t", "x"), "a file written");
	refused(symlink("/tmp", "/repo/tests/l") < 0, "a link added");
	refused(mkdir("/tests", 0700) < 0, "a directory at the root");
	say("tried moves\n");
	return breached;
}

static bool lends(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 || st.st_mode & 06000;
}

/* A file that stays after the run: it may not lend its owner's rights. */
static int lend(char **argv)
{
	char path[500];
	int fd;

	snprintf(path, sizeof(path), "%s/lent", arg(argv, 0));
	fd = open(path, O_CREAT | O_WRONLY, 04755);
	refused(fd < 0, "a new file that lends its user");
	fd = open(path, O_CREAT | O_WRONLY, 0755);
	refused(fd >= 0, "no new file");
	refused(fchmod(fd, 04755) < 0, "fchmod");
	refused(fchmod(fd, 02755) < 0, "fchmod of the group");
	refused(fchmodat(AT_FDCWD, path, 06755, 0) < 0 || !lends(path), "fchmodat");
	refused(chmod(path, 04755) < 0 || !lends(path), "chmod");
	refused(syscall(452 /* fchmodat2 */, AT_FDCWD, path, 04755, 0) < 0 || !lends(path), "fchmodat2");
	refused(syscall(437 /* openat2 */, AT_FDCWD, path, (uint64_t[]){ O_CREAT | O_WRONLY, 04755, 0 }, 24) < 0, "openat2");
	refused(mknod(path, S_IFREG | 04755, 0) < 0, "mknod");
	refused(fchmod(fd, 0700) == 0, "no fchmod at all");
	say("tried lend\n");
	return breached;
}

static int ipc(char **argv)
{
	refused(syscall(SYS_shmget, atoi(arg(argv, 0)), (size_t)0, 0) < 0, "a segment of the host");
	say("tried ipc\n");
	return breached;
}

static const struct { const char *name; int (*run)(char **argv); } attacks[] = {
	{ "big_file", big_file }, { "bomb", bomb }, { "burn", burn }, { "calls", calls }, { "core", core }, { "daemon", daemon_left },
	{ "devices", devices }, { "disk", disk }, { "fds", fds }, { "files", files }, { "forever", forever }, { "forks", forks }, { "inodes", inodes },
	{ "ipc", ipc }, { "kills", kills }, { "lend", lend }, { "limits", limits }, { "links", links }, { "loopback", loopback }, { "memory", memory },
	{ "moves", moves }, { "network", network }, { "output", output }, { "proc", proc }, { "terminal", terminal }, { "trace", trace },
	{ "unseen", unseen },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(attacks) / sizeof(*attacks); i++)
		if (strcmp(argv[1], attacks[i].name) == 0)
			return attacks[i].run(argv + 2);
	return 2;
}
