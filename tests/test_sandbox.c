/* test_sandbox.c - runs in the sandbox as root and as an ordinary user: what they see, and how their ends are told apart. */
#include "repos/sandbox.h"
#include "repos/sandbox_cgroup.h"
#include "tests/check.h"
#include "tests/container.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sandbox *box;
static struct err err;
static char dir[64]; /* of the host, for mounts */

static const char *host(const char *name)
{
	static char path[16][128];
	static int turn;

	turn = (turn + 1) % 16;
	snprintf(path[turn], sizeof(path[0]), "%s/%s", dir, name);
	return path[turn];
}

static void host_write(const char *name, const char *text)
{
	FILE *f = fopen(host(name), "w");

	if (CHECK(f != NULL)) {
		fputs(text, f);
		fclose(f);
	}
}

static bool host_is(const char *name, const char *text)
{
	char got[256] = "";
	FILE *f = fopen(host(name), "r");

	if (!f)
		return false;
	got[fread(got, 1, sizeof(got) - 1, f)] = 0;
	fclose(f);
	return strcmp(got, text) == 0;
}

/* The script with these mounts and limits; the outcome is the caller's until the next run. */
static struct sandbox_outcome *run_with(const char *script, struct sandbox_run run)
{
	static struct sandbox_outcome out;
	const char *argv[] = { "/bin/sh", "-c", script, NULL };

	run.argv = run.argv ? run.argv : argv;
	if (run.limits.wall_s == 0)
		run.limits = SANDBOX_LIMITS;
	err = ERR_INIT;
	check_in("%.150s", script);
	if (!CHECK(sandbox_run(box, &run, &out, &err) == 0))
		printf("  %s\n", err.msg);
	return &out;
}

static struct sandbox_outcome *run_sh(const char *script)
{
	return run_with(script, (struct sandbox_run){ 0 });
}

static bool ended(const struct sandbox_outcome *out, enum sandbox_end end, int code)
{
	if (out->end == end && out->code == code)
		return true;
	printf("  it ended %s %d and said: %.300s\n", sandbox_end_name(out->end), out->code, buf_z(&out->out));
	return false;
}

static bool says(const struct sandbox_outcome *out, const char *text)
{
	if (str_is(buf_str(&out->out), text))
		return true;
	printf("  it said: %.1000s\n", buf_z(&out->out));
	return false;
}

/* ---- what a program sees ---- */

static void test_view(void)
{
	CHECK(says(run_sh("id -u; id -g; id -un; hostname; pwd; echo $HOME $TZ; echo $$"),
		"1000\n1000\nsandbox\nsandbox\n/\n/tmp/home UTC\n2\n"));
	CHECK(says(run_sh("grep -E 'Cap(Prm|Eff|Bnd|Amb)|NoNew' /proc/self/status | tr -d '\\t\\n'"),
		"CapPrm:0000000000000000CapEff:0000000000000000CapBnd:0000000000000000CapAmb:0000000000000000NoNewPrivs:1"));
	CHECK(says(run_sh("ls -a / | grep -vxE 'bin|dev|etc|lib|lib32|lib64|libx32|proc|sbin|tmp|usr|[.]+';"
		"ls -d /home /root /var /sys /.host /.new 2>/dev/null; echo ok"), "ok\n"));
	CHECK(says(run_sh("for d in / /usr /etc /dev /proc /usr/bin; do touch 2>/dev/null $d/x && echo $d; done;"
		"touch /tmp/x $HOME/x /dev/shm/x && echo ok"), "ok\n"));
	CHECK(says(run_sh("ls /proc/self/fd | tr '\\n' ' '; env | grep -c ."), "0 1 2 3 4 14\n")); /* 4: of ls itself */
}

static void test_ends(void)
{
	CHECK(ended(run_sh("exit 7"), SANDBOX_EXITED, 7));
	CHECK(ended(run_sh("kill -SEGV $$"), SANDBOX_SIGNALED, 11));
	CHECK(ended(run_sh("kill -KILL $$"), SANDBOX_SIGNALED, 9));
	CHECK(ended(run_with("sleep 100", (struct sandbox_run){ .limits = { .wall_s = 0.3, .cpu_s = 5, .memory = 1 << 28, .tmp = 1 << 20, .inodes = 100,
		.file = 1 << 20, .output = 1000, .channel = 1000, .processes = 50 } }), SANDBOX_WALL, 0));
	CHECK(sandbox_run(box, &(struct sandbox_run){ .argv = (const char *[]){ "/no/such", NULL }, .limits = SANDBOX_LIMITS },
		&(struct sandbox_outcome){ 0 }, &err) < 0);
	CHECK(strstr(err.msg, "/no/such") != NULL);
}

static void test_channels(void)
{
	struct sandbox_outcome *out = run_with("cat <&4 >&3; echo out; echo err >&2", (struct sandbox_run){ .input = STR("asked") });

	CHECK(ended(out, SANDBOX_EXITED, 0) && says(out, "out\nerr\n"));
	CHECK_STR(buf_str(&out->channel), "asked");
	/* megabytes both ways, more than any pipe holds */
	char *big = malloc(3000000);
	memset(big, 'x', 3000000);
	out = run_with("cat <&4 >&3", (struct sandbox_run){ .input = { big, 3000000 } });
	CHECK_EQ(out->channel.n, 3000000);
	/* and input that nobody reads */
	CHECK(ended(run_with("exit 3", (struct sandbox_run){ .input = { big, 3000000 } }), SANDBOX_EXITED, 3));
	free(big);
	/* in the narrow tier places are elsewhere */
	CHECK(says(run_with("echo $A $TZ $0; pwd | sed \"s,^$SANDBOX_ROOT,,\"",
		(struct sandbox_run){ .env = (const char *[]){ "A=b", "TZ=X", NULL }, .cwd = "/tmp" }), "b X /bin/sh\n/tmp\n"));
}

static void test_mounts(void)
{
	char *ro = strdup(host("ro")), *over = strdup(host("over")), *rw = strdup(host("rw")), *file = strdup(host("ro/f"));
	struct sandbox_mount mounts[] = {
		{ SANDBOX_RO, ro, "/a/ro" }, { SANDBOX_OVERLAY, over, "/repo" }, { SANDBOX_TMPFS, NULL, "/a/tmp", 1 << 20, 20 },
		{ SANDBOX_RW, rw, "/out" }, { SANDBOX_TEXT, NULL, "/a/text", .text = STR("words\n") }, { SANDBOX_RO, file, "/one" },
	};
	struct sandbox_run run = { .mounts = mounts, .n_mounts = 6, .cwd = "/repo" };

	mkdir(host("ro"), 0700);
	mkdir(host("over"), 0700);
	mkdir(host("over/d"), 0755);
	mkdir(host("rw"), 0755);
	host_write("ro/f", "ro\n");
	host_write("over/f", "below\n");
	host_write("over/d/g", "below\n");
	chmod(host("over/f"), 0644);
	CHECK(says(run_with("cat /a/ro/f /a/text /one f; touch /a/ro/f /a/x 2>/dev/null; rm -f /a/text 2>/dev/null; cat /a/text; stat -c %u f d/g /a/ro/f", run),
		"ro\nwords\nro\nbelow\nwords\n1000\n1000\n1000\n"));
	CHECK(ended(run_with("set -e; echo above >f; rm d/g; rmdir d; mkdir d; echo n >d/n; mv d e; ls e; cat f; chmod 600 f; ln f h; mkdir -p x/y", run),
		SANDBOX_EXITED, 0));
	CHECK(host_is("over/f", "below\n") && host_is("over/d/g", "below\n"));
	CHECK(says(run_with("cat f d/g", run), "below\nbelow\n"));
	CHECK(ended(run_with("echo made >/out/new; mkdir /out/d && echo deep >/out/d/e", run), SANDBOX_EXITED, 0));
	CHECK(host_is("rw/new", "made\n") && host_is("rw/d/e", "deep\n"));
	CHECK(ended(run_with("set -e; i=0; while [ $i -lt 30 ]; do touch /a/tmp/$i; i=$((i+1)); done", run), SANDBOX_DISK, 1));
	CHECK(ended(run_with("head -c 2000000 /dev/zero >/a/tmp/f", run), SANDBOX_DISK, 1));
	free(ro);
	free(over);
	free(rw);
	free(file);
}

/* ---- attacks ---- */

/* Where an attack may lead: a set of ends, and the exit code if it may exit. */
enum { EXIT = 1 << SANDBOX_EXITED, SIGNAL = 1 << SANDBOX_SIGNALED, CPU = 1 << SANDBOX_CPU, WALL = 1 << SANDBOX_WALL, OOM = 1 << SANDBOX_OOM,
	PIDS = 1 << SANDBOX_PIDS, DISK = 1 << SANDBOX_DISK, OUTPUT = 1 << SANDBOX_OUTPUT };

static const struct sandbox_limits small = { .wall_s = 6, .cpu_s = 1, .memory = 96 << 20, .tmp = 24 << 20, .inodes = 300, .file = 16 << 20,
	.output = 1 << 20, .channel = 1 << 20, .processes = 40 };

static bool narrow, counted;
static char *program; /* attack.c, on the host */

/* attack NAME ARG...: it ends in one of these ways, and was there. */
static struct sandbox_outcome *attack(unsigned ends, int code, struct sandbox_run run, const char *name, ...)
{
	const char *argv[8] = { "/t/attack", name };
	struct sandbox_mount mounts[8] = { { SANDBOX_RO, program, "/t/attack" } };
	struct sandbox_outcome *out;
	char tried[64];
	va_list ap;
	int n = 2;

	va_start(ap, name);
	while (n < 7 && (argv[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	if (run.n_mounts)
		memcpy(mounts + 1, run.mounts, run.n_mounts * sizeof(*mounts));
	run.mounts = mounts;
	run.n_mounts++;
	run.argv = argv;
	if (run.limits.wall_s == 0)
		run.limits = small;
	out = run_with(name, run);
	check_in("%s %s as %s in the %s tier", name, argv[2] ? argv[2] : "", geteuid() ? "user" : "root", narrow ? "narrow" : "full");
	snprintf(tried, sizeof(tried), "tried %s", name);
	if (!CHECK(ends >> out->end & 1) || !CHECK(out->end != SANDBOX_EXITED || out->code == code) || !CHECK(out->out.n && strstr(out->out.s, tried))
			|| !CHECK(!out->out.n || !strstr(out->out.s, "BREACH")))
		printf("  it ended %s %d after %.1f s, %.1f s of CPU and said: %.600s\n", sandbox_end_name(out->end), out->code, (double)out->wall_us / 1e6,
			(double)out->cpu_us / 1e6, buf_z(&out->out));
	return out;
}

static struct sandbox_run with(struct sandbox_limits limits)
{
	return (struct sandbox_run){ .limits = limits };
}

static void test_limits(void)
{
	struct sandbox_limits limits;
	struct sandbox_outcome *out;

	attack(PIDS, 0, with(small), "forks", NULL);
	attack(CPU | WALL | PIDS | OOM, 0, with(small), "bomb", NULL);
	limits = small;
	limits.memory = 256 << 20;
	attack(DISK, 0, with(limits), "disk", "/tmp", NULL);
	attack(DISK, 0, with(limits), "big_file", "/tmp/f", NULL);
	limits.tmp = 256 << 20; /* as root each file costs a page of a control group */
	attack(DISK, 0, with(limits), "inodes", "/tmp", NULL);
	if (!narrow) {
		limits.tmp = 512 << 20;
		limits.memory = 32 << 20;
		if (counted) /* pages of a tmpfs are memory */
			attack(OOM, 0, with(limits), "disk", "/dev/shm", NULL);
	}
	out = attack(OUTPUT, 0, with(small), "output", "1", NULL);
	CHECK_EQ(out->out.n, small.output);
	out = attack(OUTPUT, 0, with(small), "output", "3", NULL);
	CHECK_EQ(out->channel.n, small.channel);
	limits = small;
	limits.cpu_s = 4;
	attack(counted ? OOM : OOM | EXIT, 1, with(limits), "memory", "own", NULL);
	attack(OOM, 1, with(limits), "memory", "shared", NULL);
	attack(counted ? OOM : EXIT, 1, with(limits), "memory", "memfd", NULL);
	attack(counted && !narrow ? OOM : EXIT, 1, with(limits), "memory", "segment", NULL);
	limits = small;
	limits.wall_s = 60; /* on a busy machine a second of CPU may take long */
	out = attack(CPU, 0, with(limits), "burn", NULL);
	if (!CHECK(out->cpu_us >= 1000000 && out->cpu_us < (counted ? 1500000 : 3000000)))
		printf("  it had %.3f s\n", (double)out->cpu_us / 1e6);
	if (counted)
		attack(CPU, 0, with(limits), "unseen", NULL);
	else
		attack(CPU | WALL, 0, with(small), "unseen", NULL);
	limits = small;
	limits.wall_s = 0.5;
	out = attack(WALL, 0, with(limits), "forever", NULL);
	CHECK(out->wall_us >= 500000 && out->wall_us < 4000000);
	out = attack(SIGNAL, 0, with(small), "core", NULL);
	CHECK_EQ(out->code, 6);
}

/* A process that wants a core all the time, of a session of its own: the scheduler may count those of one session as one. */
static pid_t hog(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	for (;;)
		;
}

/* Where others have the cores, the wall clock is no limit to what would have come to its end. */
static void test_starved(void)
{
	enum { HOGS = 12 };
	struct sandbox_limits limits = small;
	struct sandbox_outcome *out;
	struct groups g;
	pid_t hogs[HOGS];
	bool told;

	groups_open(&g, 1);
	told = g.tree[0].leaf && faccessat(g.tree[0].leaf[0], "cpu.pressure", R_OK, 0) == 0;
	groups_close(&g);
	if (!told)
		return;
	limits.wall_s = 0.6;
	limits.cpu_s = 0.3;
	for (int i = 0; i < HOGS; i++)
		hogs[i] = hog();
	out = run_with("i=0; while :; do i=1; done", with(limits));
	for (int i = 0; i < HOGS; i++) {
		CHECK(hogs[i] > 0 && kill(hogs[i], SIGKILL) == 0);
		waitpid(hogs[i], NULL, 0);
	}
	CHECK(ended(out, SANDBOX_CPU, 0));
}

/* A file of the host that nobody in a sandbox may read or change: it is compared afterwards. */
static void secret_check(const struct stat *before)
{
	struct stat now;

	CHECK(host_is("secret/file", "secret\n"));
	CHECK(stat(host("secret/file"), &now) == 0 && now.st_mode == before->st_mode && now.st_uid == before->st_uid
		&& now.st_mtim.tv_sec == before->st_mtim.tv_sec && now.st_nlink == 1);
}

static int listen_at(int family, int type, const void *address, socklen_t n)
{
	int s = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	CHECK(s >= 0 && bind(s, address, n) == 0 && (type == SOCK_DGRAM || listen(s, 4) == 0));
	return s;
}

static void test_network(const char *socket_path)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un abstract = { .sun_family = AF_UNIX }, path = { .sun_family = AF_UNIX };
	socklen_t n = sizeof(in), n_abstract;
	char port[16], name[32], byte;
	int tcp = listen_at(AF_INET, SOCK_STREAM, &in, n), udp, local[2];

	CHECK(getsockname(tcp, (struct sockaddr *)&in, &n) == 0);
	udp = listen_at(AF_INET, SOCK_DGRAM, &in, n);
	snprintf(port, sizeof(port), "%d", ntohs(in.sin_port));
	snprintf(name, sizeof(name), "quarry-test-%d", (int)getpid());
	strcpy(abstract.sun_path + 1, name);
	n_abstract = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	local[0] = listen_at(AF_UNIX, SOCK_STREAM, &abstract, n_abstract);
	unlink(socket_path);
	strncpy(path.sun_path, socket_path, sizeof(path.sun_path) - 1);
	local[1] = listen_at(AF_UNIX, SOCK_STREAM, &path, sizeof(path));
	chmod(socket_path, 0777);
	attack(EXIT, 0, with(small), "network", port, name, socket_path, NULL);
	CHECK(accept(tcp, NULL, NULL) < 0 && errno == EAGAIN);
	CHECK(recv(udp, &byte, 1, 0) < 0 && errno == EAGAIN);
	CHECK(accept(local[0], NULL, NULL) < 0 && accept(local[1], NULL, NULL) < 0);
	if (!narrow)
		attack(EXIT, 0, with(small), "loopback", NULL);
	close(tcp);
	close(udp);
	close(local[0]);
	close(local[1]);
}

static void test_others(void)
{
	char pid[16], key[16], *secret = strdup(host("secret/file")), *dir_of = strdup(host("secret")), *out_dir = strdup(host("out")),
		*beats = strdup(host("out/beat")), *unix_path = strdup(host("secret/sock")), *repo = strdup(host("over")), *tests = strdup(host("ro"));
	struct sandbox_mount out = { SANDBOX_RW, out_dir, "/out" };
	struct sandbox_mount deep[] = { { SANDBOX_OVERLAY, repo, "/repo" }, { SANDBOX_RO, tests, "/repo/a/tests" } };
	struct sandbox_mount flat[] = { { SANDBOX_OVERLAY, repo, "/repo" }, { SANDBOX_RO, tests, "/repo/tests" } };
	struct stat before, beat, later;
	int segment = shmget(0x5157, 4096, IPC_CREAT | 0666);

	mkdir(out_dir, 0755);
	mkdir(repo, 0755);
	mkdir(tests, 0755);
	unlink(beats);
	unlink(host("out/lent"));
	mkdir(dir_of, 0755);
	chmod(host("secret/file"), 0644);
	if (stat(host("secret/file"), &before) < 0) {
		host_write("secret/file", "secret\n");
		stat(host("secret/file"), &before);
	}
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	snprintf(key, sizeof(key), "%d", 0x5157);
	attack(EXIT, 0, (struct sandbox_run){ .mounts = &out, .n_mounts = 1 }, "daemon", "/out/beat", NULL);
	CHECK(stat(beats, &beat) == 0 && beat.st_size > 0);
	usleep(30000);
	CHECK(stat(beats, &later) == 0 && later.st_size == beat.st_size);
	attack(EXIT, 0, (struct sandbox_run){ .mounts = &out, .n_mounts = 1 }, "lend", "/out", NULL);
	CHECK(stat(host("out/lent"), &later) == 0 && (later.st_mode & 07777) == 0700);
	attack(EXIT, 0, with(small), "kills", pid, NULL);
	attack(EXIT, 0, with(small), "trace", pid, NULL);
	attack(EXIT, 0, with(small), "files", secret, pid, NULL);
	secret_check(&before);
	attack(EXIT, 0, (struct sandbox_run){ .mounts = &out, .n_mounts = 1 }, "links", "/tmp", secret, dir_of, NULL);
	secret_check(&before);
	attack(EXIT, 0, with(small), "proc", NULL);
	attack(EXIT, 0, with(small), "fds", NULL);
	attack(EXIT, 0, with(small), "calls", NULL);
	attack(EXIT, 0, with(small), "limits", pid, NULL);
	attack(EXIT, 0, with(small), "devices", NULL);
	attack(EXIT, 0, with(small), "terminal", NULL);
	attack(EXIT, 0, with(small), "ipc", key, NULL);
	test_network(unix_path);
	/* a mount that could be moved away is not made; where it could not, it stays */
	CHECK(sandbox_run(box, &(struct sandbox_run){ .argv = (const char *[]){ "/usr/bin/true", NULL }, .mounts = deep, .n_mounts = 2, .limits = small },
		&(struct sandbox_outcome){ 0 }, &err) < 0 && strstr(err.msg, "/repo/a/tests"));
	mkdir(host("over/tests"), 0755);
	host_write("ro/t", "t\n");
	if (narrow)
		CHECK(sandbox_run(box, &(struct sandbox_run){ .argv = (const char *[]){ "/usr/bin/true", NULL }, .mounts = flat, .n_mounts = 2, .limits = small },
			&(struct sandbox_outcome){ 0 }, &err) < 0);
	else
		attack(EXIT, 0, (struct sandbox_run){ .mounts = flat, .n_mounts = 2 }, "moves", NULL);
	/* after all this it runs as on the first day */
	CHECK(says(run_sh("echo still here"), "still here\n"));
	shmctl(segment, IPC_RMID, NULL);
	for (char **p = (char *[]){ secret, dir_of, out_dir, beats, unix_path, repo, tests, NULL }; *p; p++)
		free(*p);
}

/* ---- servers ---- */

static const char module[] =
	"import json, os, sys, time\n"
	"started = os.getpid()\n"
	"def main(argv):\n"
	"    if os.path.exists('/proc/self/fd/4'):\n"
	"        os.write(3, os.read(4, 100))\n"
	"    exec(argv[1])\n"
	"    return int(argv[0])\n";

static struct sandbox_outcome *run_served(struct sandbox_server *server, const char *code, const char *text, struct str input)
{
	return run_with(text, (struct sandbox_run){ .argv = (const char *[]){ code, text, NULL }, .server = server, .input = input, .cwd = "/tmp",
		.env = (const char *[]){ "A=b", "TZ=XYZ-3", NULL } });
}

static void test_server(void)
{
	struct sandbox_server_options o = { .python = "/usr/bin/python3", .module = { module, sizeof(module) - 1 } };
	struct sandbox_server *server, *other;
	struct sandbox_outcome *out;

	if (access(o.python, X_OK) < 0) {
		printf("left out: no python3 here\n");
		return;
	}
	server = sandbox_server_open(box, &o, &err);
	other = sandbox_server_open(box, &o, &err);
	if (!CHECK(server && other))
		return;
	out = run_served(server, "3", "print(sys.argv[0], os.environ['A'], time.strftime('%H', time.gmtime(0)), time.strftime('%H', time.localtime(0)))",
		STR("asked"));
	CHECK(ended(out, SANDBOX_EXITED, 3) && says(out, "3 b 00 03\n"));
	CHECK_STR(buf_str(&out->channel), "asked");
	CHECK(ended(run_served(server, "0", "sys.exit(9)", STR("")), SANDBOX_EXITED, 9));
	CHECK(ended(run_served(server, "0", "sys.exit('said')", STR("")), SANDBOX_EXITED, 1) && says(out, "said\n"));
	CHECK(ended(run_served(server, "0", "os.kill(os.getpid(), 11)", STR("")), SANDBOX_SIGNALED, 11));
	CHECK(ended(run_served(other, "0", "raise ValueError('x')", STR("")), SANDBOX_EXITED, 1));
	/* a fork is fenced in as any program is, and sees nothing of the one before */
	out = run_served(server, "0", "open(os.environ['TMPDIR'] + '/mark', 'w'); os.x = 1; print(hasattr(os, 'x'))", STR(""));
	CHECK(says(out, "True\n"));
	out = run_served(server, "0", "print(os.path.exists(os.environ['TMPDIR'] + '/mark'), hasattr(os, 'x'), "
		"os.getuid() if not os.environ['SANDBOX_ROOT'] else 1000)", STR(""));
	CHECK(says(out, "False False 1000\n"));
	out = run_served(server, "0",
		"s = dict(l.split(':', 1) for l in open('/proc/self/status')); "
		"print(s['CapEff'].strip(), s['CapBnd'].strip() if not os.environ['SANDBOX_ROOT'] else '0' * 16, s['NoNewPrivs'].strip(), s['Seccomp'].strip()); "
		"import resource; print(resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_NOFILE)); "
		"print(sorted(int(f) for f in os.listdir('/proc/self/fd'))[:4])", STR(""));
	CHECK(says(out, "0000000000000000 0000000000000000 1 2\n(0, 0) (1024, 1024)\n[0, 1, 2, 3]\n"));
	out = run_served(server, "0", "import ctypes; c = ctypes.CDLL(None, use_errno=True); "
		"print(c.unshare(0x10000000), c.setns(0, 0), c.mount(b'n', b'/tmp', b'tmpfs', 0, None)); "
		"print([p for p in ('/', '/usr', '/etc') if os.access(p, os.W_OK)])", STR(""));
	CHECK(says(out, "-1 -1 -1\n[]\n"));
	/* limits hold, and the server is there for the next run */
	CHECK(run_with("while", (struct sandbox_run){ .argv = (const char *[]){ "0", "while True: pass", NULL }, .server = server,
		.limits = { 30, 0.3, 1 << 28, 1 << 24, 1000, 1 << 24, 1 << 20, 1 << 20, 40 } })->end == SANDBOX_CPU);
	CHECK(run_with("sleep", (struct sandbox_run){ .argv = (const char *[]){ "0", "os.fork(); time.sleep(100)", NULL }, .server = server,
		.limits = { 0.3, 1, 1 << 28, 1 << 24, 1000, 1 << 24, 1 << 20, 1 << 20, 40 } })->end == SANDBOX_WALL);
	CHECK(run_with("os.fork", (struct sandbox_run){ .argv = (const char *[]){ "0", "[os.fork() or time.sleep(100) for i in range(100)]", NULL }, .server = server,
		.limits = { 30, 1, 1 << 28, 1 << 24, 1000, 1 << 24, 1 << 20, 1 << 20, 40 } })->end == SANDBOX_PIDS);
	CHECK(ended(run_served(server, "4", "pass", STR("")), SANDBOX_EXITED, 4));
	sandbox_server_close(server);
	CHECK(ended(run_served(other, "5", "pass", STR("")), SANDBOX_EXITED, 5));
	sandbox_server_close(other);
	if (counted && !narrow) { /* what a server holds is not its runs': they have all of their limit, and no more */
		const struct sandbox_limits tight = { 30, 10, 1 << 26, 1 << 24, 1000, 1 << 24, 1 << 20, 1 << 20, 40 };

		o.module = STR("import os\nheld = bytes(bytearray(b'x') * (100 << 20))\ndef main(argv):\n    exec(argv[0])\n");
		server = sandbox_server_open(box, &o, &err);
		out = run_with("held", (struct sandbox_run){ .argv = (const char *[]){ "x = bytearray(b'x') * (20 << 20); print(len(x))", NULL },
			.server = server, .limits = tight });
		CHECK(says(out, "20971520\n") && out->memory_peak >= 20 << 20 && out->memory_peak < 1 << 26);
		CHECK(run_with("more", (struct sandbox_run){ .argv = (const char *[]){ "x = bytearray(b'x') * (90 << 20)", NULL }, .server = server,
			.limits = tight })->end == SANDBOX_OOM);
		sandbox_server_close(server);
	}
	/* what cannot start is said, in the line that Python ends with; a cold start says it in each run */
	o.module = STR("import no_such_module\n");
	server = sandbox_server_open(box, &o, &err);
	CHECK(narrow ? server != NULL : !server && strstr(err.msg, "No module named 'no_such_module'") != NULL);
	sandbox_server_close(server);
}

/* ---- many at a time, and accidents ---- */

struct work {
	struct sandbox *box;
	struct sandbox_server *server;
	int number, wrong;
};

static void *work_run(void *arg)
{
	struct work *w = arg;
	struct sandbox_outcome out = SANDBOX_OUTCOME_INIT;
	struct err mine = ERR_INIT;
	char text[64], want[64];

	for (int i = 0; i < 5; i++) {
		struct sandbox_server *server = i % 2 ? w->server : NULL;
		const char *const cold[] = { "/bin/sh", "-c", text, NULL }, *const warm[] = { "7", text, NULL };

		snprintf(want, sizeof(want), "%d of %d\n", i, w->number);
		snprintf(text, sizeof(text), server ? "print('%d of %d')" : "echo %d of %d; exit 7", i, w->number);
		w->wrong += sandbox_run(w->box, &(struct sandbox_run){ .argv = server ? warm : cold, .server = server, .limits = SANDBOX_LIMITS }, &out, &mine) < 0
			|| out.end != SANDBOX_EXITED || out.code != 7 || !str_is(buf_str(&out.out), want);
	}
	sandbox_outcome_release(&out);
	return NULL;
}

static void test_threads(void)
{
	struct sandbox_server_options o = { .python = "/usr/bin/python3", .module = { module, sizeof(module) - 1 } };
	enum { THREADS = 4 };
	pthread_t thread[THREADS];
	struct work work[THREADS];
	struct sandbox *two = sandbox_open(&(struct sandbox_options){ .slots = 2, .at_most = narrow ? SANDBOX_NARROW : SANDBOX_FULL }, &err);
	struct sandbox_server *server = two && access(o.python, X_OK) == 0 ? sandbox_server_open(two, &o, &err) : NULL;

	if (!CHECK(two != NULL))
		return;
	for (int i = 0; i < THREADS; i++) {
		work[i] = (struct work){ two, server, i, 0 };
		CHECK(pthread_create(&thread[i], NULL, work_run, &work[i]) == 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		CHECK_EQ(work[i].wrong, 0);
	}
	sandbox_server_close(server);
	sandbox_close(two);
}

/* A process of this name below `top`, at any depth; 0: there is none. */
static pid_t process_below(pid_t top, const char *name)
{
	static struct { pid_t pid, up; bool below, named; } all[4096];
	DIR *proc = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	while (n < 4096 && (e = readdir(proc))) {
		char path[300], comm[64];
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/stat", atoi(e->d_name));
		f = atoi(e->d_name) > 0 ? fopen(path, "r") : NULL;
		if (!f)
			continue;
		if (fscanf(f, "%d (%63[^)]) %*c %d", &all[n].pid, comm, &all[n].up) == 3) {
			all[n].below = false;
			all[n++].named = strcmp(comm, name) == 0;
		}
		fclose(f);
	}
	closedir(proc);
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < n && !all[i].below; k++)
				more |= all[i].below = all[i].up == top || (all[k].below && all[k].pid == all[i].up);
	}
	for (size_t i = 0; i < n; i++)
		if (all[i].below && all[i].named)
			return all[i].pid;
	return 0;
}

static void *run_long(void *arg)
{
	struct sandbox_outcome out = SANDBOX_OUTCOME_INIT;
	const char *const argv[] = { "/bin/sh", "-c", "setsid sleep 1000 & sleep 1000 & sleep 1000", NULL };

	*(int *)arg = sandbox_run(box, &(struct sandbox_run){ .argv = argv, .limits = SANDBOX_LIMITS }, &out, &(struct err){ "" });
	sandbox_outcome_release(&out);
	return NULL;
}

static pid_t wait_for(const char *name)
{
	pid_t pid = 0;

	for (int ms = 0; ms < 20000 && !pid; ms += 50) {
		pid = process_below(getpid(), name);
		usleep(50000);
	}
	return pid;
}

/* Whatever of ours is killed: the run has no outcome, nothing of it is left, and the next is as if nothing had been. */
static void test_accidents(void)
{
	static const char *const ours[] = { "quarry-host", "quarry-launch", "init" };
	pthread_t thread;
	pid_t victim;
	int rc;

	for (size_t i = 0; i < 3; i++) {
		check_in("%s killed as %s in the %s tier", ours[i], geteuid() ? "user" : "root", narrow ? "narrow" : "full");
		if (narrow && i == 1)
			continue;
		if (i < 2) { /* between runs; then there is no init */
			victim = wait_for(ours[i]);
			CHECK(victim > 0 && kill(victim, SIGKILL) == 0);
			usleep(20000);
			CHECK(says(run_sh("echo again"), "again\n"));
		}
		if (narrow && i == 0)
			continue; /* its runs would be nobody's */
		rc = 1;
		CHECK(pthread_create(&thread, NULL, run_long, &rc) == 0);
		CHECK(wait_for("sleep") > 0);
		victim = wait_for(ours[i]);
		CHECK(victim > 0 && kill(victim, SIGKILL) == 0);
		if (i == 0) { /* the run goes on; its end is the launcher's */
			victim = wait_for("quarry-launch");
			CHECK(victim == 0 || kill(victim, SIGKILL) == 0);
		}
		pthread_join(thread, NULL);
		CHECK(rc < 0);
		CHECK(process_below(getpid(), "sleep") == 0);
		CHECK(says(run_sh("echo again"), "again\n"));
	}
}

/* ---- other machines ---- */

/* What /proc says on them. */
static void test_groups(void)
{
	static const struct { const char *mounts, *groups, *controller, *dir, *top; } cases[] = {
		/* version 2 under systemd */
		{ "25 30 0:23 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n", "0::/user.slice/user-1000.slice/session-3.scope\n",
		  "", "/sys/fs/cgroup/user.slice/user-1000.slice/session-3.scope", "/sys/fs/cgroup" },
		{ "25 30 0:23 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n", "0::/a\n", "memory", NULL, NULL },
		/* a container with a group namespace */
		{ "600 590 0:29 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n", "0::/\n", "", "/sys/fs/cgroup", "/sys/fs/cgroup" },
		/* version 1, a tree for each controller and two in one */
		{ "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
		  "4:memory:/process/7\n2:cpu,cpuacct:/user\n1:name=systemd:/x\n", "cpuacct", "/sys/fs/cgroup/cpu,cpuacct/user", "/sys/fs/cgroup/cpu,cpuacct" },
		{ "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "4:memory:/process/7\n", "memory", "/sys/fs/cgroup/memory/process/7",
		  "/sys/fs/cgroup/memory" },
		{ "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "4:memory:/process/7\n0::/\n", "", NULL, NULL },
		/* a container that sees its part of a tree */
		{ "35 31 0:32 /docker/f00 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "4:memory:/docker/f00/mine\n", "memory", "/sys/fs/cgroup/memory/mine",
		  "/sys/fs/cgroup/memory" },
		/* both */
		{ "37 31 0:34 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n38 31 0:35 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n", "8:pids:/\n0::/\n", "",
		  "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified" },
		{ "", "", "", NULL, NULL },
		{ "38 31 0:35 - cgroup2\n- \n\n38\n", "0:\n:\n\n0::/x", "", NULL, NULL },
	};
	char dir_of[PATH_MAX], top[PATH_MAX];

	for (size_t i = 0; i < COUNT(cases); i++) {
		bool found = groups_dir(cases[i].mounts, cases[i].groups, cases[i].controller, dir_of, top);

		check_in("groups of machine %zu", i);
		CHECK(found == (cases[i].dir != NULL));
		CHECK(!found || (strcmp(dir_of, cases[i].dir) == 0 && strcmp(top, cases[i].top) == 0));
	}
}

/* A kernel without overlays for us: the same with copies. */
static void test_copies(void)
{
	box = sandbox_open(&(struct sandbox_options){ .no_overlays = true }, &err);
	if (CHECK(box != NULL) && sandbox_tier(box) == SANDBOX_FULL)
		test_mounts();
	sandbox_close(box);
}

/* In a chroot, as in the root of another release of a system. */
static void test_chroot(void)
{
	static const char *const binds[] = { "usr", "etc", "dev", "proc", "sys", "tmp" };
	static const char *const names[] = { "bin", "sbin", "lib", "lib64" };
	char path[300], from[32], link[64];

	if (!CHECK(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0))
		return;
	mkdir(host("root"), 0755);
	for (size_t i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "%s/%s", host("root"), binds[i]);
		snprintf(from, sizeof(from), "/%s", binds[i]);
		mkdir(path, 0755);
		CHECK(mount(from, path, NULL, MS_BIND | MS_REC, NULL) == 0);
	}
	for (size_t i = 0; i < 4; i++) {
		ssize_t n;

		snprintf(from, sizeof(from), "/%s", names[i]);
		n = readlink(from, link, sizeof(link) - 1);
		if (n > 0) {
			link[n] = 0;
			snprintf(path, sizeof(path), "%s/%s", host("root"), names[i]);
			CHECK(symlink(link, path) == 0);
		}
	}
	CHECK(chroot(host("root")) == 0 && chdir("/") == 0);
	CHECK(unshare(CLONE_NEWUSER) < 0 && errno == EPERM);
	box = sandbox_open(&(struct sandbox_options){ .slots = 1 }, &err);
	if (CHECK(box != NULL) && CHECK(sandbox_tier(box) == SANDBOX_FULL)) {
		test_view();
		test_mounts();
	}
	sandbox_close(box);
}

/* ---- who runs it where ---- */

static bool open_box(enum sandbox_tier at_most)
{
	struct buf report = BUF_INIT;

	box = sandbox_open(&(struct sandbox_options){ .slots = 1, .at_most = at_most }, &err);
	if (!CHECK(box != NULL))
		return false;
	sandbox_doctor(box, &report);
	counted = strstr(buf_z(&report), "\nmemory: control group") != NULL;
	narrow = sandbox_tier(box) == SANDBOX_NARROW;
	if (sandbox_tier(box) == SANDBOX_NONE || (at_most == SANDBOX_FULL && narrow))
		printf("left out, since this machine refuses it: %s", buf_z(&report));
	buf_release(&report);
	return sandbox_tier(box) != SANDBOX_NONE;
}

static void test_tiers(void)
{
	if (open_box(SANDBOX_FULL) && !narrow) {
		test_view();
		test_ends();
		test_channels();
		test_mounts();
		test_limits();
		test_starved();
		test_others();
		test_server();
		test_threads();
		test_accidents();
	}
	sandbox_close(box);
	if (open_box(SANDBOX_NARROW)) {
		test_channels();
		test_limits();
		test_others();
		test_server();
		test_threads();
		test_accidents();
	}
	sandbox_close(box);
}

static void test_denied(void)
{
	struct buf report = BUF_INIT;

	CHECK(container_enter());
	CHECK(unshare(CLONE_NEWUSER) < 0 && mount("none", dir, "tmpfs", 0, NULL) < 0);
	if (!open_box(SANDBOX_FULL))
		return;
	CHECK(narrow);
	sandbox_doctor(box, &report);
	CHECK(strstr(buf_z(&report), "tier: narrow\nrefused: a user namespace") != NULL);
	buf_release(&report);
	test_others();
	attack(PIDS, 0, with(small), "forks", NULL);
	attack(CPU | WALL | PIDS | OOM, 0, with(small), "bomb", NULL);
	sandbox_close(box);
}

static void test_user(void)
{
	CHECK(setgroups(0, NULL) == 0 && setresgid(1001, 1001, 1001) == 0 && setresuid(1001, 1001, 1001) == 0);
	test_tiers();
}

/* In a process and a directory of its own; its checks are counted here. */
static void apart(void (*test)(void))
{
	int pair[2], status;
	long counts[2] = { 0, 1 };
	char kept[sizeof(dir)], clean[128];
	pid_t pid;

	memcpy(kept, dir, sizeof(dir));
	snprintf(dir, sizeof(dir), "/tmp/quarry-sandbox-XXXXXX");
	if (!CHECK(pipe(pair) == 0 && mkdtemp(dir) != NULL && chmod(dir, 0755) == 0 && (test != test_user || chown(dir, 1001, 1001) == 0)))
		return;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		check_passed = check_failed = 0;
		test();
		fflush(NULL);
		counts[0] = check_passed;
		counts[1] = check_failed;
		_exit(write(pair[1], counts, sizeof(counts)) != sizeof(counts));
	}
	close(pair[1]);
	CHECK(read(pair[0], counts, sizeof(counts)) == sizeof(counts));
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	close(pair[0]);
	check_passed += counts[0];
	check_failed += counts[1];
	snprintf(clean, sizeof(clean), "rm -rf --one-file-system '%s'", dir); /* its mounts went with it */
	CHECK(system(clean) == 0);
	memcpy(dir, kept, sizeof(dir));
}

/* What a build with ThreadSanitizer is for. Its own memory would not fit into the limits of the rest. */
static void test_races(void)
{
	if (open_box(SANDBOX_FULL))
		test_threads();
	sandbox_close(box);
}

int main(int argc, char **argv)
{
	char path[4096], copy[4200];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 20);

	snprintf(dir, sizeof(dir), "/tmp/quarry-sandbox-XXXXXX");
	CHECK(mkdtemp(dir) != NULL && chmod(dir, 0755) == 0);
	/* the program lies beside this one; a copy can be read by every user */
	program = strdup(host("attack"));
	path[n > 0 ? n : 0] = 0;
	snprintf(strrchr(path, '/'), 20, "/attack");
	snprintf(copy, sizeof(copy), "cp '%s' '%s' && chmod 755 '%s'", path, program, program);
	CHECK(system(copy) == 0);
	if (argc > 1 && strcmp(argv[1], "threads") == 0) {
		test_races();
	} else {
		test_groups();
		apart(test_tiers);
		apart(test_denied);
		apart(test_copies);
		if (geteuid() == 0) {
			apart(test_user);
			apart(test_chroot);
		}
	}
	snprintf(copy, sizeof(copy), "rm -rf --one-file-system '%s'", dir);
	CHECK(system(copy) == 0);
	free(program);
	return check_done();
}
