"""What the integrations share: how rows say what was asked, a verdict that always comes, and faults of our own said aloud."""
import asyncio
import json
import logging
import math
from collections.abc import Mapping, Sequence  # typing's own are slow to ask isinstance of
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from quarry import Pool, Verdict, verify, verify_batch, verify_truth
from quarry._core import damage, silent

log = logging.getLogger('quarry')

KEYS = ('score', 'acc', 'format', 'error', 'verify_us')  #: what `numbers` gives, for every outcome
LOUD = 0.001      #: part of a batch that may be bad_task in silence
LONG = 32768      #: characters from which a verdict is given on another thread than an event loop's (a few hundred microseconds)

# ---- what a row says ----


class Asked(NamedTuple):
    """One response and all that its verdict depends on."""
    truth: Optional[str]        #: a ground truth, or None where task and desc stand
    task: Optional[str]
    desc: Optional[str]
    response: Optional[str]     #: None: there is none, or it is no text
    format: Optional[str]
    think_open: bool
    damage: Optional[str] = None  #: why the row cannot be judged, whatever stands above


def _mapping(value: Any) -> Mapping[str, Any]:
    """The mapping that a row's member is, or holds as JSON in a string; else an empty one."""
    if isinstance(value, str) and value.lstrip()[:1] == '{':
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, Mapping) else {}


def _truth_in(value: Any) -> Optional[str]:
    """A ground truth: a string that may be one, or the object itself."""
    if isinstance(value, (str, bytes)):
        text = value.decode('utf-8', 'replace') if isinstance(value, bytes) else value
        return text if text.lstrip()[:1] == '{' else None
    if isinstance(value, Mapping) and 'task' in value and 'desc' in value:
        try:
            return json.dumps(dict(value), ensure_ascii=False, separators=(',', ':'))
        except (TypeError, ValueError):
            return None
    return None


def _whole(truth: str) -> bool:
    try:
        value = json.loads(truth)
    except ValueError:
        return False
    return isinstance(value, Mapping) and 'task' in value and 'desc' in value


_HOLDERS = ('reward_model', 'reward_spec', 'extra_info', 'info')
_NAMES = ('ground_truth', 'label', 'solution', 'answer')


def truth_of(row: Mapping[str, Any]) -> Optional[str]:
    """The ground truth wherever a row of ours or of a trainer holds it: as `quarry serve` looks for it."""
    places = [_mapping(row[name]).get('ground_truth') for name in _HOLDERS if name in row] + [row[name] for name in _NAMES if name in row]
    found = [t for t in map(_truth_in, places) if t is not None]
    if len(found) > 1:
        found = [t for t in found if _whole(t)] or found
    return found[0] if found else None


def asked(row: Mapping[str, Any], response: Any, *, truth: Any = None, think_open: Optional[bool] = None, prompt: Any = None) -> Asked:
    """How `row` says its response is to be judged.

    truth: the ground truth where the trainer hands it over by itself; else the row is searched, for task and desc first.
    think_open: True or False is the caller's word; None leaves it to the row's "think" and to a prompt that ends in <think>.
    """
    extra = _mapping(row.get('extra_info')) or _mapping(row.get('info'))
    task, desc = row.get('task'), row.get('desc')
    found = _truth_in(truth)
    if found is not None or not (isinstance(task, str) and isinstance(desc, str)):
        found, task, desc = found or truth_of(row), None, None
    how, think = _said(row, extra, 'format'), _said(row, extra, 'think')
    wrong = damage(how, think)
    if think_open is None:
        think_open = think == 'open' or opens_thought(prompt)
    return Asked(found, task, desc, text_of(response), None if wrong else how, bool(think_open), wrong)


def _said(row: Mapping[str, Any], extra: Mapping[str, Any], name: str) -> Any:
    """What the row says, or else its extra_info; None: neither says anything."""
    found = (v for v in (row.get(name), extra.get(name)) if not silent(v, name == 'format'))
    return next(found, None)


def opens_thought(prompt: Any) -> bool:
    """Whether a prompt's text has already opened the thought. Messages cannot tell: their template is not known here."""
    return isinstance(prompt, str) and prompt.rstrip(_BLANKS).endswith('<think>')


def text_of(said: Any) -> Optional[str]:
    """What the model wrote: a string, a message, or the assistant's messages of a conversation. None: no text at all."""
    if isinstance(said, str):
        return said
    if isinstance(said, bytes):
        return said.decode('utf-8', 'replace')
    if isinstance(said, Mapping):
        return _content(said)
    if isinstance(said, Sequence):
        texts = [_content(m) for m in said if _role(m) in (None, 'assistant')]
        known = [t for t in texts if t is not None]
        return known[-1] if known else None
    content = getattr(said, 'content', None)  # messages that are objects
    return text_of(content) if isinstance(content, (str, list)) else None


def _role(message: Any) -> Any:
    return message.get('role') if isinstance(message, Mapping) else getattr(message, 'role', None)


def _content(message: Any) -> Optional[str]:
    content = message.get('content') if isinstance(message, Mapping) else getattr(message, 'content', message)
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):  # parts, of which only texts are read
        texts = [p if isinstance(p, str) else p.get('text') if isinstance(p, Mapping) else getattr(p, 'text', None) for p in content]
        return ''.join(t for t in texts if isinstance(t, str))
    return None


# ---- verdicts ----

def _fault(why: str) -> Verdict:
    return Verdict(0.0, 'bad_task', why, None, False, 0, 0.0)


def _lacking(a: Asked) -> Optional[Verdict]:
    if a.truth is None and a.desc is None:
        return _fault('the row has neither task and desc nor a ground_truth')
    if a.response is None:
        return _fault('the response is missing, or no text')
    return None if a.damage is None else _fault(a.damage)


def judge(a: Asked, *, strict: bool = False, budget: int = 0) -> Verdict:
    """The verdict on one response."""
    v = _lacking(a)
    if v is not None:
        return v
    options: Dict[str, Any] = {'format': a.format, 'think_open': a.think_open, 'strict': strict, 'budget': budget}
    if a.truth is not None:
        return verify_truth(a.truth, a.response or '', **options)
    return verify(a.task or '', a.desc or '', a.response or '', **options)


def judge_all(rows: Iterable[Asked], *, strict: bool = False, budget: int = 0, threads: Optional[int] = None,
              pool: Optional[Pool] = None) -> List[Verdict]:
    """The verdict on each, in order, on several threads."""
    rows = list(rows)
    verdicts = [_lacking(a) for a in rows]
    items = [{'ground_truth': a.truth, 'task': a.task, 'desc': a.desc, 'response': a.response, 'format': a.format,
              'think': 'open' if a.think_open else ''} for a, v in zip(rows, verdicts) if v is None]
    judged = iter(verify_batch(items, strict=strict, budget=budget, threads=threads, pool=pool))
    return [next(judged) if v is None else v for v in verdicts]


async def judge_async(a: Asked, *, strict: bool = False, budget: int = 0) -> Verdict:
    """The same from an event loop, which a long response does not hold up."""
    if a.response is None or len(a.response) < LONG:
        return judge(a, strict=strict, budget=budget)
    return await asyncio.to_thread(judge, a, strict=strict, budget=budget)


def numbers(v: Verdict, format_bonus: float = 0.0) -> Dict[str, float]:
    """The reward and what is worth plotting, by KEYS."""
    return {'score': reward(v, format_bonus), 'acc': float(v.correct), 'format': float(v.format_ok), 'error': float(v.bad_task),
            'verify_us': float(v.verify_us)}


def bonus(format_bonus: float) -> float:
    """The option of that name; ValueError where no reward could hold it."""
    if not math.isfinite(format_bonus):
        raise ValueError('format_bonus is a finite number, not %r' % format_bonus)
    return format_bonus


def reward(v: Verdict, format_bonus: float = 0.0) -> float:
    """The score, and format_bonus where the answer came as it was asked for. Nothing is paid for what could not be judged."""
    format_bonus = bonus(format_bonus)
    return 0.0 if v.bad_task else v.score + (format_bonus if v.format_ok else 0.0)


# ---- faults of our own, said aloud ----

def tell(verdicts: Sequence[Verdict], who: str) -> None:
    """Say once what went wrong in a batch, if it did for more than LOUD of it."""
    bad = [v for v in verdicts if v.bad_task]
    if len(bad) > LOUD * len(verdicts):
        log.error('%s: %d of %d responses could not be judged, and that is not the model\'s fault. The first: %s',
                  who, len(bad), len(verdicts), bad[0].why)


class Watch:
    """The same where verdicts come one by one: at most one message in a thousand of them. Needs no lock: a lost count does no harm."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.seen = self.bad = 0

    def __call__(self, v: Verdict) -> Verdict:
        if self.seen >= 1000:
            self.seen = self.bad = 0
        self.seen += 1
        if v.bad_task:
            self.bad += 1
            if self.bad == 1:
                log.error('%s: a response could not be judged, and that is not the model\'s fault: %s. (Said once in a thousand calls.)',
                          self.who, v.why)
        return v


# ---- texts with a chat template's marks in them ----

_BLANKS = ' \t\n\r\v\f'
#: What chat templates put at the end of a turn, and where the assistant's begins: those that `quarry serve` knows.
ENDS = ('<|im_end|>', '<|endoftext|>', '</s>', '<|eot_id|>', '<|end_of_text|>', '<|end|>', '<|return|>', '<\uff5cend\u2581of\u2581sentence\uff5c>',
        '<end_of_turn>', '<|eom_id|>', '[e~[', '<pad>', '<|pad|>', '[PAD]')
BEGINS = ('<|im_start|>assistant\n', '<|start_header_id|>assistant<|end_header_id|>\n\n', '[/INST]', '<|assistant|>\n', '<\uff5cAssistant\uff5c>',
          '<start_of_turn>model\n', ']~b]ai\n')


def cut_ends(text: str) -> str:
    """The text without blanks around it and marks of a turn's end behind it."""
    start = len(text) - len(text.lstrip(_BLANKS))
    end = len(text)
    cut = True
    while cut:
        while end > start and text[end - 1] in _BLANKS:
            end -= 1
        cut = False
        for mark in ENDS:
            if end - start >= len(mark) and text.startswith(mark, end - len(mark)):
                end -= len(mark)
                cut = True
    return text[start:end]


def response_in(query: str, prompt: str) -> Tuple[str, bool]:
    """The response within a query of prompt and response with all special tokens, and whether the prompt had opened the thought."""
    if prompt and query.startswith(prompt):
        return cut_ends(query[len(prompt):]), opens_thought(prompt)
    at = max((query.rfind(mark) + len(mark) for mark in BEGINS if mark in query), default=0)
    return cut_ends(query[at:]), False
