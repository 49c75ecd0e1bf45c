#!/usr/bin/env python3
"""The server's CPU time of a verdict against a FastAPI server that calls SynLogic's Python verifiers: serve.py BUILD [CHECKOUT ROWS PYTHON]

BUILD is our build directory with bench/ built, CHECKOUT a checkout of github.com/MiniMax-AI/SynLogic, ROWS a folder of TASK.jsonl with rows as their
dataset has them, PYTHON an interpreter with fastapi, uvicorn[standard] and numpy. Without the last three only ours is measured.

Both get the same responses of 6 KB, right answers behind a thought, to the same puzzles (sudoku, survo, mathador, word_sorting; theirs by their rows,
ours by ground truths), over 127.0.0.1: one item a request over connections that stay open, and 64 a request. CPU time is the server process's
(clock_getcpuclockid), so that neither the client nor the machine's other work counts. Then ours with 1,024 idle connections beside 64 busy ones,
with the latency that these see. ROUNDS (1) scales how much is asked.
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

TASKS = ('sudoku', 'survo', 'mathador', 'word_sorting')
BATCH, BYTES = 64, 6000
ROUNDS = float(os.environ.get('ROUNDS', 1))


# ---- their server: serve.py --app CHECKOUT PORT

def app(checkout, port):
    import importlib
    import inspect

    import fastapi
    import pydantic
    import uvicorn
    sys.path.insert(0, checkout)
    from base.data import Data
    from base.verifier import Verifier

    def verifier(task):
        folder = {'mathador': 'game_of_24'}.get(task, task)
        m = importlib.import_module('games.tasks.%s.scripts.%s_verifier' % (folder, folder))
        return [c for _, c in inspect.getmembers(m, inspect.isclass) if c.__module__ == m.__name__ and issubclass(c, Verifier)][0]()

    verifiers = {t: verifier(t) for t in TASKS}

    class Item(pydantic.BaseModel):
        data_source: str
        game_data_str: str
        response: str

    class Items(pydantic.BaseModel):
        items: list[Item]

    server = fastapi.FastAPI()

    @server.post('/v1/verify')
    async def verify(body: Items):
        results = []
        for item in body.items:
            right = verifiers[item.data_source].verify(Data.from_json_dict(json.loads(item.game_data_str)), item.response)
            results.append({'score': float(bool(right))})
        return {'results': results}

    sys.stdout = open(os.devnull, 'w')  # the verifiers print
    uvicorn.run(server, host='127.0.0.1', port=port, log_level='error', access_log=False)


# ---- what is asked

def thought(answer, seed):
    import random
    r, words = random.Random(seed), 'so the third row needs a 7 here because column 2 has it already ; then I try 3 + 4 = 7 and look again . Wait , that cannot be'.split(' ')
    text = []
    n = len(answer) + 17
    while n < BYTES - 300:
        text.append(r.choice(words) + ('\n' if r.random() < 0.07 else ' '))
        n += len(text[-1])
    return '<think>%s</think>\n%s' % (''.join(text), answer)


def bodies(build, rows):
    """(ours, theirs): BATCH items each, to the same puzzles with the same responses where rows are there, else of our own generators."""
    ours, theirs = [], []
    for task in TASKS:
        name = {'mathador': 'game_of_24'}.get(task, task)
        if not rows:
            made = subprocess.run([os.path.join(build, 'quarry'), 'generate', name, '--count', str(BATCH // len(TASKS)), '--difficulty', '4'], stdout=subprocess.PIPE, check=True)
            for line in made.stdout.decode().splitlines():
                row = json.loads(line)
                ours.append({'ground_truth': json.dumps({'v': 1, 'task': name, 'revision': row['revision'], 'desc': row['desc']}), 'response': thought('<answer>%s</answer>' % row['answer'], len(ours))})
            continue
        with open(os.path.join(rows, task + '.jsonl'), encoding='utf-8') as f:
            lines = f.read().splitlines()
        made = subprocess.run([os.path.join(build, 'bench', 'synlogic_rows')], input='\n'.join(lines) + '\n', stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
        pairs = [(r, json.loads(m)) for r, m in zip(map(json.loads, lines), made) if m != 'null' and json.loads(m)['answers']]
        for i in range(BATCH // len(TASKS)):
            row, mine = pairs[i % len(pairs)]
            game = row['extra_info']['game_data_str']
            form = '\\boxed{%s}' if '\\boxed' in json.loads(game)['question'] else '```python\n%s\n```'
            response = thought(form % mine['answers'][0], len(ours))
            theirs.append({'data_source': task, 'game_data_str': game, 'response': response})
            ours.append({'ground_truth': json.dumps({'v': 1, 'task': mine['task'], 'revision': 1, 'desc': mine['desc']}, ensure_ascii=False), 'response': response})
    return ours, theirs


# ---- servers

def port_free():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def start(command, port, log):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
    for _ in range(300):
        try:
            socket.create_connection(('127.0.0.1', port), timeout=1).close()
            return process
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    process.kill()
    sys.exit('%s does not start' % command[0])


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def scores(port, body):
    import http.client
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    c.request('POST', '/v1/verify', body, {'Content-Type': 'application/json'})
    r = json.loads(c.getresponse().read())
    c.close()
    return [v['score'] for v in r['results']]


class Bench:
    def __init__(self, build, room):
        self.build, self.room = build, room

    def ask(self, process, port, body, requests, busy, idle=0):
        """(requests a second, server's us a request, p50, p99, max us, client's us a request)"""
        path = os.path.join(self.room, 'body')
        with open(path, 'w') as f:
            f.write(body)
        out = subprocess.run([os.path.join(self.build, 'bench', 'bench_serve'), str(port), str(process.pid), '/v1/verify', path, str(max(busy, int(requests * ROUNDS))), str(busy), str(idle)],
                             stdout=subprocess.PIPE, check=True, text=True).stdout
        return list(map(float, out.split()))

    def measure(self, name, process, port, items, scale):
        single, batch = [json.dumps({'items': [i]}) for i in items[::BATCH // len(TASKS)]], json.dumps({'items': items})
        right = scores(port, batch)
        if right.count(1.0) < len(right):
            print('%s: %d of %d answers are right' % (name, right.count(1.0), len(right)))
        for body in single + [batch]:
            self.ask(process, port, body, 20, 4)  # warm
        ones = [self.ask(process, port, body, 5000 * scale, 16) for body in single]
        many = self.ask(process, port, batch, 400 * scale, 4)
        one = sum(o[1] for o in ones) / len(ones)
        print('%-22s single items (%d bytes): %8.1f us of CPU a verdict, %8.0f requests/s, p50 %7.0f us, p99 %7.0f us' %
              (name, len(single[0]), one, sum(o[0] for o in ones) / len(ones), ones[0][2], ones[0][3]))
        print('%-22s %d a request:              %8.1f us of CPU a verdict, %8.0f verdicts/s, p50 %7.0f us, p99 %7.0f us' %
              (name, BATCH, many[1] / BATCH, many[0] * BATCH, many[2], many[3]), flush=True)
        return one, many[1] / BATCH


def main():
    if len(sys.argv) == 4 and sys.argv[1] == '--app':
        return app(sys.argv[2], int(sys.argv[3]))
    if len(sys.argv) not in (2, 5):
        sys.exit(__doc__)
    build, (checkout, rows, python) = os.path.abspath(sys.argv[1]), sys.argv[2:] or (None, None, None)
    ours, theirs = bodies(build, rows)
    with tempfile.TemporaryDirectory() as room, open(os.path.join(room, 'log'), 'wb') as log:
        bench = Bench(build, room)
        port = port_free()
        process = start([os.path.join(build, 'quarry'), 'serve', '--listen', '127.0.0.1:%d' % port], port, log)
        try:
            mine = bench.measure('quarry serve', process, port, ours, 4)
            body = json.dumps({'items': ours[:1]})
            for idle in (0, 1024):
                rate, cpu, p50, p99, most, own = bench.ask(process, port, body, 40000, 64, idle)
                print('%-22s 64 busy, %4d idle: %6.0f requests/s, %5.1f us of CPU each, p50 %.0f us, p99 %.0f us, longest %.0f us; the client itself %.1f us' %
                      ('quarry serve', idle, rate, cpu, p50, p99, most, own), flush=True)
        finally:
            stop(process)
        if theirs:
            port = port_free()
            process = start([python, os.path.abspath(__file__), '--app', checkout, str(port)], port, log)
            try:
                other = bench.measure('FastAPI and SynLogic', process, port, theirs, 1)
            finally:
                stop(process)
            print('\na verdict costs a server %.1f times less at single items (wanted: 15), %.1f times less at %d a request (wanted: 8)' %
                  (other[0] / mine[0], other[1] / mine[1], BATCH))
    print('single items over open connections: %.1f us (wanted: 25 at most)' % mine[0])


if __name__ == '__main__':
    main()
