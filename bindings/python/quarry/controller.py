"""Which difficulty to ask next, from what a policy got right so far.

    c = Controller(group=8)
    c.add('sudoku')
    where = c.choose(0)                     # Choice(task='sudoku', difficulty=3.0, lang='en', format='tags', form='', number=...)
    c.observe(where.uid, k=5, n=8)          # 5 of 8 responses were right
    c.observe(('sudoku', 4), k=0, n=8)      # the same by hand

For each task it keeps a normal belief of the logit of the pass rate over its levels of difficulty, with an offset for each language, answer
format and wording where there are several. An observation moves the belief at its level, and with it, less, the levels around; while
time goes on (counted in responses) the belief widens again toward what it was at first, so that a policy that gets better, or worse, is
followed. A row's difficulty is drawn from those where a group is likeliest to have right and wrong responses both.

The rules, for n responses of a group, with d the difficulty and f the belief:

    P(right) = guess + (1 - guess - LAPSE) * logistic(f(d) + noise),  noise ~ N(0, NOISE) of the puzzle
    useful(d) = E[1 - q^n - (1 - q)^n],  q = logistic(f(d) + noise)
    P(d) ~ exp(useful(d) / (spread * best)),  best = the greatest useful(d) of the task

Where no level is useful it asks the easiest of a task that is too hard, the hardest of one that is too easy.

It is fed by k of n alone and draws nothing from a clock or the system, so that the same seed and the same observations give the same rows.
Threads may share one. A copy in another process (fork, pickle) decides nothing; what it observes goes through the spool file, if there is one.
"""
import hashlib
import math
import operator
import os
import sys
import threading
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

LAPSE = 0.02      #: part of the responses that is wrong however easy the puzzle is
GUESS = 0.002     #: least chance of a right answer, where a task's own is smaller
NOISE = 1.0       #: variance of a puzzle's own difficulty within its level, in logits
HOPELESS = 0.2    #: no level of a task is useful below this chance of a group with both
FORGET = 8        #: responses that `drift` is said for: a group of eight

# What is believed of a task before anything was seen: variances in logits, and the logits that a level costs.
_COMMON, _SLOPE, _BUMP, _REACH, _OFFSET, _FALL = 16.0, 0.25, 1.0, 2.0, 0.5, 1.0

_Z = [(i - 12) * 0.3 for i in range(25)]                       # of a normal distribution, in its deviations
_ZZ = [z * z for z in _Z]
_LOG_W = [-z * z / 2 for z in _Z]
_NODES = [(-1.8 + 0.6 * i) * 1.5 for i in range(7)]            # the same, coarser
_WEIGHTS = [math.exp(-z * z / 2) / sum(math.exp(-y * y / 2) for y in _NODES) for z in _NODES]


class Choice(NamedTuple):
    """Where a row stands, and the number of its puzzle."""
    task: str
    difficulty: float
    lang: str
    format: str
    form: str
    number: int

    @property
    def uid(self) -> str:
        """The same as one word, from which the row can be made again."""
        return ':'.join((self.task, '%g' % self.difficulty, self.lang, self.format, self.form, '%x' % self.number))


def read_uid(uid: str) -> Choice:
    """The choice that a uid names. ValueError: it is none of ours."""
    parts = uid.split(':') if isinstance(uid, str) else []
    try:
        task, difficulty, lang, format, form, number = parts
        c = Choice(task, float(difficulty), lang, format, form, int(number, 16))
    except ValueError:
        raise ValueError('%.80r is not the uid of a streamed row' % (uid,)) from None
    if not task or not 0 <= c.difficulty <= 10 or not 0 <= c.number < 2 ** 63:
        raise ValueError('%.80r is not the uid of a streamed row' % (uid,))
    return c


def is_uid(value: Any) -> bool:
    """Whether it is the uid of a streamed row."""
    try:
        return bool(read_uid(value))
    except ValueError:
        return False


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


class _Arm:
    """A task: what may be asked of it, and the belief. knot i of the belief is the logit at difficulty low + i; then come the offsets."""

    def __init__(self, task: str, low: float, high: float, step: float, weight: float, guess: Sequence[float], langs: Sequence[str],
                 formats: Sequence[str], forms: Sequence[str], start: float) -> None:
        self.task, self.low, self.weight, self.guess = task, low, weight, list(guess)
        self.levels = [round(low + i * step, 1) for i in range(int((high - low) / step + 1e-9) + 1)]
        self.options = (list(langs), list(formats), list(forms))
        self.knots = max(1, math.ceil(self.levels[-1] - low)) + 1
        self.offset = {}  # type: Dict[Tuple[int, str], int]
        for kind, names in enumerate(self.options):
            for name in names if len(names) > 1 else ():
                self.offset[kind, name] = self.knots + len(self.offset)
        self.prior = self._prior()
        self.mean = [-_FALL * (low + i - start) for i in range(self.knots)] + [0.0] * len(self.offset)
        self.cov = [row[:] for row in self.prior]
        self.clock = 0                                        # when the belief held
        self.seen = {}  # type: Dict[str, List[int]]          # right and all responses by difficulty

    def _prior(self) -> List[List[float]]:
        n, mid = self.knots, (self.knots - 1) / 2
        rows = [[_COMMON + _SLOPE * (i - mid) * (j - mid) + _BUMP * math.exp(-(i - j) ** 2 / (2 * _REACH ** 2)) for j in range(n)]
                + [0.0] * len(self.offset) for i in range(n)]
        return rows + [[_OFFSET if i == j else 0.0 for j in range(n + len(self.offset))] for i in range(n, n + len(self.offset))]

    def names(self) -> List[str]:
        """What the belief's members are: a saved one fits only where these are the same."""
        return ['%g' % (self.low + i) for i in range(self.knots)] + [name for _, name in self.offset]

    def place(self, difficulty: float, said: Sequence[str]) -> List[Tuple[int, float]]:
        """The members of the belief that add up to the logit there."""
        x = min(max(difficulty - self.low, 0.0), self.knots - 1.0)
        i = min(int(x), self.knots - 2)
        at = [(i, 1 - (x - i)), (i + 1, x - i)]
        return [a for a in at if a[1] > 0] + [(self.offset[kind, name], 1.0) for kind, name in enumerate(said) if (kind, name) in self.offset]

    def floor(self, difficulty: float) -> float:
        i = min(max(int(round(difficulty)), 0), len(self.guess) - 1)
        return min(max(self.guess[i], GUESS), 0.9) if self.guess else GUESS

    def belief(self, at: Sequence[Tuple[int, float]], forgot: float) -> Tuple[float, float]:
        """Mean and variance of the logit there, when the part `forgot` of what was known is gone."""
        m = sum(w * self.mean[i] for i, w in at)
        v = sum(w * u * ((1 - forgot) * self.cov[i][j] + forgot * self.prior[i][j]) for i, w in at for j, u in at)
        return m, v

    def update(self, at: Sequence[Tuple[int, float]], k: int, n: int, guess: float, forgot: float) -> None:
        kept = 1 - forgot
        toward = [sum(w * (kept * row[i] + forgot * first[i]) for i, w in at) for row, first in zip(self.cov, self.prior)]
        m, v = sum(w * self.mean[i] for i, w in at), sum(w * toward[i] for i, w in at) + NOISE
        m2, v2 = _moments(m, v, k, n, guess)
        move, shrink = (m2 - m) / v, max(0.0, v - v2) / (v * v)
        self.mean = [a + t * move for a, t in zip(self.mean, toward)]
        self.cov = [[kept * c + forgot * p - ts * u for c, p, u in zip(row, first, toward)]
                    for row, first, ts in zip(self.cov, self.prior, [t * shrink for t in toward])]


def _moments(m: float, v: float, k: int, n: int, guess: float) -> Tuple[float, float]:
    """Mean and variance of a puzzle's logit, N(m, v) before, after k of n were right."""
    sd, scale, wrong = math.sqrt(v), 1 - guess - LAPSE, n - k
    logs = []
    for z, w in zip(_Z, _LOG_W):
        p = guess + scale * _logistic(m + sd * z)
        logs.append(w + k * math.log(p) + wrong * math.log(1 - p))
    top = max(logs)
    weights = [math.exp(x - top) for x in logs]
    total = sum(weights)
    mean = sum(map(operator.mul, weights, _Z)) / total
    var = sum(map(operator.mul, weights, _ZZ)) / total - mean * mean
    return m + sd * mean, v * max(var, 1e-6)


def _useful(m: float, v: float, n: int) -> float:
    """The chance that a group of n has right and wrong responses both, when the logit is N(m, v). Guesses do not count as right."""
    sd = math.sqrt(v)
    total = 0.0
    for z, w in zip(_NODES, _WEIGHTS):
        q = _logistic(m + sd * z)
        total += w * (1 - q ** n - (1 - q) ** n)
    return total


Where = Union[str, Sequence[Any]]


class Controller:
    """Beliefs of the pass rate per task, level and form, and the draw of the next row from them.

    group: responses of one prompt (num_generations, rollout.n). seed: of all chance. start: the difficulty that is believed to be
    half right before anything was seen. drift: variance in logits that a belief gains while its task answers 8 responses: more follows
    faster and errs more. spread: how far draws stray from the most useful level; 0.02 keeps to levels that are nearly as useful.
    tilt: tasks with no useful level are drawn less (down to a tenth of their weight); False: by weight alone.
    spool: a file through which other processes' observations come (see post).
    """

    def __init__(self, *, group: int = 8, seed: int = 0, start: float = 2.0, drift: float = 0.1, spread: float = 0.02, tilt: bool = True,
                 spool: Optional[str] = None) -> None:
        if not 2 <= group <= 4096:
            raise ValueError('a group has 2 to 4096 responses, not %r' % (group,))
        if not (drift >= 0 and spread > 0 and 0 <= start <= 10):
            raise ValueError('drift is 0 or more, spread above 0, start from 0 to 10')
        self.group, self.seed, self.start, self.drift, self.spread, self.tilt = int(group), int(seed), start, drift, spread, bool(tilt)
        self.spool = os.fspath(spool) if spool is not None else None
        self.clock = 0                                        # responses observed
        self.arms = {}  # type: Dict[str, _Arm]
        self._read = 0                                        # bytes of the spool
        self._open = {}  # type: Dict[str, List[int]]         # groups that are not whole yet, the oldest first
        self.adopt()

    def adopt(self) -> 'Controller':
        """From here on this process decides: for a copy that was forked or unpickled."""
        self._pid, self._lock = os.getpid(), threading.RLock()
        self._tables = {}  # type: Dict[Any, Any]
        return self

    def add(self, task: str, low: float = 0, high: float = 10, *, step: float = 1, weight: float = 1, guess: Sequence[float] = (),
            langs: Sequence[str] = ('en',), formats: Sequence[str] = ('tags',), forms: Sequence[str] = ('',)) -> None:
        """A task to draw from, at difficulties low, low + step, ... high; guess: the chance of a right guess at difficulty 0, 1, ...

        Tasks, languages, formats and wordings are drawn by weight and evenly; the difficulty follows what is believed of it.
        """
        if not (0 <= low <= high <= 10 and 0.1 <= step <= 10):
            raise ValueError('the difficulties of %s are from 0 to 10 in steps of at least 0.1, not %r to %r by %r' % (task, low, high, step))
        if not (weight > 0 and math.isfinite(weight)):
            raise ValueError('the weight of %s is above 0, not %r' % (task, weight))
        if not (langs and formats and forms) or any(':' in x for x in (task, *langs, *formats, *forms)):
            raise ValueError('%s needs names of languages, formats and wordings' % task)
        with self._lock:
            if task in self.arms:
                raise ValueError('task %s stands twice' % task)
            self.arms[task] = _Arm(task, low, high, step, weight, guess, langs, formats, forms, self.start)
            self._tables = {}

    # ---- learning ----

    def observe(self, where: Where, k: int, n: int) -> None:
        """k of n responses were right to the row of that uid, or at (task, difficulty[, lang[, format[, wording]]]).

        In a copy of the process it goes to the spool; RuntimeError where there is none. ValueError: no such place, or not 0 <= k <= n.
        """
        uid = where if isinstance(where, str) else _uid_of(where)
        at = read_uid(uid)
        if not (0 <= k <= n and 1 <= n <= 2 ** 20):
            raise ValueError('k of n: 0 <= k <= n and n >= 1, not %r of %r' % (k, n))
        if self._pid != os.getpid():
            if self.spool is None:
                raise RuntimeError('this is a copy of the controller in another process, from which nothing comes back: give it a spool, or adopt() it')
            post(self.spool, uid, int(k), int(n))
            return
        with self._lock:
            self._learn(at, int(k), int(n))

    def feed(self, uids: Iterable[str], scores: Iterable[Optional[float]], *, right: float = 0.5) -> None:
        """The same from a batch: one uid and score for each response (None: not judged), right from `right` on.

        Where torch.distributed runs, every process must call this equally often; all learn from the responses of all.
        """
        groups = {}  # type: Dict[str, List[int]]
        for uid, score in zip(uids, scores):
            if score is not None and score == score:
                kn = groups.setdefault(uid, [0, 0])
                kn[0] += score >= right
                kn[1] += 1
        for uid, (k, n) in _gathered(groups).items():
            self.observe(uid, k, n)

    def tally(self, uid: str, right: bool) -> None:
        """The same from one response at a time: it is learnt from when its group is whole, or 4096 others have begun."""
        if self._pid != os.getpid():
            self.observe(uid, int(right), 1)
            return
        read_uid(uid)
        with self._lock:
            kn = self._open.setdefault(uid, [0, 0])
            kn[0] += bool(right)
            kn[1] += 1
            if kn[1] < self.group and len(self._open) <= 4096:
                return
            whole = uid if kn[1] >= self.group else next(iter(self._open))
            k, n = self._open.pop(whole)
            self._learn(read_uid(whole), k, n)

    def _learn(self, at: Choice, k: int, n: int) -> None:
        if at.task not in self.arms:
            self.add(at.task)
        arm = self.arms[at.task]
        self.clock += n
        arm.update(arm.place(at.difficulty, at[2:5]), k, n, arm.floor(at.difficulty), self._forgot(arm))
        arm.clock = self.clock
        seen = arm.seen.setdefault('%g' % at.difficulty, [0, 0])
        seen[0] += k
        seen[1] += n

    def _forgot(self, arm: _Arm) -> float:
        """The part of what was known of a task that is gone by now. A task's time is its share of all responses."""
        share = arm.weight / sum(a.weight for a in self.arms.values())
        return 1 - math.exp(-self.drift / _COMMON * (self.clock - arm.clock) * share / FORGET)

    def _drain(self) -> None:
        """Learn what other processes posted. Observations of one row count together, as the same puzzle."""
        if self.spool is None:
            return
        groups = {}  # type: Dict[str, List[int]]
        try:
            with open(self.spool, 'rb') as f:
                f.seek(self._read)
                for line in iter(lambda: f.readline(1 << 16), b''):
                    if not line.endswith(b'\n') and len(line) < 1 << 16:
                        break                                 # still being written
                    self._read += len(line)
                    uid, k, n = _posted(line)
                    kn = groups.setdefault(uid, [0, 0])
                    kn[0] += k
                    kn[1] += n
        except FileNotFoundError:
            return
        for uid, (k, n) in groups.items():
            if n:
                self._learn(read_uid(uid), k, n)

    # ---- deciding ----

    def here(self) -> None:
        """RuntimeError in a copy in another process."""
        if self._pid != os.getpid():
            raise RuntimeError('rows are decided in the process that holds the controller (set dataloader_num_workers to 0), or in one that calls adopt()')

    def choose(self, i: int) -> Choice:
        """Where row i stands: by the seed, i and what was observed so far. RuntimeError in a copy in another process."""
        self.here()
        with self._lock:
            self._drain()
            return self._choose(i)

    def _choose(self, i: int) -> Choice:
        if not self.arms:
            raise ValueError('the controller has no task to draw from')
        digest = hashlib.blake2b(b'%d:%d:%d' % (self.seed, i, self.clock), digest_size=48).digest()
        draws = [int.from_bytes(digest[j:j + 8], 'big') / 2.0 ** 64 for j in range(0, 48, 8)]
        task = _draw(self._table('', lambda: self._tasks()), draws[0])
        arm = self.arms[task]
        said = tuple(names[int(u * len(names))] for names, u in zip(arm.options, draws[2:5]))
        difficulty = _draw(self._table((task, said), lambda: self._levels(arm, said)), draws[1])
        return Choice(task, difficulty, said[0], said[1], said[2], int.from_bytes(digest[40:], 'big') >> 1)

    def _table(self, key: Any, make: Any) -> List[Tuple[Any, float]]:
        """A table of things and their chances, made once for each state of knowledge."""
        at, table = self._tables.get(key, (-1, None))
        if at != self.clock:
            table = make()
            self._tables[key] = self.clock, table
        return table

    def _use(self, arm: _Arm, said: Sequence[str]) -> List[float]:
        forgot = self._forgot(arm)
        beliefs = [arm.belief(arm.place(d, said), forgot) for d in arm.levels]
        use = [_useful(m, v + NOISE, self.group) for m, v in beliefs]
        if max(use) < HOPELESS and (beliefs[0][0] < 0 or beliefs[-1][0] > 0):  # what is not known of a level must not make it look promising
            end = 0 if beliefs[0][0] < 0 else -1
            use = [0.0] * len(use)
            use[end] = _useful(beliefs[end][0], beliefs[end][1] + NOISE, self.group)
        return use

    def _tasks(self) -> List[Tuple[str, float]]:
        return [(t, a.weight * (max(0.1, max(self._use(a, ()))) if self.tilt else 1)) for t, a in self.arms.items()]

    def _levels(self, arm: _Arm, said: Sequence[str]) -> List[Tuple[float, float]]:
        use = self._use(arm, said)
        top = max(max(use), 1e-12)
        return [(d, math.exp((u / top - 1) / self.spread)) for d, u in zip(arm.levels, use)]

    # ---- telling ----

    def pass_rate(self, task: str, difficulty: float, lang: str = '', format: str = '', form: str = '') -> Tuple[float, float, float]:
        """The believed pass rate of a middling puzzle there, and the ends of its 90 % interval."""
        with self._lock:
            arm = self.arms[task]
            m, v = arm.belief(arm.place(difficulty, (lang, format, form)), self._forgot(arm))
            guess, sd = arm.floor(difficulty), math.sqrt(max(v, 0.0))
            mid, low, high = (guess + (1 - guess - LAPSE) * _logistic(m + z * sd) for z in (0, -1.645, 1.645))
            return mid, low, high

    def level(self, task: str) -> float:
        """The difficulty that is asked of a task now, on average."""
        with self._lock:
            table = self._levels(self.arms[task], ())
            return sum(d * w for d, w in table) / sum(w for _, w in table)

    def metrics(self) -> Dict[str, float]:
        """Numbers worth plotting: for each task the difficulty asked now, for all the responses seen."""
        with self._lock:
            return dict({'level/' + t: self.level(t) for t in self.arms}, responses=float(self.clock))

    # ---- keeping ----

    def state_dict(self) -> Dict[str, Any]:
        """All that was learnt, as JSON can hold it."""
        with self._lock:
            arms = {t: {'names': a.names(), 'mean': list(a.mean), 'cov': [row[:i + 1] for i, row in enumerate(a.cov)], 'clock': a.clock,
                        'seen': {d: list(kn) for d, kn in a.seen.items()}} for t, a in self.arms.items()}
            return {'version': 1, 'seed': self.seed, 'clock': self.clock, 'read': self._read, 'arms': arms,
                    'open': {uid: list(kn) for uid, kn in self._open.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there; what was posted to the spool since then is dropped, so that the rows are the same again.

        ValueError: it is no such state, or one of other tasks, levels or forms.
        """
        try:
            if state['version'] != 1:
                raise ValueError('a state of version %r is not known here' % (state['version'],))
            loaded = {}
            for task, s in state['arms'].items():
                arm = self.arms.get(task) or _Arm(task, 0, 10, 1, 1, (), ('en',), ('tags',), ('',), self.start)
                if s['names'] != arm.names():
                    raise ValueError('the state of %s is of other levels or forms: %s' % (task, ' '.join(map(str, s['names']))))
                half = s['cov']
                n = len(arm.mean)
                if len(s['mean']) != n or [len(row) for row in half] != list(range(1, n + 1)):
                    raise ValueError('the state of %s is damaged' % task)
                cov = [[float(half[max(i, j)][min(i, j)]) for j in range(n)] for i in range(n)]
                loaded[task] = arm, [float(x) for x in s['mean']], cov, int(s['clock']), {d: [int(k), int(m)] for d, (k, m) in s['seen'].items()}
            seed, clock, read = int(state['seed']), int(state['clock']), int(state['read'])
            begun = {str(uid): [int(k), int(n)] for uid, (k, n) in state['open'].items()}
        except (KeyError, TypeError, AttributeError) as e:
            raise ValueError('this is no state of a controller: %s' % e) from None
        with self._lock:
            for task, (arm, arm.mean, arm.cov, arm.clock, arm.seen) in loaded.items():
                self.arms[task] = arm
            self.seed, self.clock, self._read, self._open, self._tables = seed, clock, read, begun, {}
            if self.spool is not None and os.path.exists(self.spool) and os.path.getsize(self.spool) > read:
                os.truncate(self.spool, read)

    def __getstate__(self) -> Dict[str, Any]:
        with self._lock:
            return {**self.__dict__, '_pid': -1, '_lock': None, '_tables': {}}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return 'quarry.Controller(%s)' % ', '.join('%s %.1f' % (t, self.level(t)) for t in self.arms)


def _uid_of(where: Sequence[Any]) -> str:
    try:
        task, difficulty, *said = where
        if len(said) > 3:
            raise ValueError
        said = [str(s) for s in said] + [''] * (3 - len(said))
        return Choice(str(task), float(difficulty), said[0], said[1], said[2], 0).uid
    except (TypeError, ValueError):
        raise ValueError('%.80r is neither a uid nor (task, difficulty)' % (where,)) from None


def _draw(table: Sequence[Tuple[Any, float]], u: float) -> Any:
    left = u * sum(w for _, w in table)
    for thing, w in table:
        left -= w
        if left < 0:
            return thing
    return table[-1][0]


def _gathered(groups: Dict[str, List[int]]) -> Dict[str, List[int]]:
    """The same over all processes of torch.distributed, if it runs; in the same order everywhere."""
    dist = getattr(sys.modules.get('torch'), 'distributed', None)
    if dist is None or not dist.is_available() or not dist.is_initialized() or dist.get_world_size() == 1:
        return groups
    parts = [None] * dist.get_world_size()  # type: List[Any]
    dist.all_gather_object(parts, groups)
    all_groups = {}  # type: Dict[str, List[int]]
    for part in parts:
        for uid, (k, n) in part.items():
            kn = all_groups.setdefault(uid, [0, 0])
            kn[0] += k
            kn[1] += n
    return all_groups


# ---- observations from other processes ----

def post(spool: str, uid: str, k: int, n: int) -> None:
    """Tell the controller that reads this file of k right ones among n responses. One write, so that any number of processes may."""
    read_uid(uid)
    line = ('%s %d %d\n' % (uid, k, n)).encode()
    fd = os.open(spool, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        os.write(fd, line)
    finally:
        os.close(fd)


def _posted(line: bytes) -> Tuple[str, int, int]:
    """What a line of the spool says; a damaged one counts for nothing."""
    try:
        uid, k, n = line.decode('ascii').split()
        read_uid(uid)
        if 0 <= int(k) <= int(n) <= 2 ** 20:
            return uid, int(k), int(n)
    except ValueError:
        pass
    return '', 0, 0
