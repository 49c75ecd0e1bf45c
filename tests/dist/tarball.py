"""tarball.py TARBALL - the static quarry does all of its work in a root that holds the unpacked tarball and nothing else.

No shared library, no /proc, no /etc, no shell: chroot where we are root, in a user namespace elsewhere. Its verifier library is then
linked to as a stranger would, through pkg-config, wherever it was unpacked.
"""
import http.client
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import Count  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
SIZE_MAX = 40 << 20  # bytes

count = Count()
ask = count.ask

RECIPE = '''name: away
model: oracle:2
sources:
  - { task: sudoku, count: 8, difficulty: 1..3 }
  - { task: word_sorting, count: 8, difficulty: 1..3, lang: [en, zh] }
'''


class Room:
    """A root with the unpacked tarball at /NAME and an empty /work."""

    def __init__(self, folder, name):
        self.folder, self.quarry = folder, '/%s/bin/quarry' % name
        self.before = [] if os.geteuid() == 0 else ['unshare', '--map-root-user', '--root=' + folder, '--wd=/work']
        self.enter = (lambda: (os.chroot(folder), os.chdir('/work'))) if os.geteuid() == 0 else None
        self.env = {'QUARRY_MODELS': '/%s/share/quarry/models' % name}

    def start(self, *args, **more):
        return subprocess.Popen([*self.before, self.quarry, *args], env=self.env, preexec_fn=self.enter, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def run(self, *args, text=b''):
        p = self.start(*args)
        out, err = p.communicate(text, timeout=600)
        return subprocess.CompletedProcess(args, p.returncode, out, err)

    def does(self, *args, text=b''):
        got = self.run(*args, text=text)
        ask(got.returncode == 0, '%s: exit %d, %r' % (' '.join(args), got.returncode, got.stderr[-400:]))
        return got


class Model(http.server.BaseHTTPRequestHandler):
    """The least of an OpenAI-compatible server."""
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def reply(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.reply({'object': 'list', 'data': [{'id': 'far', 'object': 'model'}]})

    def do_POST(self):
        n = json.loads(self.rfile.read(int(self.headers['Content-Length']))).get('n') or 1
        self.reply({'object': 'chat.completion', 'model': 'far', 'choices': [
            {'index': i, 'finish_reason': 'stop', 'message': {'role': 'assistant', 'content': '<answer>far away</answer>'}} for i in range(n)]})


def check_binary(path):
    head = subprocess.run(['readelf', '-ldW', path], capture_output=True, text=True).stdout
    ask('INTERP' not in head and '(NEEDED)' not in head and 'LOAD' in head, 'bin/quarry is not static: ' + head[:300])


def check_commands(room):
    names = room.does('tasks', '--names').stdout.split()
    ask(len(names) >= 37, 'tasks: %r' % names)
    ask(re.search(rb'\d+\.\d+\.\d+', room.does('--version').stdout) is not None, '--version says no version')
    commands = set(re.findall(r'^  (\w+) ', room.does('--help').stdout.decode(), re.M))
    for c in ('tasks', 'show', 'generate', 'verify', 'audit', 'sample', 'build', 'inspect', 'check', 'export', 'serve', 'mine', 'sandbox'):
        ask(c in commands, 'no command ' + c)
    room.does('generate', 'all', '-n', '2', '-d', '1..2', '-o', 'puzzles.jsonl.zst', '--quiet')
    rows = room.does('sample', '--model', 'oracle:9', '-n', '2', 'puzzles.jsonl.zst', '--quiet').stdout
    said = [json.loads(l) for l in room.does('verify', text=rows).stdout.splitlines()]
    ask(len(said) == 4 * len(names) and all(v['mark'] in ('correct', 'wrong', 'unreadable', 'no_answer') for v in said), 'verify: %d rows' % len(said))
    got = room.does('sample', '--model', 'tiny', '--max-tokens', '4', '-', '--quiet', text=b'{"id":"x","prompt":[{"role":"user","content":"2+2"}]}\n')
    ask(b'"response"' in got.stdout, 'the embedded model says nothing: %r' % got.stdout[:200])


def check_pipeline(room):
    with open(os.path.join(room.folder, 'work/away.yaml'), 'w') as f:
        f.write(RECIPE)
    room.does('build', 'away.yaml', '-o', 'away', '--quiet')
    room.does('inspect', 'away')
    room.does('check', 'away', '--prove')


def check_endpoint(room):
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    puzzle = room.does('generate', 'sudoku', '-n', '1', '--quiet').stdout
    for host in ('127.0.0.1', 'localhost'):
        got = room.does('sample', '--model', 'http://%s:%d/v1' % (host, server.server_address[1]), '-n', '2', '-', '--quiet', text=puzzle)
        ask(got.stdout.count(b'far away') == 2, 'samples from %s: %r' % (host, got.stdout[-300:]))
    server.shutdown()


def check_serve(room):
    p = room.start('serve', '--listen', '127.0.0.1:0')
    line = p.stderr.readline().decode()
    while line and 'listening' not in line:
        line = p.stderr.readline().decode()
    port = re.search(r'127\.0\.0\.1:(\d+)', line)
    if ask(port is not None, 'serve does not listen: %r' % line):
        c = http.client.HTTPConnection('127.0.0.1', int(port.group(1)), timeout=30)
        c.request('POST', '/v1/verify', json.dumps({'items': [{'task': 'game_of_24', 'desc': '24: 8 8 3 3', 'response': '<answer>8 / (3 - 8 / 3)</answer>'}]}),
                  {'Content-Type': 'application/json'})
        r = c.getresponse()
        said = r.read()
        ask(r.status == 200 and json.loads(said)['results'][0]['mark'] == 'correct', 'serve: %d %r' % (r.status, said[:300]))
    p.terminate()
    p.communicate(timeout=60)
    ask(p.returncode == 0, 'serve ends with %s' % p.returncode)


def check_mine(folder, temp):
    """Not in a room either: it wants git's histories, and a Python with pytest to run them."""
    repo = os.path.join(temp, 'repo')
    git = ['git', '-C', repo, '-c', 'user.name=a', '-c', 'user.email=a@example.org']
    tests = 'from calc import add\n\ndef test_add():\n    assert add(2, 3) == 5\n'
    os.mkdir(repo)
    subprocess.run([*git, 'init', '-q'], check=True)
    for code, test in ('def add(a, b):\n    return a\n', 'def test_none():\n    pass\n'), ('def add(a, b):\n    return a + b\n', tests):
        for name, text in ('calc.py', code), ('test_calc.py', test):
            with open(os.path.join(repo, name), 'w') as f:
                f.write(text)
        subprocess.run([*git, 'add', '-A'], check=True)
        subprocess.run([*git, 'commit', '-q', '-m', 'Add both numbers: add(2, 3) gave 2, since the second one was left out of the sum.'], check=True)
    tools = subprocess.run(['/usr/bin/python3', '-c', 'import pytest'], capture_output=True).returncode == 0
    got = subprocess.run([os.path.join(folder, 'bin/quarry'), 'mine', repo, '--quiet', *([] if tools else ['--dry-run'])], env={'PATH': os.environ['PATH']},
                         capture_output=True, timeout=600)
    ask(got.returncode == 0 and (not tools or len(got.stdout.splitlines()) == 1), 'mine: exit %d, %r' % (got.returncode, (got.stdout + got.stderr)[-400:]))


def check_elsewhere(folder):
    """Not in a room of its own: nothing set, and the model is found beside it."""
    got = subprocess.run([os.path.join(folder, 'bin/quarry'), 'sample', '--model', 'tiny', '--max-tokens', '2', '-'], env={}, cwd='/', capture_output=True,
                         input=b'{"id":"x","prompt":[{"role":"user","content":"2+2"}]}\n', timeout=600)
    ask(got.returncode == 0 and b'"response"' in got.stdout, 'the embedded model is not found: %r' % got.stderr[-300:])
    doc = os.path.join(folder, 'share/doc/quarry')
    ask(os.path.exists(os.path.join(doc, 'LICENSE')) and len(os.listdir(os.path.join(doc, 'licences'))) >= 10, 'licences are missing')
    page = open(os.path.join(folder, 'share/man/man1/quarry.1')).read()
    ask('.SS quarry serve' in page, 'the man page lacks serve')


def check_library(folder, temp):
    source = os.path.join(temp, 'reward.c')
    with open(source, 'w') as f:
        f.write(re.search(r'```c\n(.*?)```', open(os.path.join(folder, 'share/doc/quarry/README.md')).read(), re.S).group(1))
    env = {**os.environ, 'PKG_CONFIG_PATH': os.path.join(folder, 'lib/pkgconfig')}
    for static in ([], ['--static']):
        flags = subprocess.run(['pkg-config', *static, '--cflags', '--libs', 'quarry-verify'], env=env, capture_output=True, text=True).stdout.split()
        program = os.path.join(temp, 'reward' + ''.join(static))
        got = subprocess.run(['cc', *(['-static'] if static else []), source, '-o', program, *flags], capture_output=True, text=True)
        if ask(flags != [] and got.returncode == 0, 'cc %s: %s' % (flags, got.stderr[:400])):
            got = subprocess.run([program], env={} if static else {'LD_LIBRARY_PATH': os.path.join(folder, 'lib')}, capture_output=True, text=True)
            ask(got.returncode == 0 and got.stdout.startswith('correct, score 1.0'), 'README\'s example %s: %r' % (static, got.stdout + got.stderr))
    versions = set(re.findall(r'GLIBC_([\d.]+)', subprocess.run(['readelf', '-VW', os.path.join(folder, 'lib/libquarry-verify.so.0')], capture_output=True, text=True).stdout))
    ask(versions and all([int(x) for x in v.split('.')][:2] <= [2, 17] for v in versions), 'the shared library needs glibc %s' % sorted(versions))


def main():
    tarball = os.path.abspath(sys.argv[1])
    ask(os.path.getsize(tarball) <= SIZE_MAX, '%s has %d bytes' % (tarball, os.path.getsize(tarball)))
    with tempfile.TemporaryDirectory() as temp:
        with tarfile.open(tarball) as t:
            tops = {m.name.split('/')[0] for m in t}
            strange = [m.name for m in t if not (m.issym() or (m.isfile() or m.isdir()) and not m.mode & 0o7022) or m.uid]
            ask(len(tops) == 1 and not strange, 'in the tarball: %s %s' % (tops, strange[:5]))
            t.extractall(temp)
        name = tops.pop()
        os.mkdir(os.path.join(temp, 'work'))
        folder = os.path.join(temp, name)
        check_binary(os.path.join(folder, 'bin/quarry'))
        room = Room(temp, name)
        got = room.run('--version')
        if got.returncode != 0 and os.geteuid() != 0 and b'unshare' in got.stderr:
            print('no user namespaces here: it is not tried in an empty root')
        else:
            check_commands(room)
            check_pipeline(room)
            check_endpoint(room)
            check_serve(room)
        check_elsewhere(folder)
        if shutil.which('git'):
            check_mine(folder, temp)
        if shutil.which('pkg-config') and shutil.which('cc'):
            check_library(folder, temp)
    return count.end()


if __name__ == '__main__':
    sys.exit(main())
