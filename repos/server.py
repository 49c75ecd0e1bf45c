"""server.py - a Python that has done its imports, forked into each run's namespaces.

Started as `python -s -B -c THIS MODULE` in a sandbox of its own, where it is root of a user namespace and of nothing else. MODULE is the text
of a Python module that defines main(argv), and may define rehearse(), which is called once before there are forks. fd 4 is a socket on which
each run's init asks for one fork: four bytes of length, that much JSON, and with them fds: stdout, channel, the answer's socket, the namespaces
(the processes' first, the users' last), the input if there is one. The fork enters them, gives up all rights, is fenced in as any program of a
run, and calls main. With more arguments the module is run here and now.
"""
import sys
sys.path = [p for p in sys.path if p]  # with -c the working directory is the first
import contextlib
import ctypes
import gc
import json
import os
import resource
import signal
import socket
import struct
import time
import traceback

PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 4, 22, 23, 24, 28, 38
SECUREBITS = 0b11001111  # root is nobody special, no fix-ups, nothing ambient; for good
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
libc = ctypes.CDLL(None, use_errno=True)


def held(rc, what):
    if rc < 0:
        raise OSError(ctypes.get_errno(), '%s: %s' % (what, os.strerror(ctypes.get_errno())))
    return rc


def prctl(what, *args):
    args = [ctypes.c_ulong(a) for a in args] + [ctypes.c_ulong(0)] * (4 - len(args))
    return libc.prctl(what, *args)


def drop_rights():
    cap = 0
    while prctl(PR_CAPBSET_READ, cap) >= 0:
        held(prctl(PR_CAPBSET_DROP, cap), 'bounding set')
        cap += 1
    held(prctl(PR_SET_SECUREBITS, SECUREBITS), 'secure bits')
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    held(libc.capset(head, (ctypes.c_uint32 * 6)()), 'capset')
    held(prctl(PR_SET_NO_NEW_PRIVS, 1), 'no new privileges')
    held(prctl(PR_SET_DUMPABLE, 1), 'dumpable')


def fence(ask):
    for what, soft, hard in ask['limits']:
        resource.setrlimit(what, (soft, hard))
    if ask['fence']:
        size = struct.pack('Q', ask['handled'])
        rules = held(libc.syscall(LANDLOCK_CREATE, size, ctypes.c_size_t(len(size)), 0), 'Landlock')
        for path, rights in ask['fence']:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
            held(libc.syscall(LANDLOCK_ADD, rules, 1, struct.pack('=Qi', rights, fd), 0), path)
            os.close(fd)
        held(libc.syscall(LANDLOCK_RESTRICT, rules, 0), 'Landlock')
        os.close(rules)
    code = ctypes.create_string_buffer(bytes.fromhex(ask['filter']))

    class Program(ctypes.Structure):
        _fields_ = [('n', ctypes.c_ushort), ('code', ctypes.c_void_p)]
    program = Program(len(code) // 8, ctypes.addressof(code))
    held(libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(program), ctypes.c_ulong(0), ctypes.c_ulong(0)), 'seccomp')


def call(main, argv):
    """main's exit code, as the interpreter itself would give it."""
    try:
        code = main(argv)
    except SystemExit as e:
        code = e.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    for f in (sys.stdout, sys.stderr):
        try:
            f.flush()
        except Exception:
            code = code or 120
    return (code or 0) & 255


def run(main, ask, fds):
    """In the fork, process 2 of the run."""
    out, channel, answer, user = fds[0], fds[1], fds[2], fds[ask['spaces'] + 2]
    given = fds[ask['spaces'] + 3] if len(fds) > ask['spaces'] + 3 else None
    try:
        for fd in fds[4:ask['spaces'] + 3]:
            held(libc.setns(fd, 0), 'namespaces')
        os.setsid()
        with open('/proc/self/oom_score_adj', 'w') as f:
            f.write('1000')
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.dup2(channel, 3)
        if given is None:
            os.close(4)
        else:
            os.dup2(given, 4)
        os.closerange(5, answer)
        os.closerange(answer + 1, 1024)
        os.chdir(ask['cwd'])
        os.environ.clear()
        os.environ.update(line.split('=', 1) for line in ask['env'])
        time.tzset()
        sys.argv = list(ask['argv'])
        drop_rights()
        fence(ask)
        os.close(answer)
    except BaseException as e:
        os.write(answer, b'E' + str(e).encode())
        os._exit(127)
    os._exit(call(main, ask['argv']))


def serve_one(main, ask, fds):
    """Who enters a process namespace stays outside, only its children are in: this one waits for the run's end and tells it."""
    answer = fds[2]
    try:
        held(libc.setns(fds[3], 0), 'process namespace')
        pid = os.fork()
        if pid == 0:
            run(main, ask, fds)
        for fd in fds:
            if fd != answer:
                os.close(fd)
        _, status, used = os.wait4(pid, 0)
        os.write(answer, b'S' + struct.pack('=iQ', status, int((used.ru_utime + used.ru_stime) * 1e6)))
        os.close(answer)
    except OSError as e:
        with contextlib.suppress(OSError):  # init may be gone, and the next one asks anew
            os.write(answer, b'E' + str(e).encode())
        for fd in fds:
            with contextlib.suppress(OSError):
                os.close(fd)


def receive(desk):
    text, fds, _, _ = socket.recv_fds(desk, 4, 16)
    if len(text) < 4:
        os._exit(0)
    length, = struct.unpack('=I', text)
    text = b''
    while len(text) < length:
        more = desk.recv(length - len(text))
        if not more:
            os._exit(0)
        text += more
    return json.loads(text), fds


def load(text):
    space = {'__name__': 'runner', '__builtins__': __builtins__}
    exec(compile(text, '<runner>', 'exec', dont_inherit=True), space)
    return space


def serve(main, rehearse):
    desk = socket.socket(fileno=4)
    if rehearse:
        rehearse()
    gc.collect()
    gc.freeze()
    os.write(3, b'ready')
    os.close(3)
    os.open('/dev/null', os.O_RDWR)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    while True:
        serve_one(main, *receive(desk))


module = sys.argv[1]
if len(sys.argv) == 2:
    space = load(module)
    serve(space['main'], space.get('rehearse'))
sys.argv = sys.argv[2:]
os._exit(call(load(module)['main'], sys.argv))
