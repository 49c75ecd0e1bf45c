"""runner.py - run a tree's pytest tests and tell what became of each over a channel of our own.

Started as `python -I -B -c TEXT` inside a sandbox, or kept there and forked (main). What to do comes as one JSON object on fd 4, what
happened goes out on fd 3, a line a record: "TOKEN NUMBER JSON". The token is new for each run, numbers count from 0, the order is fixed
(start, plan, then one record a test in the plan's order, end), and the process ends with the code that the last record says. Anything else
on the channel is tampering (records.c).

Nothing a test prints is looked at. All of pytest is imported before the tree can be seen, its functions are compared with what they were
when all is over, and two tests that the tree does not know, one passing and one failing, run somewhere among the others. Code that is
patient enough can still find the token in this process: for that there are runs over altered tests (variants.h).
"""
import builtins
import contextlib
import importlib
import io
import json
import os
import pathlib
import pkgutil
import random
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
import types

import _pytest
import _pytest.config
import _pytest.config.argparsing
import _pytest.fixtures
import _pytest.nodes
import pytest
import pluggy

# What is imported by a test, a fixture or a failure only is imported now, from the system and not from the tree.
for _part in pkgutil.iter_modules(_pytest.__path__):
    if not _part.ispkg and _part.name not in ('pytester', 'pytester_assertions'):
        importlib.import_module('_pytest.' + _part.name)
import configparser
import doctest
import unittest.case
import unittest.mock
try:
    import tomllib
except ImportError:  # before 3.11
    tomllib = None

CARRIED = {'python_files', 'python_classes', 'python_functions', 'xfail_strict', 'usefixtures', 'asyncio_mode', 'norecursedirs',
           'asyncio_default_fixture_loop_scope', 'consider_namespace_packages', 'doctest_optionflags', 'markers'}
WHY_MAX = 600


class OutOfTime(BaseException):
    """A test's own time is over; no `except Exception` of the tree's swallows it."""


class Canary(pytest.Item):
    """A test that the tree does not know."""
    fixturenames, funcargs, cls, instance, own = (), {}, None, None, True
    module = function = obj = None

    def runtest(self):
        assert self.passes, 'canary'

    def reportinfo(self):
        return 'canary', 0, self.name

    def repr_failure(self, excinfo):
        return self.name  # nothing that two runs say


def cut(text, most=WHY_MAX):
    text = str(text).encode('utf-8', 'backslashreplace').decode()
    return text if len(text) <= most else text[:most // 2] + ' ... ' + text[-most // 2:]


def waited():
    """Seconds for which this process wanted a core and others had it; 0 where the kernel does not tell."""
    try:
        with open('/proc/self/schedstat') as f:
            return int(f.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0


def clean_id(text):
    return text.encode('utf-8', 'backslashreplace').decode()


def channel(fd, token):
    """The function that writes a record; it keeps the token where no name leads to it."""
    write, dumps, pid, getpid = os.write, json.dumps, os.getpid(), os.getpid
    state = [0]

    def put(**record):
        if getpid() != pid:  # a child of a test that came back here
            return
        line = memoryview(('%s %d %s\n' % (token, state[0], dumps(record, separators=(',', ':')))).encode('ascii'))
        state[0] += 1
        while line:
            line = line[write(fd, line):]
    return put


# ---- tripwires

HERE = globals()


def watched():
    """The name spaces whose functions decide: of pytest, of what it stands on, and of this file."""
    heads = ('_pytest', 'pytest', 'pluggy', 'unittest')
    return [(name, vars(m)) for name, m in sorted(sys.modules.items()) if m is not None and name.split('.')[0] in heads] + [('runner', HERE)]


def plain(f):
    return f.__func__ if isinstance(f, (staticmethod, classmethod)) else f.fget if isinstance(f, property) else f


def photograph(spaces):
    """Every function of these name spaces and their classes: where it stands, which it is, and its code."""
    seen, shots = set(), []
    for home, space in spaces:
        holders = [(home, space)] + [(home + '.' + c.__name__, vars(c)) for c in space.values() if isinstance(c, type) and c.__module__ in (home, __name__)]
        for where, holder in holders:
            if where in seen:
                continue
            seen.add(where)
            for name, value in list(holder.items()):
                f = plain(value)
                code = getattr(f, '__code__', None)
                if isinstance(code, types.CodeType):
                    shots.append((where, holder, name, value, f, code, f.__defaults__))
    for module, names in ((builtins, BUILTINS), (os, ('write', '_exit', 'getpid'))):
        shots += [(module.__name__, vars(module), name, getattr(module, name), None, None, None) for name in names]
    return shots


BUILTINS = ('isinstance', 'issubclass', 'getattr', 'hasattr', 'repr', 'len', 'iter', 'next', 'type', 'id', 'all', 'any', 'compile', 'exec')


def changed(shots):
    """The first function that is no longer what it was, or None."""
    for where, holder, name, value, f, code, defaults in shots:
        if holder.get(name) is not value or (code is not None and (f.__code__ is not code or f.__defaults__ is not defaults)):
            return '%s.%s' % (where, name)
    return None


# ---- the recorder

class Recorder:
    def __init__(self, ask, put):
        self.ask, self.put = ask, put
        self.index = {}          # item -> its place in the plan
        self.phase = {}
        self.codes = []          # (function, its code when it was collected)
        self.told = 0
        self.wrong = None        # the first tampering that was seen
        self.began = 0
        self.core = [shot for shot in SHOTS if shot[0].startswith(('_pytest.runner', '_pytest.reports', '_pytest.python', 'runner'))]

    def suspect(self, what):
        self.wrong = self.wrong or what

    @pytest.hookimpl
    def pytest_collectreport(self, report):
        if report.failed:
            self.put(k='collect', id=clean_id(report.nodeid), why=cut(report.longreprtext.strip(), 2000))
        elif report.skipped:
            self.put(k='skip', id=clean_id(report.nodeid))

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, session, items):
        yield
        chance = random.Random(self.ask['seed'])
        if self.ask['seed']:
            files = {}
            for item in items:
                files.setdefault(item.nodeid.split('::')[0], []).append(item)
            order = list(files.values())
            for some in [order, *order]:
                some.reverse() if self.ask['seed'] == 1 else chance.shuffle(some)
            items[:] = [item for some in order for item in some]
        if self.ask['ids'] is not None:
            wanted = set(self.ask['ids'])
            items[:] = [item for item in items if re.sub('0x[0-9a-fA-F]{6,}', '0xADDR', clean_id(item.nodeid)) in wanted]
        for name, passes, place in self.ask['canaries']:
            canary = Canary.from_parent(session, name=name, nodeid=name)
            canary.passes = passes
            items.insert(int(place * (len(items) + 1)), canary)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session):
        self.put(k='plan', ids=[clean_id(item.nodeid) for item in session.items])
        for i, item in enumerate(session.items):
            self.index[item] = i
            f = getattr(item, 'obj', None)
            f = getattr(f, '__func__', f)
            if hasattr(f, '__code__'):
                self.codes.append((f, f.__code__))
        for plugin in session.config.pluginmanager.get_plugins():
            if not self.trusted(plugin):
                self.suspect('a plugin came from nowhere: %r' % (plugin,))

    def trusted(self, plugin):
        """Pytest's own, what was asked for, or a conftest.py: the tree's side that no patch may touch."""
        if isinstance(plugin, types.ModuleType):
            return os.path.basename(plugin.__file__ or '') == 'conftest.py' or plugin.__name__ in self.ask['plugins'] or plugin.__name__.startswith('_pytest.')
        kind = plugin if isinstance(plugin, type) else type(plugin)
        return kind is Recorder or (kind.__module__.split('.')[0] in ('_pytest', *(p.split('.')[0] for p in self.ask['plugins'])) and
                                    getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind)

    def arm(self):
        self.waited, self.granted = waited(), 0
        signal.setitimer(signal.ITIMER_REAL, self.ask['test_s'], 1)

    def over(self, number, frame):
        """A test's time is over, but for what it waited for a core meanwhile, up to nine times as much."""
        more = min(waited() - self.waited, 9 * self.ask['test_s']) - self.granted
        if more < 0.01:
            raise OutOfTime('no end after %s seconds' % self.ask['test_s'])
        self.granted += more
        signal.setitimer(signal.ITIMER_REAL, more, 1)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self.phase, self.began = {}, time.perf_counter_ns()
        seconds = self.ask['test_s']
        if seconds and hasattr(signal, 'setitimer'):
            before = signal.signal(signal.SIGALRM, self.over)
            self.arm()
            yield
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        else:
            yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        armed = self.ask['test_s'] and hasattr(signal, 'setitimer')
        if armed:
            signal.setitimer(signal.ITIMER_REAL, 0)  # a report is not a test: it is not to be broken off
        outcome = yield
        if armed and call.when != 'teardown':
            self.arm()
        report = outcome.get_result()
        if report.outcome == 'passed' and call.excinfo is not None:
            self.suspect('%s raised and was reported as passed' % item.nodeid)
        self.phase[call.when] = (report.outcome, hasattr(report, 'wasxfail'), call.excinfo)
        if call.when == 'teardown':
            self.tell(item)

    def tell(self, item):
        setup, call, teardown = (self.phase.get(w, (None, False, None)) for w in ('setup', 'call', 'teardown'))
        if 'failed' in (setup[0], teardown[0]):
            status = 'error'
        elif setup[0] == 'skipped':
            status = 'xfail' if setup[1] else 'skipped'
        elif call[0] == 'skipped':
            status = 'xfail' if call[1] else 'skipped'
        elif call[0] == 'passed' and call[2] is None:
            status = 'xpass' if call[1] else 'passed'
        else:
            status = 'failed'
        why = next((x[2] for x in (setup, call, teardown) if x[2] is not None), None)
        where = changed(self.core)
        if where:
            self.suspect('%s was replaced' % where)
        more = {'why': cut(why.exconly())} if why is not None and status not in ('passed', 'skipped') else {}
        self.put(k='test', i=self.index.pop(item), s=status, us=(time.perf_counter_ns() - self.began) // 1000, **more)
        self.told += 1


# ---- what surrounds the tests

def project_options(root):
    """The tree's own options for pytest: of the first file that has any, as pytest looks for them."""
    for name, section in (('pytest.ini', 'pytest'), ('.pytest.ini', 'pytest'), ('pyproject.toml', None), ('tox.ini', 'pytest'), ('setup.cfg', 'tool:pytest')):
        try:
            with open(os.path.join(root, name), encoding='utf-8') as f:
                text = f.read(1 << 20)
            if section is None:
                found = tomllib.loads(text).get('tool', {}).get('pytest', {}).get('ini_options') if tomllib else None
            else:
                parser = configparser.RawConfigParser(strict=False)
                parser.read_string(text)
                found = dict(parser.items(section)) if parser.has_section(section) else None
        except (OSError, ValueError, AttributeError, configparser.Error):
            continue
        if found is not None:
            return found
    return {}


def option_text(value):
    if isinstance(value, list):
        return '\n'.join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def carry(root, paths):
    """Arguments for the options that decide which tests there are and what they mean; never plugins, warnings or reports."""
    options, args = project_options(root), []
    for name, value in sorted(options.items()):
        if name in CARRIED:
            args += ['-o', '%s=%s' % (name, option_text(value))]
    for word in re.split(r'\s+', option_text(options.get('pythonpath', ''))):
        path = os.path.normpath(os.path.join(root, word))
        if word and path not in paths and (path + '/').startswith(root + '/') and os.path.isdir(path):
            paths.append(path)
    mode = re.search(r'--import-mode[= ](importlib|append|prepend)', option_text(options.get('addopts', '')))
    return args + (['--import-mode=' + mode.group(1)] if mode else [])


def compat():
    """Names that older code expects and that Python has dropped."""
    import asyncio
    import collections
    import collections.abc
    import fractions
    import inspect
    import math
    for name in collections.abc.__all__:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    if not hasattr(inspect, 'getargspec'):
        inspect.getargspec = lambda f: inspect.getfullargspec(f)[:4]
    if not hasattr(fractions, 'gcd'):
        fractions.gcd = math.gcd
    if not hasattr(asyncio, 'coroutine'):
        asyncio.coroutine = types.coroutine
    if not hasattr(time, 'clock'):
        time.clock = time.process_time
    for old, new in (('assertEquals', 'assertEqual'), ('assertNotEquals', 'assertNotEqual'), ('assert_', 'assertTrue'),
                     ('assertRaisesRegexp', 'assertRaisesRegex'), ('assertRegexpMatches', 'assertRegex'), ('assertItemsEqual', 'assertCountEqual')):
        if not hasattr(unittest.TestCase, old):
            setattr(unittest.TestCase, old, getattr(unittest.TestCase, new))


# Plugins that tests plainly ask for, by a word that stands in them.
OFFERED = (('asyncio', 'pytest_asyncio'), ('mocker', 'pytest_mock'), ('trio', 'pytest_trio'), ('anyio', 'anyio.pytest_plugin'),
           ('subtests', 'pytest_subtests'), ('freezer', 'pytest_freezegun'), ('benchmark', 'pytest_benchmark.plugin'), ('httpbin', 'pytest_httpbin'))


WORD = re.compile('[A-Za-z_]+')


def words_of(root, files):
    """What the test files, and the conftest.py beside and above them, say."""
    texts, names = [], set(files)
    for name in files:
        while name:
            name = os.path.dirname(name)
            names.add(os.path.join(name, 'conftest.py'))
    for name in sorted(names):
        try:
            with open(os.path.join(root, name), encoding='utf-8', errors='replace') as f:
                texts.append(f.read(1 << 22))
        except OSError:
            pass
    return set(WORD.findall('\n'.join(texts)))


def offered(words):
    found = []
    for word, module in OFFERED:
        if word in words:
            try:
                importlib.import_module(module)
                found.append(module)
            except ImportError:
                pass
    return found


def steady_hypothesis(words):
    """Generated examples are the same in every run. Only where a test mentions the library: it is slow to import."""
    try:
        if 'hypothesis' not in words:
            return
        import hypothesis
    except ImportError:
        return
    hypothesis.settings.register_profile('steady', derandomize=True, database=None, deadline=None,
                                         suppress_health_check=list(hypothesis.HealthCheck))
    hypothesis.settings.load_profile('steady')


def heads():
    """The packages that are there already, but for pytest and what comes with Python."""
    return sorted({n.split('.')[0] for n in sys.modules} - set(getattr(sys, 'stdlib_module_names', ())) - {'_pytest', 'pytest', '__main__', __name__})


def make_way(paths):
    """What pytest itself uses and the tree has a copy of (pluggy, attrs, ...): the tests shall see the tree's."""
    names = Once.heads if len(sys.modules) == Once.modules else heads()
    for name in names:
        if any(os.path.isfile(os.path.join(p, name + '.py')) or os.path.isfile(os.path.join(p, name, '__init__.py')) for p in paths):
            for n in [n for n in sys.modules if n.split('.')[0] == name]:
                KEPT.append(sys.modules.pop(n))


KEPT = []

# ---- what is the same in every run, done once

class Once:
    """
    What pytest works out anew in each run though it is always the same: a server finds it out in a run over a test of its own (rehearse) and its
    forks look it up. Where a pytest has no such function, or makes it differently, that one stays slow.
    """
    learning = False
    names = {}      # function, whether it was bound, and more -> the names of its arguments (pluggy)
    thin = {}       # module of pytest, or class of its plugins -> a module with its fixtures and nothing else; None if it has none
    config = []     # one that has taken in pytest's own plugins, for the next run
    more = None     # what it is asked for with besides
    modules = -1    # how many there are, with these heads
    heads = ()

    @classmethod
    def begin(cls):
        pluggys = [m for name, m in sorted(sys.modules.items()) if name.startswith('pluggy.')]
        for space, name, make in (*((m, 'varnames', cls.varnames) for m in pluggys), (_pytest.config, 'get_config', cls.get_config),
                                  (_pytest.config.argparsing.Parser, '_getparser', cls.getparser),
                                  (_pytest.fixtures.FixtureManager, 'parsefactories', cls.parsefactories)):
            slow = getattr(space, name, None)
            if slow is not None:
                setattr(space, name, make(slow))

    @classmethod
    def varnames(cls, slow):
        def varnames(f, **more):
            if type(f) not in (types.FunctionType, types.MethodType):
                return slow(f, **more)
            key = getattr(f, '__func__', f), type(f), *more.items()
            found = cls.names.get(key)
            if found is None:
                found = slow(f, **more)
                if cls.learning:
                    cls.names[key] = found
            return found
        return varnames

    @classmethod
    def get_config(cls, slow):
        def get_config(args=None, plugins=None, **more):
            if cls.learning:
                cls.more = more
            if more != cls.more or not cls.config or list(args or ())[:len(FIXED)] != FIXED:
                return slow(args, plugins, **more)
            config = cls.config.pop()
            config.invocation_params = type(config.invocation_params)(args=args, plugins=plugins, dir=pathlib.Path.cwd())
            return config
        return get_config

    @classmethod
    def getparser(cls, slow):
        def _getparser(self):
            """The same until an option is added."""
            options = [len(group.options) for group in (*self._groups, self._anonymous)]
            kept = vars(self).get('kept')
            if kept is None or kept[0] != options:
                kept = self.kept = options, slow(self)
            kept[1].extra_info = self.extra_info
            return kept[1]
        return _getparser

    @classmethod
    def parsefactories(cls, slow):
        def parsefactories(self, *args, **more):
            holder = more['holder'] if 'holder' in more else args[0]
            if isinstance(holder, (type, _pytest.nodes.Node)):
                return slow(self, *args, **more)
            kind = holder if isinstance(holder, types.ModuleType) else type(holder)
            if kind in cls.thin:
                if cls.thin[kind] is None:
                    return
                if 'holder' in more:
                    more['holder'] = cls.thin[kind]
                else:
                    args = (cls.thin[kind], *args[1:])
            if not cls.learning:
                return slow(self, *args, **more)
            names, made = [], _pytest.fixtures.FixtureDef.__init__

            def noted(self, *args, **more):
                made(self, *args, **more)
                names.append(self.func.__name__)
            _pytest.fixtures.FixtureDef.__init__ = noted
            try:
                slow(self, *args, **more)
            finally:
                _pytest.fixtures.FixtureDef.__init__ = made
            if not names:
                cls.thin[kind] = None
            elif kind is holder and all(name in vars(holder) for name in names):
                cls.thin[kind] = types.ModuleType(holder.__name__)
                vars(cls.thin[kind]).update((name, vars(holder)[name]) for name in names)
        return parsefactories


def rehearse():
    """A run over a test of our own and the two that no tree knows, in a server and before there is a tree."""
    path, ask = sys.path[:], {'seed': 0, 'ids': None, 'plugins': [], 'test_s': 1, 'canaries': [['test_good', True, 0], ['test_bad', False, 1]]}
    os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'
    with tempfile.TemporaryDirectory() as root, contextlib.redirect_stdout(io.StringIO()):
        file = os.path.join(root, 'test_rehearsal.py')
        with open(file, 'w') as f:
            f.write('def test_it():\n    assert 1 == 1\n')
        Once.learning = True
        well = judge(ask, lambda **record: None, ['--rootdir', root, file]) == pytest.ExitCode.TESTS_FAILED
        Once.learning = False
        if well:
            Once.config.append(_pytest.config.get_config(list(FIXED), [], **Once.more))
            if hasattr(Once.config[0]._parser, '_getparser'):
                Once.config[0]._parser._getparser()
        else:
            Once.names, Once.thin = {}, {}
    sys.path[:] = path
    sys.modules.pop('test_rehearsal', None)
    for name in ('last_type', 'last_value', 'last_traceback', 'last_exc'):
        vars(sys).pop(name, None)
    Once.modules, Once.heads = len(sys.modules), heads()


# ---- a run

# What pytest is told in every run.
FIXED = ['-c', '/dev/null', '-p', 'no:cacheprovider', '-p', 'no:pastebin', '-p', 'no:junitxml', '-q', '--tb=short', '-o', 'addopts=',
         '--continue-on-collection-errors', '--color=no', '--no-header']


def judge(ask, put, args):
    """Run the tests that the arguments name, write their records, give pytest's exit code."""
    recorder = Recorder(ask, put)
    code = int(pytest.main(FIXED + args, plugins=[recorder]))
    signal.setitimer(signal.ITIMER_REAL, 0)
    where = changed(SHOTS)
    if where:
        recorder.suspect('%s was replaced' % where)
    if any(f.__code__ is not c for f, c in recorder.codes):
        recorder.suspect('a test was rewritten')
    sys.stdout.flush()
    put(k='end', n=recorder.told, code=code, wrong=recorder.wrong)
    return code


def run(ask, fd):
    root, paths = ask['root'], list(ask['paths'])
    if os.environ.get('SANDBOX_ROOT'):  # without mounts the tree is elsewhere, behind a link
        place = os.path.realpath(os.environ['SANDBOX_ROOT'] + root)
        root, paths = place, [place + p[len(root):] for p in paths]
    put = channel(fd, ask.pop('token'))
    put(k='start', python='%d.%d.%d' % sys.version_info[:3], pytest=pytest.__version__)
    if ask['compat']:
        compat()
    # a test that eats memory without end is to fail alone, before the whole run is ended for it
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (ask['memory'] if hard < 0 else min(hard, ask['memory']), hard))
    args = ['--rootdir', root]
    words = words_of(root, ask['files'])
    ask['plugins'] += [name for name in offered(words) if name not in ask['plugins']]
    for name in ask['plugins']:
        importlib.import_module(name)
        args += ['-p', name]
    if ask['carry']:
        args += carry(root, paths)
    steady_hypothesis(words)
    os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'
    os.environ['PYTHONPATH'] = os.pathsep.join(paths)
    os.chdir(root)
    make_way(paths)
    sys.path[:0] = paths
    importlib.invalidate_caches()
    sys.argv[:] = ['pytest']
    return judge(ask, put, args + ask['files'])


def main(argv=None, fd_in=4, fd_out=3):
    with open(fd_in, 'rb') as f:
        ask = json.loads(f.read())
    os.set_inheritable(fd_out, False)
    time.tzset()
    code = 70
    try:
        code = run(ask, fd_out)
    except SystemExit as e:
        code = e.code if isinstance(e.code, int) else 70
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # nothing that the tree left behind runs any more


Once.begin()
SHOTS = photograph(watched())  # before anything of a tree is there

if __name__ == '__main__':
    main()
