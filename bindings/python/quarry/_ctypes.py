"""The same functions as quarry._native, by ctypes over the shared libraries that lie beside this file.

Used where the extension cannot be loaded (another interpreter, an unusual platform), or where QUARRY_BINDING=ctypes asks for it.
ctypes releases the GIL for every call.
"""
import ctypes
import os
import time

_HERE = os.path.dirname(os.path.abspath(__file__))


def _load(stem):
    """libSTEM.so beside this file, or wherever the loader finds it."""
    for name in sorted(os.listdir(_HERE)):
        if name.startswith('lib%s.so' % stem) or name == 'lib%s.dylib' % stem:
            return ctypes.CDLL(os.path.join(_HERE, name))
    return ctypes.CDLL(os.environ.get('QUARRY_LIBRARY_PATH', '') + 'lib%s.so' % stem + ('.0' if stem == 'quarry-verify' else ''))


_verify = _load('quarry-verify')
_generate = _load('quarry-generate')


class _Options(ctypes.Structure):
    _fields_ = [('format', ctypes.c_int), ('think_open', ctypes.c_bool), ('strict_format', ctypes.c_bool), ('budget', ctypes.c_size_t)]


_OptionsAt = ctypes.POINTER(_Options)  # once: another interpreter's import of ctypes makes POINTER forget it


class _Verdict(ctypes.Structure):
    _fields_ = [('mark', ctypes.c_int), ('score', ctypes.c_double), ('format_ok', ctypes.c_bool), ('answers_seen', ctypes.c_int),
                ('answer', ctypes.c_void_p), ('answer_len', ctypes.c_size_t), ('why', ctypes.c_char * 160)]


class _Item(ctypes.Structure):
    _fields_ = [('truth', ctypes.c_char_p), ('truth_len', ctypes.c_size_t), ('rule', ctypes.c_void_p), ('desc', ctypes.c_char_p),
                ('desc_len', ctypes.c_size_t), ('response', ctypes.c_char_p), ('response_len', ctypes.c_size_t),
                ('options', _OptionsAt)]


def _declare(library, name, result, *arguments):
    f = getattr(library, name)
    f.restype, f.argtypes = result, arguments
    return f


_rule = _declare(_verify, 'quarry_rule', ctypes.c_void_p, ctypes.c_char_p)
_rule_at = _declare(_verify, 'quarry_rule_at', ctypes.c_void_p, ctypes.c_size_t)
_rule_name = _declare(_verify, 'quarry_rule_name', ctypes.c_char_p, ctypes.c_void_p)
_rule_revision = _declare(_verify, 'quarry_rule_revision', ctypes.c_int, ctypes.c_void_p)
_verify_n = _declare(_verify, 'quarry_verify_n', None, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t,
                     _OptionsAt, ctypes.POINTER(_Verdict))
_verify_truth = _declare(_verify, 'quarry_verify_truth', None, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t,
                         _OptionsAt, ctypes.POINTER(_Verdict))
_verify_batch = _declare(_verify, 'quarry_verify_batch', None, ctypes.c_void_p, ctypes.POINTER(_Item), ctypes.c_size_t, ctypes.POINTER(_Verdict))
_pool_new = _declare(_verify, 'quarry_pool_new', ctypes.c_void_p, ctypes.c_int)
_pool_threads = _declare(_verify, 'quarry_pool_threads', ctypes.c_int, ctypes.c_void_p)
_pool_free = _declare(_verify, 'quarry_pool_free', None, ctypes.c_void_p)
_version = _declare(_verify, 'quarry_version', ctypes.c_char_p)
_generator_new = _declare(_generate, 'quarry_generator_new', ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)
_generator_free = _declare(_generate, 'quarry_generator_free', None, ctypes.c_void_p)
_generator_line = _declare(_generate, 'quarry_generator_line', ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_char_p)
_tasks_json = _declare(_generate, 'quarry_tasks_json', ctypes.c_void_p)
_text_free = _declare(_generate, 'quarry_text_free', None, ctypes.c_void_p)
_mark_name = _declare(_verify, 'quarry_mark_name', ctypes.c_char_p, ctypes.c_int)
_MARKS = [_mark_name(i).decode() for i in range(5)]
_ERROR_MAX = 512


def _bytes(text, what):
    if isinstance(text, str):
        try:
            return text.encode()
        except UnicodeEncodeError:
            return text.encode('utf-8', 'surrogatepass')
    if isinstance(text, bytes):
        return text
    raise TypeError('%s is a str or bytes, not %r' % (what, type(text)))


def _find(task):
    name = task.encode('utf-8', 'replace')  # with lone surrogates it is no task's name
    return None if b'\0' in name else _rule(name)


_verdict_class = tuple


def bind(verdict_class):
    """The class that verdicts are from now on of, a named tuple."""
    global _verdict_class
    _verdict_class = verdict_class


def _read(v, us):
    answer = None
    if v.answer:
        answer = ctypes.string_at(v.answer, v.answer_len).decode('utf-8', 'replace')
    return tuple.__new__(_verdict_class, (v.score, _MARKS[v.mark], v.why.decode('utf-8', 'replace'), answer, v.format_ok, v.answers_seen, us))


def verify(task, desc, response, format, think_open, strict, budget):
    desc, response, v = _bytes(desc, 'ground_truth' if task is None else 'desc'), _bytes(response, 'response'), _Verdict()
    options = _Options(format, bool(think_open), bool(strict), budget)
    start = time.perf_counter()
    if task is None:
        _verify_truth(desc, len(desc), response, len(response), options, v)
    else:
        _verify_n(_find(task), desc, len(desc), response, len(response), options, v)
    return _read(v, (time.perf_counter() - start) * 1e6)


class _Pool:
    def __init__(self, threads):
        self.pointer = _pool_new(threads)
        if not self.pointer:
            raise ValueError('no pool of %d threads: from 1 to 256' % threads)

    def __del__(self):
        if getattr(self, 'pointer', None):
            _pool_free(self.pointer)


def pool(threads):
    return _Pool(threads)


def pool_threads(pool):
    return _pool_threads(pool.pointer)


def verify_batch(pool, items, format, strict, budget, read):
    """read(i, item) gives what verify takes, or a verdict; the native one calls it for what is unusual alone."""
    rows = [read(i, item) for i, item in enumerate(items)]
    raw = [r for r in rows if r.__class__ is tuple]
    n = len(raw)
    held = [(_bytes(desc, 'desc'), _bytes(response, 'response'), _Options(format, bool(think_open), bool(strict), budget))
            for _, desc, response, format, think_open, strict, budget in raw]
    array, verdicts = (_Item * n)(), (_Verdict * n)()
    for item, (task, *_), (desc, response, options) in zip(array, raw, held):
        if task is None:
            item.truth, item.truth_len = desc, len(desc)
        else:
            item.rule, item.desc, item.desc_len = _find(task), desc, len(desc)
        item.response, item.response_len, item.options = response, len(response), _OptionsAt(options)
    start = time.perf_counter()
    _verify_batch(pool.pointer if pool else None, array, n, verdicts)
    us = (time.perf_counter() - start) * 1e6 / max(n, 1)
    judged = (_read(v, us) for v in verdicts)
    return [next(judged) if r.__class__ is tuple else r for r in rows]


class _Generator:
    def __init__(self, wish):
        error = ctypes.create_string_buffer(_ERROR_MAX)
        self.pointer = _generator_new(wish.encode(), error)
        if not self.pointer:
            raise ValueError(error.value.decode('utf-8', 'replace'))

    def __del__(self):
        if getattr(self, 'pointer', None):
            _generator_free(self.pointer)


def generator(wish):
    return _Generator(wish)


def _take(pointer):
    text = ctypes.string_at(pointer).decode('utf-8', 'replace')
    _text_free(pointer)
    return text


def generator_line(generator, seed, i):
    error = ctypes.create_string_buffer(_ERROR_MAX)
    line = _generator_line(generator.pointer, seed, i, error)
    if not line:
        raise ValueError(error.value.decode('utf-8', 'replace'))
    return _take(line)


def tasks_json():
    text = _tasks_json()
    if not text:
        raise MemoryError
    return _take(text)


def rules():
    found, i = [], 0
    while _rule_at(i):
        found.append((_rule_name(_rule_at(i)).decode(), _rule_revision(_rule_at(i))))
        i += 1
    return found


def version():
    return _version().decode()
