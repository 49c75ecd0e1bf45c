"""Verdicts and puzzles; what the package quarry shows of itself."""
import collections.abc
import itertools
import json
import operator
import os
import threading
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar, Union

if os.environ.get('QUARRY_BINDING') == 'ctypes':
    from . import _ctypes as _lib
    BINDING = 'ctypes'
else:
    try:
        from . import _native as _lib  # type: ignore[attr-defined]
        BINDING = 'native'
    except ImportError:
        from . import _ctypes as _lib
        BINDING = 'ctypes'

Text = Union[str, bytes]

MARKS = ('correct', 'wrong', 'unreadable', 'no_answer', 'bad_task')
FORMATS = ('any', 'tags', 'boxed', 'json', 'fence', 'line')
_FORMAT = {name: i for i, name in enumerate(FORMATS)}
_SEED_MAX = 2 ** 63 - 1
THREADS_MAX = 256  #: of a pool
_SLICE = 1 << 16   #: items of a batch that are handed over at once


class Verdict(NamedTuple):
    """What was found of a response. The first four marks are about the response; bad_task says that our side is broken."""
    score: float                #: 0.0 to 1.0
    mark: str                   #: correct, wrong, unreadable, no_answer or bad_task
    why: str                    #: one sentence, for people
    extracted: Optional[str]    #: what was read as the answer
    format_ok: bool             #: it came as it was asked for
    answers_seen: int           #: how many different answers were handed in
    verify_us: float            #: microseconds that the verdict took; of a batch, its share

    @property
    def correct(self) -> bool:
        return self.mark == 'correct'

    @property
    def bad_task(self) -> bool:
        """Our side is broken (unknown task, damaged desc): no judgement of the response."""
        return self.mark == 'bad_task'


_lib.bind(Verdict)  # the class of all that the bindings give
_Function = TypeVar('_Function', bound=Callable[..., Any])


def _lane(f: _Function) -> _Function:
    """The same function, which the extension answers itself as long as nothing about the arguments is unusual."""
    if BINDING != 'native':
        return f
    names = f.__code__.co_varnames[:f.__code__.co_argcount]
    options = ['%s=%r' % option for option in f.__kwdefaults__.items()]
    return _lib.lane(f, __name__, '%s(%s)\n--\n\n%s' % (f.__name__, ', '.join([*names, '*', *options]), f.__doc__), names[0] == 'ground_truth')


def _fault(why: str) -> Verdict:
    return Verdict(0.0, 'bad_task', why, None, False, 0, 0.0)


def silent(value: Any, is_format: bool = False) -> bool:
    """Whether a row's member says nothing: None, '', and a format that is a number, as a verdict's in a reply of ours that comes back."""
    return value is None or isinstance(value, str) and not value or is_format and isinstance(value, (int, float)) and not isinstance(value, bool)


def damage(how: Any, think: Any) -> Optional[str]:
    """What is wrong with a row's "format" and "think", in the words of `quarry verify`. What is silent() is not."""
    if not (silent(think) or isinstance(think, str) and think == 'open'):
        return 'the row\'s think, %s, is not "open"' % _told(think)
    if silent(how, True) or isinstance(how, str) and how in _FORMAT:
        return None
    return 'the row\'s format, %s, is none of %s' % (_told(how), ', '.join(FORMATS))


def _told(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=repr)[:40]
    except (TypeError, ValueError, RecursionError):  # a circle, or keys of JSON's none
        return repr(value)[:40]


def _format(name: Optional[str]) -> int:
    try:
        return 0 if name is None else _FORMAT[name or 'any']
    except (KeyError, TypeError):
        raise ValueError('unknown answer format %r; there are %s' % (name, ', '.join(FORMATS))) from None


def _whole(n: Any, what: str, lo: int, hi: int) -> int:
    """A whole number in a range; numpy's are welcome."""
    try:
        k = operator.index(n)
    except TypeError:
        raise TypeError('%s is a whole number, not %.80r' % (what, n)) from None
    if not lo <= k <= hi:
        raise ValueError('%s goes from %d to %d; it is %d' % (what, lo, hi, k))
    return k


def _budget(n: int) -> int:
    return n if n == 0 else _whole(n, 'budget (steps; 0: no bound)', 0, 2 ** 62)


@_lane
def verify(task: str, desc: Text, response: Text, *, format: Optional[str] = None, think_open: bool = False,
           strict: bool = False, budget: int = 0) -> Verdict:
    """Judge a response to a puzzle.

    task: its name ("sudoku"); desc: the line that states it; response: all that the model wrote.
    format: how the answer was asked for (tags, boxed, json, fence, line), None: in no particular way.
    think_open: the prompt's template had opened the thought. strict: another format, or two different final answers, is unreadable.
    budget: most steps, one for each byte of the response; a longer one is unreadable. 0: no bound.

    Never raises for what a response holds. A ValueError or TypeError is about the other arguments. Thread-safe.
    """
    if not isinstance(task, str):
        raise TypeError('the task is a name, not %.80r' % (task,))
    return _lib.verify(task, desc, response, _format(format), think_open, strict, _budget(budget))


@_lane
def verify_truth(ground_truth: Text, response: Text, *, format: Optional[str] = None, think_open: bool = False,
                 strict: bool = False, budget: int = 0) -> Verdict:
    """The same by a ground truth, the JSON string {"v":1,"task":...,"revision":...,"desc":...} of a dataset's row."""
    return _lib.verify(None, ground_truth, response, _format(format), think_open, strict, _budget(budget))


class Pool:
    """Threads for verify_batch, 1 to 256, the caller's among them. After a fork the child's is started anew; it can be pickled."""

    def __init__(self, threads: Optional[int] = None) -> None:
        self.threads = _threads(threads) if threads is not None else max(1, min(THREADS_MAX, _cores()))
        self._held = (os.getpid(), _lib.pool(self.threads))
        self._lock = threading.Lock()

    def _here(self) -> Any:
        pid, pool = self._held
        if pid != os.getpid():  # forked: threads do not come along, and the lock may be held by one of them
            pool = _lib.pool(self.threads)
            self._held = (os.getpid(), pool)
        return pool

    def __reduce__(self) -> Tuple[Any, ...]:
        return Pool, (self.threads,)

    def __repr__(self) -> str:
        return 'quarry.Pool(%d)' % self.threads


def _threads(n: int) -> int:
    return _whole(n, 'threads', 1, THREADS_MAX)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


_default_pool: Optional[Pool] = None


def _pool(pool: Optional[Pool], threads: Optional[int], n: int) -> Any:
    global _default_pool
    if threads is not None:
        threads = _threads(threads)
    if pool is not None:
        if not isinstance(pool, Pool):
            raise TypeError('pool is a quarry.Pool, not %.80r' % (pool,))
        return pool._here()
    if threads == 1 or n <= 8:
        return None
    if threads is not None:
        return Pool(threads)._here()
    if _default_pool is None:
        _default_pool = Pool()
    return _default_pool._here()


Item = Union[Mapping[str, Any], Tuple[Text, Text], Tuple[str, Text, Text]]  #: a list does for a tuple


def _row(row: Mapping[str, Any], format: int, strict: bool, budget: int) -> Union[Tuple[Any, ...], Verdict]:
    """What a row says; a fault, as `quarry verify` tells it, where it says too little: one bad row is no reason to lose a batch."""
    get = row.get
    task, desc, said, how = get('task'), get('desc'), get('response'), get('format')
    if task is None or desc is None:
        task, desc = None, get('ground_truth')
        if isinstance(desc, collections.abc.Mapping):
            try:
                desc = json.dumps(dict(desc), ensure_ascii=False)
            except (TypeError, ValueError):
                return _fault('the ground truth is not one JSON object')
        if desc is None:
            return _fault('the row has neither task and desc nor a ground_truth')
    if not (isinstance(desc, (str, bytes)) and (task is None or isinstance(task, str))):
        return _fault('the row\'s task and desc must be strings')
    if not isinstance(said, (str, bytes)):
        return _fault('the response is missing, or no text')
    wrong = damage(how, get('think'))
    if wrong is not None:
        return _fault(wrong)
    if not silent(how, True):
        format = _FORMAT[how]
    return task, desc, said, format, get('think') == 'open', strict, budget


def _item(item: Item, format: int, strict: bool, budget: int) -> Union[Tuple[Any, ...], Verdict]:
    if item.__class__ is dict or isinstance(item, collections.abc.Mapping):
        return _row(item, format, strict, budget)  # type: ignore[arg-type]
    if not isinstance(item, (tuple, list)):
        raise TypeError('not %.80r' % (item,))
    if len(item) == 2:
        task, (desc, said) = None, item
    elif len(item) == 3:
        task, desc, said = item
    else:
        raise ValueError('not one of %d' % len(item))
    if not (isinstance(said, (str, bytes)) and isinstance(desc, (str, bytes)) and (task is None or isinstance(task, str))):
        raise TypeError('of strings, not %.80r' % (item,))
    return task, desc, said, format, False, strict, budget


def verify_batch(items: Iterable[Item], *, format: Optional[str] = None, strict: bool = False, budget: int = 0,
                 threads: Optional[int] = None, pool: Optional[Pool] = None) -> List[Verdict]:
    """A verdict for each item, in order, the same as one by one.

    An item is a mapping with task and desc, or ground_truth, and response (an instance's own "format" and "think" count), or a tuple
    (task, desc, response) or (ground_truth, response). A mapping is data: one that says too little, has no response or an unknown format
    is bad_task. Any other item is as a call: what verify would not take, None for a response too, is a TypeError or ValueError that tells
    its number. threads: how many to judge on; the default is a pool of the process's own with one for each core. The GIL is released meanwhile.
    """
    how, steps, rest, out = _format(format), _budget(budget), iter(items), []
    _pool(pool, threads, 0)
    if isinstance(items, (str, bytes, collections.abc.Mapping)):
        raise TypeError('items is a list of items, not %.80r' % (items,))

    def read(k: int, item: Item) -> Union[Tuple[Any, ...], Verdict]:
        try:
            return _item(item, how, strict, steps)
        except (TypeError, ValueError) as e:
            raise (TypeError if isinstance(e, TypeError) else ValueError)(
                'items[%d] is a mapping, or a tuple (ground_truth, response) or (task, desc, response), %s' % (len(out) + k, e)) from None

    while True:
        some = list(itertools.islice(rest, _SLICE))
        if not some:
            return out
        out += _lib.verify_batch(_pool(pool, threads, len(some)), some, how, strict, steps, read)


# ---- puzzles ----

def tasks() -> List[Dict[str, Any]]:
    """Every task: name, family, knobs with ranges, levels, languages, formats, wordings, support."""
    return json.loads(_lib.tasks_json())['tasks']


def rules() -> Dict[str, int]:
    """The name and revision of every rule: what can be judged."""
    return dict(_lib.rules())


class Generator:
    """Puzzles of one task: what `quarry generate TASK` writes.

    >>> g = Generator("sudoku", difficulty="1..4", lang="en,zh")
    >>> g(7, 0)["task"]          # the first of seed 7, a dict with id, prompt, desc, answer, ...
    'sudoku'

    The i-th instance depends on the seed, the wish and i alone. Any number of threads may share a generator; it can be pickled.
    difficulty: 0 to 10, a decimal or a range "A..B". knobs: instead of what the difficulty says. lang: "en", "zh" or "en,zh".
    format: tags, boxed, json, fence, line, any, several by commas, or "all". form: wordings. worked: with the worked solution.
    bare: neither canonical form nor effort, which is faster. ValueError says what is wrong with a wish.
    """

    def __init__(self, task: str, *, difficulty: Union[int, float, str] = 5, knobs: Optional[Mapping[str, int]] = None, lang: str = 'en',
                 format: str = 'tags', form: str = '', canon: Optional[str] = None, worked: bool = False, bare: bool = False) -> None:
        if not isinstance(knobs, (type(None), collections.abc.Mapping)):
            raise TypeError('knobs is a mapping of names to whole numbers, not %.80r' % (knobs,))
        wish = {'task': task, 'difficulty': None if difficulty is None else str(difficulty), 'lang': lang, 'format': format, 'form': form,
                'knobs': dict(knobs or {}), 'worked': bool(worked), 'bare': bool(bare)}
        if canon is not None:
            wish['canon'] = canon
        self.wish = json.dumps(wish, ensure_ascii=False, default=operator.index)
        self._held = _lib.generator(self.wish)

    def line(self, seed: int, i: int) -> str:
        """The i-th instance under a seed (both from 0 to 2^63 - 1) as one JSON line."""
        return _lib.generator_line(self._held, _whole(seed, 'seed', 0, _SEED_MAX), _whole(i, 'i', 0, _SEED_MAX))

    def __call__(self, seed: int, i: int) -> Dict[str, Any]:
        return json.loads(self.line(seed, i))

    def __reduce__(self) -> Tuple[Any, ...]:
        return _generator_again, (self.wish,)

    def __repr__(self) -> str:
        return 'quarry.Generator(%s)' % self.wish


def _generator_again(wish: str) -> Generator:
    g = Generator.__new__(Generator)
    g.wish, g._held = wish, _lib.generator(wish)
    return g


def generate(task: str, n: int = 1, *, seed: int = 0, start: int = 0, **wish: Any) -> List[Dict[str, Any]]:
    """n instances of a task, from number start on, as dicts: those of `quarry generate TASK --count N --seed S`. See Generator."""
    g = Generator(task, **wish)
    first = _whole(start, 'start', 0, _SEED_MAX)
    return [g(seed, first + i) for i in range(_whole(n, 'n', 0, _SEED_MAX))]


def ground_truth(instance: Mapping[str, Any]) -> str:
    """The one string that any verifier needs of an instance."""
    if not (isinstance(instance, collections.abc.Mapping) and 'task' in instance and 'desc' in instance):
        raise ValueError('an instance has a task and a desc, as quarry.generate makes it; %.80r has not' % (instance,))
    truth = {'v': 1, 'task': instance['task'], 'revision': instance.get('revision', 1), 'desc': instance['desc']}
    return json.dumps(truth, ensure_ascii=False, separators=(',', ':'))


def version() -> str:
    return _lib.version()
