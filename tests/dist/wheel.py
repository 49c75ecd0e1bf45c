"""wheel.py WHEEL... - wheels hold what they should; this machine's installs into a fresh environment, without a network, and works, native and by ctypes."""
import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import Count  # noqa: E402

README = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'bindings/python/README.md')
SIZE_MAX = 4 << 20  # bytes

count = Count()
ask = count.ask


def run(*command, **env):
    return subprocess.run(command, capture_output=True, text=True, timeout=600, cwd='/', env={**os.environ, 'PYTHONPATH': '', **env})


def check_content(wheel):
    name = os.path.basename(wheel)
    ask(re.fullmatch(r'quarry_verify-[\d.]+-cp310-abi3-manylinux[\w.]*_2_17_\w+\.whl', name) is not None, 'the wheel is called ' + name)
    ask(os.path.getsize(wheel) <= SIZE_MAX, '%s has %d bytes' % (name, os.path.getsize(wheel)))
    with zipfile.ZipFile(wheel) as z:
        there = z.namelist()
        meta = z.read(next(n for n in there if n.endswith('/METADATA'))).decode()
    for n in ('_native.abi3.so', 'libquarry-generate.so', 'libquarry-verify.so', 'py.typed', '_ctypes.py', 'integrations/verl.py'):
        ask('quarry/' + n in there, '%s lacks %s' % (name, n))
    strange = [n for n in there if not re.match(r'quarry/|quarry_verify-[\d.]+\.dist-info/', n)]
    ask(not strange, '%s lays down %s' % (name, strange))
    ask('Requires-Python: >=3.10' in meta and 'License-Expression: MIT' in meta and 'Kevin' in meta, 'METADATA: ' + meta[:600])
    ask('Requires-Dist' not in re.sub(r'Requires-Dist:.*extra ==.*', '', meta), 'the wheel wants other packages')


def main():
    wheels = [os.path.abspath(w) for w in sys.argv[1:]]
    for w in wheels:
        check_content(w)
    wheel = next(w for w in wheels if w.endswith('_%s.whl' % platform.machine()))
    with tempfile.TemporaryDirectory() as room:
        own = os.path.join(room, 'bin/python')
        got = run('/usr/bin/python3', '-m', 'venv', room)
        if ask(got.returncode == 0, 'venv: ' + got.stdout + got.stderr):
            got = run(own, '-m', 'pip', 'install', '--no-index', '--quiet', '--disable-pip-version-check', wheel)
            ask(got.returncode == 0, 'pip install: ' + got.stdout + got.stderr)
            got = run(own, '-m', 'pip', 'check', '--disable-pip-version-check')
            ask(got.returncode == 0, 'pip check: ' + got.stdout)
            count.add(run(own, os.path.join(HERE, 'quickstart.py'), 'native', README), 'native')
            count.add(run(own, os.path.join(HERE, 'quickstart.py'), 'ctypes', README, QUARRY_BINDING='ctypes'), 'ctypes')
    return count.end()


if __name__ == '__main__':
    sys.exit(main())
