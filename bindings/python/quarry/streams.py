"""Training data that adapts while training runs: rows made on demand, at the difficulty that a controller finds useful.

    import quarry
    s = quarry.stream({'tasks': ['sudoku', {'task': 'cipher', 'difficulty': '0..6', 'weight': 2}], 'lang': ['en', 'zh']}, quarry.Controller(group=8))
    row = s[0]                                                  # prompt, ground_truth, uid, data_source, difficulty, format, ...
    s.controller.observe(row['uid'], k=3, n=8)                  # rows that are asked for from now on know it

    GRPOTrainer(model=..., args=GRPOConfig(max_steps=500, num_generations=8),                          # TRL
                train_dataset=s.dataset(), reward_funcs=s.watch(quarry_reward), callbacks=[s.callback()])

Row i is decided when it is first asked for, and remembered. docs/stream.md has verl and verifiers too.
"""
import collections
import inspect
import json
import operator
import os
import threading
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from ._core import Generator, ground_truth, tasks
from .controller import Choice, Controller, is_uid, read_uid

_TRIES = 8          #: puzzles tried at a level for one that is short enough, before the level below is
_CACHED = 256       #: rows kept made
_TOP = ('tasks', 'sources', 'seed', 'rows', 'group', 'spool', 'prompt_chars', 'difficulty', 'step', 'lang', 'formats', 'forms')
_EACH = ('task', 'weight', 'count', 'difficulty', 'step', 'lang', 'formats', 'forms', 'knobs')
_OF_BUILD = ('name', 'model', 'sampling', 'filter', 'views', 'splits', 'shards')  #: `quarry build` reads these; of them n counts here

Recipe = Union[str, 'os.PathLike[str]', Mapping[str, Any], Sequence[Any]]


def read_recipe(recipe: Recipe) -> Dict[str, Any]:
    """A recipe as a mapping: itself, a list of tasks, or the path of a JSON or YAML file (which needs PyYAML)."""
    if isinstance(recipe, (str, os.PathLike)):
        path = os.fspath(recipe)
        with open(path, encoding='utf-8') as f:
            text = f.read()
        if path.endswith('.json'):
            recipe = json.loads(text)
        else:
            try:
                import yaml  # type: ignore[import-untyped]
            except ImportError:
                raise ValueError('%s: a recipe in YAML needs PyYAML; JSON does not' % path) from None
            try:
                recipe = yaml.safe_load(text)
            except yaml.YAMLError as e:
                raise ValueError('%s: %s' % (path, ' '.join(str(e).split()))) from None
    if isinstance(recipe, Sequence) and not isinstance(recipe, (str, bytes)):
        recipe = {'tasks': recipe}
    if not isinstance(recipe, Mapping):
        raise ValueError('a recipe is a mapping with "tasks", a list of tasks or the path of a file')
    _known(recipe, _TOP + _OF_BUILD, 'a recipe')
    return dict(recipe)


def _known(given: Mapping[str, Any], known: Sequence[str], what: str) -> None:
    for key in given:
        if key not in known:
            raise ValueError('%s has no %r; it has %s' % (what, key, ', '.join(known)))


def _range(said: Any) -> Tuple[float, float]:
    ends = said.split('..') if isinstance(said, str) else said if isinstance(said, (list, tuple)) else [said]
    try:
        low, high = float(ends[0]), float(ends[-1])
        if len(ends) > 2:
            raise ValueError
    except (ValueError, TypeError, IndexError):
        raise ValueError('a difficulty is a number from 0 to 10 or a range like "1..6", not %r' % (said,)) from None
    return low, high


def _names(said: Any) -> List[str]:
    return [w.strip() for w in said.split(',')] if isinstance(said, str) else [str(w) for w in said]


class Stream:
    """Rows by number, made when they are asked for: a map-style dataset that torch's DataLoader and any sampler can use.

    A row asked for again is the same row while it is among the last `remember` ones; after that, and once something was observed,
    it is a new one. Rows are decided in this process alone (dataloader_num_workers=0). Threads may share a stream.
    """

    def __init__(self, recipe: Recipe, controller: Optional[Controller] = None, *, rows: Optional[int] = None, remember: int = 4096) -> None:
        recipe = read_recipe(recipe)
        self.rows = int(rows if rows is not None else recipe.get('rows', 100000))
        self.remember = int(remember)
        if self.rows < 1 or self.remember < 1:
            raise ValueError('a stream has at least one row and remembers at least one')
        self.seed = int(recipe.get('seed', 0))
        self.prompt_chars = recipe.get('prompt_chars')
        if controller is None:
            sampling = recipe.get('sampling') or {}
            controller = Controller(group=recipe.get('group', sampling.get('n', 8)), seed=self.seed, spool=recipe.get('spool'))
        self.controller = controller
        self._decided = collections.OrderedDict()  # type: collections.OrderedDict[int, str]
        self._made = {}  # type: Dict[str, Dict[str, Any]]
        self._makers = {}  # type: Dict[Tuple[Any, ...], Generator]
        self._knobs = {}  # type: Dict[str, Mapping[str, int]]
        self._lock = threading.RLock()
        self._add_tasks(recipe)

    def _add_tasks(self, recipe: Mapping[str, Any]) -> None:
        stated = {t['name']: t for t in tasks()}
        wanted = recipe.get('tasks', recipe.get('sources'))
        if wanted == 'all':
            wanted = [t for t in stated if t != 'compose']
        if not isinstance(wanted, (list, tuple)) or not wanted:
            raise ValueError('a recipe needs "tasks": names, or mappings with task, difficulty, weight, lang, formats, forms; or "all"')
        names = []  # type: List[str]
        for said in wanted:
            one = {'task': said} if isinstance(said, str) else said
            if not isinstance(one, Mapping) or not isinstance(one.get('task'), str):
                raise ValueError('each of the tasks is a name or a mapping with "task", not %.80r' % (said,))
            _known(one, _EACH, 'a task of a recipe')
            names.append(one['task'])
            if one['task'] in names[:-1]:
                raise ValueError('task %s stands twice in the recipe' % one['task'])
            self._add_task({**recipe, **one}, stated)

    def _add_task(self, one: Mapping[str, Any], stated: Mapping[str, Any]) -> None:
        task = one['task']
        self._knobs[task] = one.get('knobs') or {}
        low, high = _range(one.get('difficulty', '0..10'))
        langs, formats, forms = (_names(one.get(key, first)) for key, first in (('lang', 'en'), ('formats', 'tags'), ('forms', '')))
        if formats == ['all']:                                # line is kept for validation, as `quarry build` does
            formats = [f for f in stated[task]['formats'] if f != 'line'] if task in stated else ['tags']
        for lang in langs:
            for format in formats:
                for form in forms:
                    self._maker(task, low, lang, format, form)  # says what is wrong with the recipe
        if task not in self.controller.arms:
            self.controller.add(task, low, high, step=float(one.get('step', 1)), weight=float(one.get('weight', one.get('count', 1))),
                                guess=[level['commonest_answer'] for level in stated[task]['levels']], langs=langs, formats=formats, forms=forms)

    def _maker(self, task: str, difficulty: float, lang: str, format: str, form: str) -> Generator:
        key = task, difficulty, lang, format, form
        maker = self._makers.get(key)
        if maker is None:
            maker = self._makers[key] = Generator(task, difficulty=round(difficulty, 1), lang=lang or 'en', format=format or 'tags', form=form,
                                                  knobs=self._knobs.get(task), bare=True)
        return maker

    # ---- rows ----

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, i: Any) -> Dict[str, Any]:
        """Row i: prompt (messages), ground_truth, uid, data_source, task, difficulty, lang, format, label (= ground_truth)."""
        i = operator.index(i)
        if not -self.rows <= i < self.rows:
            raise IndexError('row %d of %d' % (i, self.rows))
        return self.row(self.uid(i % self.rows))

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        return (self[i] for i in range(self.rows))

    def uid(self, i: int) -> str:
        """The uid of row i, which is decided now if it was not before."""
        self.controller.here()
        with self._lock:
            known = self._decided.get(i)
            if known is None:
                known = self._short_enough(self.controller.choose(i)).uid
                while len(self._decided) >= self.remember:
                    self._decided.popitem(last=False)
                self._decided[i] = known
            return known

    def _short_enough(self, c: Choice) -> Choice:
        """The choice, or one like it whose prompt is not too long: another puzzle, else one that is easier."""
        if self.prompt_chars is None:
            return c
        levels = [d for d in self.controller.arms[c.task].levels if d <= c.difficulty] or [c.difficulty]
        for difficulty in reversed(levels):
            for j in range(_TRIES):
                other = c._replace(difficulty=difficulty, number=(c.number + j) % 2 ** 63)
                if sum(len(m['content']) for m in self.row(other.uid)['prompt']) <= self.prompt_chars:
                    return other
        raise ValueError('no prompt of %s has at most %d characters' % (c.task, self.prompt_chars))

    def row(self, uid: str) -> Dict[str, Any]:
        """The row that a uid of this stream names, in any process. ValueError: it names none."""
        row = self._made.get(uid)
        if row is None:
            c = read_uid(uid)
            puzzle = self._maker(c.task, c.difficulty, c.lang, c.format, c.form)(self.seed, c.number)
            truth = ground_truth(puzzle)
            row = {'prompt': puzzle['prompt'], 'ground_truth': truth, 'label': truth, 'uid': uid, 'data_source': 'quarry/' + c.task,
                   'difficulty': c.difficulty, 'lang': puzzle['lang'], 'format': puzzle['format']}
            if len(self._made) >= _CACHED:                    # no lock: a row made twice does no harm
                self._made = {}
            self._made[uid] = row
        return {**row, 'prompt': [dict(m) for m in row['prompt']]}

    # ---- TRL ----

    def dataset(self) -> Any:
        """The same as a datasets.Dataset, which is what TRL's trainers take; its rows are made when they are read."""
        import datasets  # type: ignore[import-not-found]

        return datasets.Dataset.from_dict({'row': range(self.rows)}).with_transform(_Columns(self))

    def watch(self, reward: Callable[..., Any], *, right: float = 0.5) -> Callable[..., Any]:
        """A reward function of TRL's shape that tells the controller what it gives: right from the score `right` on."""
        watched = _Watched(self.controller, reward, right)
        if not inspect.iscoroutinefunction(reward):
            return watched

        async def later(prompts: Any = None, completions: Any = None, **columns: Any) -> Any:
            return watched.fed(await reward(prompts=prompts, completions=completions, **columns), columns)

        later.__name__ = watched.__name__
        return later

    def callback(self) -> Any:
        """A transformers.TrainerCallback that keeps the stream's state in every checkpoint, and takes it up again on resume."""
        from transformers import TrainerCallback  # type: ignore[import-not-found]

        stream = self

        class Keep(TrainerCallback):  # type: ignore[misc]
            def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
                if state.is_world_process_zero:
                    stream.save(_checkpoint(args, state))

            def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
                if state.global_step > 0:
                    stream.load(_checkpoint(args, state))

        return Keep()

    # ---- keeping ----

    def state_dict(self) -> Dict[str, Any]:
        """The controller's state and the rows remembered, as JSON can hold it."""
        with self._lock:
            return {'version': 1, 'seed': self.seed, 'rows': [[i, uid] for i, uid in self._decided.items()],
                    'controller': self.controller.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there: the rows that follow are those that followed then. ValueError: it is no such state."""
        try:
            decided = collections.OrderedDict((int(i), read_uid(uid).uid) for i, uid in state['rows'])
            seed, controller = int(state['seed']), state['controller']
        except (KeyError, TypeError) as e:
            raise ValueError('this is no state of a stream: %s' % e) from None
        if seed != self.seed:
            raise ValueError('the state is of a stream with seed %d, not %d' % (seed, self.seed))
        with self._lock:
            self.controller.load_state_dict(controller)
            self._decided = decided

    def save(self, path: str) -> None:
        """Write the state to a file, whole or not at all."""
        with open(path + '.part', 'w', encoding='utf-8') as f:
            json.dump(self.state_dict(), f)
        os.replace(path + '.part', path)

    def load(self, path: str) -> None:
        """Go on from a file that save() wrote."""
        with open(path, encoding='utf-8') as f:
            self.load_state_dict(json.load(f))

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, '_lock': None, '_made': {}}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return 'quarry.stream(%d rows, %r)' % (self.rows, self.controller)


def _checkpoint(args: Any, state: Any) -> str:
    return os.path.join(args.output_dir, 'checkpoint-%d' % state.global_step, 'quarry_stream.json')


class _Columns:
    """What makes a datasets.Dataset of row numbers one of rows."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def __call__(self, batch: Mapping[str, Any]) -> Dict[str, List[Any]]:
        rows = [self.stream[i] for i in batch['row']]
        return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


class _Watched:
    """A reward function that also feeds a controller; it can be pickled."""

    def __init__(self, controller: Controller, reward: Callable[..., Any], right: float) -> None:
        self.controller, self.reward, self.right = controller, reward, right
        self.__name__ = str(getattr(reward, '__name__', type(reward).__name__))

    def __call__(self, prompts: Any = None, completions: Any = None, **columns: Any) -> Any:
        return self.fed(self.reward(prompts=prompts, completions=completions, **columns), columns)

    def fed(self, scores: Any, columns: Mapping[str, Any]) -> Any:
        ours = [(u, x) for u, x in zip(columns.get('uid') or (), scores) if is_uid(u)]  # validation rows may be others
        self.controller.feed([u for u, _ in ours], [x for _, x in ours], right=self.right)
        return scores


def stream(recipe: Recipe, controller: Optional[Controller] = None, *, rows: Optional[int] = None, remember: int = 4096) -> Stream:
    """Rows that follow what a policy can do.

    recipe: {"tasks": [names or mappings with task, difficulty ("A..B"), step, weight, lang, formats, forms, knobs], and the same keys for all
    of them, "seed", "rows", "group", "spool", "prompt_chars" (most characters of a prompt)}; a list of tasks; or the path of such a file,
    JSON or YAML, recipes of `quarry build` among them. controller: None makes one by "group", "seed" and "spool". rows: the length that
    samplers see, 100000 (set the trainer's max_steps). remember: rows that stay the same when asked for again.
    ValueError says what is wrong with a recipe.
    """
    return Stream(recipe, controller, rows=rows, remember=remember)
