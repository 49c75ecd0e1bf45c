/* test_sandbox.c - runs in the sandbox as root and as an ordinary user: what they see, and how their ends are told apart. */
#include "repos/sandbox.h"
#include "tests/check.h"

#include <sys/stat.h>
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
	CHECK(says(run_sh("id -u; id -g; id -un; hostname; pwd; echo $HOME $TZ; echo $$"), "1000\n1000\nsandbox\nsandbox\n/\n/tmp/home UTC\n2\n"));
	CHECK(says(run_sh("grep -E 'Cap(Prm|Eff|Bnd|Amb)|NoNew' /proc/self/status | tr -d '\\t\\n'"),
		"CapPrm:0000000000000000CapEff:0000000000000000CapBnd:0000000000000000CapAmb:0000000000000000NoNewPrivs:1"));
	CHECK(says(run_sh("ls / | tr '\\n' ' '; ls -d /home /root /var /sys /.host /.new 2>/dev/null; echo ok"), "bin dev etc lib lib32 lib64 proc sbin tmp usr ok\n")
		|| says(run_sh("ls -d /home /root /var /sys /.host /.new 2>/dev/null; echo ok"), "ok\n"));
	CHECK(says(run_sh("for d in / /usr /etc /dev /proc /usr/bin; do touch 2>/dev/null $d/x && echo $d; done; touch /tmp/x $HOME/x /dev/shm/x && echo ok"), "ok\n"));
	CHECK(says(run_sh("ls /proc/self/fd | tr '\\n' ' '; env | grep -c ."), "0 1 2 3 4 14\n")); /* 4: of ls itself */
}

static void test_ends(void)
{
	CHECK(ended(run_sh("exit 7"), SANDBOX_EXITED, 7));
	CHECK(ended(run_sh("kill -SEGV $$"), SANDBOX_SIGNALED, 11));
	CHECK(ended(run_sh("kill -KILL $$"), SANDBOX_SIGNALED, 9));
	CHECK(ended(run_with("sleep 100", (struct sandbox_run){ .limits = { .wall_s = 0.3, .cpu_s = 5, .memory = 1 << 28, .tmp = 1 << 20, .inodes = 100,
		.file = 1 << 20, .output = 1000, .channel = 1000, .processes = 50 } }), SANDBOX_WALL, 0));
	CHECK(sandbox_run(box, &(struct sandbox_run){ .argv = (const char *[]){ "/no/such", NULL }, .limits = SANDBOX_LIMITS }, &(struct sandbox_outcome){ 0 }, &err) < 0);
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
	CHECK(says(run_with("echo $A $TZ $0; pwd", (struct sandbox_run){ .env = (const char *[]){ "A=b", "TZ=X", NULL }, .cwd = "/tmp" }), "b X /bin/sh\n/tmp\n"));
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
	CHECK(ended(run_with("set -e; echo above >f; rm d/g; rmdir d; mkdir d; echo n >d/n; mv d e; ls e; cat f; chmod 600 f; ln f h; mkdir -p x/y", run), SANDBOX_EXITED, 0));
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

int main(void)
{
	struct buf report = BUF_INIT;

	snprintf(dir, sizeof(dir), "/tmp/quarry-sandbox-XXXXXX");
	CHECK(mkdtemp(dir) != NULL);
	box = sandbox_open(&(struct sandbox_options){ .slots = 2 }, &err);
	if (!CHECK(box != NULL))
		return check_done();
	sandbox_doctor(box, &report);
	printf("%s", buf_z(&report));
	buf_release(&report);
	test_view();
	test_ends();
	test_channels();
	test_mounts();
	sandbox_close(box);
	return check_done();
}
