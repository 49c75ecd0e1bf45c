"""NeMo-Gym: a resources server.

    resources_servers/quarry/app.py               # examples/nemo_gym of quarry's sources is this folder
        from quarry.integrations.nemo_gym import serve
        serve()                                   # becomes `quarry serve` on Gym's host and port, or Python's own server where there is none

Data are those of `quarry export DATASET --to nemo -o nemo`: {"responses_create_params": {"input": [messages]}, "ground_truth": "...", "extra_info":
{"format": ..., "think": ...}}; `example()` makes such a line of an instance.
The verdict's numbers stand in the reply beside "reward" and become metrics; "mask_sample" is true where our side is broken.
"""
import json
import os
import shutil
import socket
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from quarry.integrations import _common

_watch = _common.Watch('quarry.integrations.nemo_gym.verify')
_ADDED = ('reward', 'acc', 'format', 'error', 'verify_us', 'mark', 'why', 'extracted', 'mask_sample')


def _output_text(response: Any) -> Optional[str]:
    """The assistant's text in an OpenAI Responses object."""
    output = response.get('output') if isinstance(response, Mapping) else None
    if not isinstance(output, list):
        return None
    texts: List[str] = []
    for item in output:
        if not isinstance(item, Mapping) or item.get('type') != 'message' or item.get('role', 'assistant') != 'assistant':
            continue
        content = item.get('content')
        if isinstance(content, str):
            texts.append(content)
        for part in content if isinstance(content, list) else ():
            if isinstance(part, Mapping) and part.get('type') == 'output_text' and isinstance(part.get('text'), str):
                texts.append(part['text'])
    return ''.join(texts)


def verify(body: Mapping[str, Any], *, format_bonus: float = 0.0, strict: bool = False, budget: int = 0) -> Dict[str, Any]:
    """The reply to POST /verify: the body, and in it reward, acc, format, error, verify_us, mark, why, extracted and mask_sample."""
    row = body['verifier_metadata'] if isinstance(body.get('verifier_metadata'), Mapping) else body
    v = _watch(_common.judge(_common.asked(row, _output_text(body.get('response'))), strict=strict, budget=budget))
    n = _common.numbers(v, format_bonus)
    return {**{key: value for key, value in body.items() if key not in _ADDED}, 'reward': n['score'], 'acc': n['acc'], 'format': n['format'],
            'error': n['error'], 'verify_us': n['verify_us'], 'mark': v.mark, 'why': v.why, 'extracted': v.extracted or '', 'mask_sample': v.bad_task}


def aggregate_metrics(verify_responses: Sequence[Mapping[str, Any]]) -> Dict[str, Any]:
    """The reply to POST /aggregate_metrics: the mean of each number."""
    means: Dict[str, float] = {}
    for name in ('reward', 'acc', 'format', 'error', 'verify_us'):
        values = [r[name] for r in verify_responses if isinstance(r.get(name), (int, float))]
        means['mean/' + name] = sum(values) / len(values) if values else 0.0
    return {'group_level_metrics': [], 'agent_metrics': {'count': len(verify_responses), **means}, 'key_metrics': means}


def example(row: Mapping[str, Any]) -> Dict[str, Any]:
    """A line of Gym's data from an instance or a row of the view "rl"."""
    from quarry import ground_truth

    extra: Any = row.get('extra_info') if isinstance(row.get('extra_info'), Mapping) else row
    truth = _common.truth_of(row) or ground_truth(row)
    return {'responses_create_params': {'input': [dict(m) for m in row['prompt']]}, 'ground_truth': truth,
            'extra_info': {'format': extra.get('format') or 'any', 'think': extra.get('think') or ''}}


# ---- the server ----

def address() -> str:
    """HOST:PORT where Gym wants this server, from the configuration that it starts it with."""
    text, name = os.environ.get('NEMO_GYM_CONFIG_DICT'), os.environ.get('NEMO_GYM_CONFIG_PATH')
    if not text or not name:
        raise SystemExit('quarry: NEMO_GYM_CONFIG_DICT and NEMO_GYM_CONFIG_PATH are not set: this is started by NeMo-Gym')
    config: Any
    try:
        from omegaconf import OmegaConf  # type: ignore[import-not-found]
        config = OmegaConf.create(text)
        config = OmegaConf.to_container(config[name], resolve=True)
    except ImportError:
        config = json.loads(text)[name]
    try:
        for _ in range(2):  # {kind: {name: {host, port, ...}}}
            config = next(iter(config.values()))
        return '%s:%d' % (socket.gethostbyname(str(config['host'])), int(config['port']))
    except (AttributeError, KeyError, StopIteration, ValueError, OSError) as e:
        raise SystemExit('quarry: NeMo-Gym gives %r no host and port: %s' % (name, e)) from None


def command(where: str) -> Optional[List[str]]:
    """The command line of `quarry serve` there, None where there is no quarry; QUARRY names it, else it is looked for in PATH."""
    binary = os.environ.get('QUARRY') or shutil.which('quarry')
    if not binary:
        return None
    return [binary, 'serve', '--listen', where] + ([] if where.startswith('127.') else ['--open'])  # Gym's network is its own; it sends no token


def serve(run: Callable[..., Any] = os.execv) -> None:
    """Become the server that Gym asks for."""
    where = address()
    line = command(where)
    if line is not None:
        run(line[0], line)
        return
    import uvicorn  # type: ignore[import-not-found]

    host, port = where.rsplit(':', 1)
    uvicorn.run(app(), host=host, port=int(port), timeout_keep_alive=75)


def app(**options: Any) -> Any:
    """The same as a FastAPI application; options as of verify."""
    from fastapi import Body, FastAPI  # type: ignore[import-not-found]

    api = FastAPI()

    def post_verify(body: Dict[str, Any] = Body()) -> Dict[str, Any]:  # not async: FastAPI calls it beside its event loop
        return verify(body, **options)

    def post_metrics(body: Dict[str, Any] = Body()) -> Dict[str, Any]:
        return aggregate_metrics(body.get('verify_responses') or [])

    api.post('/verify')(post_verify)
    api.post('/seed_session')(lambda: {})
    api.post('/aggregate_metrics')(post_metrics)
    api.get('/reverify_mode')(lambda: 'stateless')
    api.get('/')(lambda: {'message': 'Reward Judge Server', 'status': 'ok'})
    return api
