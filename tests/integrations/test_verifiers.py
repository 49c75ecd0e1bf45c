#!/usr/bin/env python3
"""test_verifiers.py BUILD_DIR - the taskset by verifiers' own loader, scoring and vf-validate; a Rubric and an environment where verifiers is a 0.1."""
import asyncio
import json
import os
import pickle
import subprocess
import sys
import tempfile

from common import PACKAGE, ROOT, ask, done, rows, same, skip, verdicts

try:
    import verifiers
except ImportError as e:
    skip(e)

PLUGIN = os.path.join(ROOT, 'examples/verifiers')


def trace_of(vf, task, text):
    from verifiers.v1.trace import AgentInfo, TraceTask
    nodes = [vf.MessageNode(message=vf.UserMessage(content='x')), vf.MessageNode(parent=0, sampled=True, message=vf.AssistantMessage(content=text))]
    return vf.Trace(task=TraceTask(type=type(task).__name__, data=task.data), agent=AgentInfo(config=vf.AgentConfig()), nodes=nodes)


def test_v1():
    import verifiers.v1 as vf
    from verifiers.v1.utils.loaders import load_taskset, taskset_class
    from quarry.integrations.verifiers import QuarryConfig, QuarryTask

    sys.path.insert(0, PLUGIN)
    same(taskset_class('quarry-puzzles').__name__, 'QuarryTaskset', 'verifiers: the taskset by its id')
    endless = load_taskset(QuarryConfig(id='quarry-puzzles', tasks=['sudoku', 'game_of_24'], difficulty='1..4'))
    few = [t.data for t in endless.take(6)]
    same((endless.bounded, [t.name for t in few], [t.idx for t in few]), (False, ['sudoku', 'game_of_24'] * 3, list(range(6))), 'verifiers: an endless taskset')
    same([t.data.id for t in endless.take(6)], [t.id for t in few], 'verifiers: the same again')
    same(len(list(load_taskset(QuarryConfig(id='quarry-puzzles', count=5)))), 5, 'verifiers: count')
    same(asyncio.run(next(iter(endless)).validate(None)), True, 'verifiers: validate')
    with tempfile.TemporaryDirectory() as room:
        some = rows(100)
        want = verdicts(some)
        path = os.path.join(room, 'rows.jsonl')
        with open(path, 'w') as f:
            f.writelines(json.dumps({k: v for k, v in r.items() if k != 'response'}) + '\n' for r in some)
        tasks = list(load_taskset(QuarryConfig(id='quarry-puzzles', data=path)))
        same([type(t) for t in tasks], [QuarryTask] * len(some), 'verifiers: rows of a file')
        scored = []

        async def all_of():
            for task, r in zip(tasks, some):
                scored.append(trace_of(vf, pickle.loads(pickle.dumps(task)), r['response']))
            await asyncio.gather(*(t.score(trace) for t, trace in zip(tasks, scored)))
        asyncio.run(all_of())
        same([x.rewards['quarry'].value for x in scored], [w['score'] for w in want], 'verifiers: rewards')
        same([x.metrics['quarry_format'] for x in scored], [float(w['format_ok']) for w in want], 'verifiers: metrics')
        bad = tasks[0].with_data(ground_truth='damaged')
        try:
            asyncio.run(bad.score(trace_of(vf, bad, 'x')))
            ask(False, 'verifiers: a damaged ground truth is scored')
        except vf.TaskError as e:
            ask('ground_truth' in str(e), 'verifiers: %s' % e)
        tool = os.path.join(os.path.dirname(sys.executable), 'vf-validate')
        said = subprocess.run([tool, 'quarry-puzzles', '--taskset.count', '6', '--runtime.type', 'subprocess', '-o', room + '/out'], capture_output=True, text=True,
                              cwd=room, env={**os.environ, 'PYTHONPATH': PACKAGE + os.pathsep + PLUGIN}, timeout=300)
        ask(said.returncode == 0 and '"valid": 6' in said.stdout, 'vf-validate: %s' % (said.stdout + said.stderr)[-1500:])


def test_v0():
    import verifiers as vf
    from quarry.integrations.verifiers import load_environment, rubric

    some = rows(100)
    want = verdicts(some)
    states = [{'prompt': r['prompt'], 'completion': [{'role': 'assistant', 'content': r['response']}], 'answer': r['label'], 'info': r['extra_info'],
               'task': 'default', 'input': {}, 'trajectory': [], 'timing': {'generation_ms': 0, 'scoring_ms': 0, 'total_ms': 0}} for r in some]
    r = rubric(format_bonus=0.5)
    for state in states:
        asyncio.run(r.score_rollout(state))
    same([s['reward'] for s in states], [w['score'] + 0.5 * w['format_ok'] for w in want], 'verifiers 0.1: rewards')
    same(sorted(states[0]['metrics']), ['quarry_acc', 'quarry_error', 'quarry_format', 'quarry_reward'], 'verifiers 0.1: metrics')
    env = load_environment(task='sudoku', count=5, difficulty=1, seed=3)
    ask(isinstance(env, vf.SingleTurnEnv) and len(env.dataset) == 5 and 'answer' in env.dataset.column_names, 'verifiers 0.1: an environment')


def main():
    print('verifiers %s' % verifiers.__version__)
    if hasattr(verifiers, 'Rubric'):
        test_v0()
    else:
        test_v1()
    done()


if __name__ == '__main__':
    sys.exit(main())
