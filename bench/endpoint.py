#!/usr/bin/env python3
"""Samples from a server through `quarry sample --model http://` against Python clients, all in one run: endpoint.py BUILD [PYTHON]

BUILD is our build directory; PYTHON an interpreter with openai or httpx, which are tried where they are there. http.client is always tried.

A server on this machine answers every completion at once with the same text, without and with log-probabilities. Every client samples the
same puzzles N times each, 64 requests at once over open connections, asks for what quarry asks for, and writes the same rows. Python's: threads
with an http.client.HTTPConnection each; asyncio tasks over one httpx.AsyncClient; the same over one openai.AsyncOpenAI. CPU time is the whole client
process's, start and reading of puzzles included, over the requests. Requests a second are what this one server gives away: "server" is how
much of the time it worked, and near 100 % it is what bounds them.
ROUNDS (1) scales how many puzzles there are.
"""
import asyncio
import importlib.util
import json
import os
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

N, BUSY, PUZZLES = 8, 64, int(500 * float(os.environ.get('ROUNDS', 1)))
WORDS, TOKENS = 'so the third row needs a 7 here because column 2 has it already, and then I look again. ', 400
CLIENTS = ('http.client', 'httpx', 'openai')
SETTINGS = {'temperature': 0.7, 'max_tokens': 512}


# ---- the server: endpoint.py --stub LOGPROBS

def completion(logprobs):
    text = (WORDS * 30)[:TOKENS * 4] + '<answer>1</answer>'
    tokens = [{'token': text[i:i + 4], 'logprob': -0.25 - i % 7 / 8, 'bytes': list(text[i:i + 4].encode()), 'top_logprobs': []}
              for i in range(0, len(text), 4)]
    return {'id': 'chatcmpl-1', 'object': 'chat.completion', 'created': 1700000000, 'model': 'small',
            'choices': [{'index': 0, 'message': {'role': 'assistant', 'content': text}, 'finish_reason': 'stop',
                         'logprobs': {'content': tokens} if logprobs else None}],
            'usage': {'prompt_tokens': 100, 'completion_tokens': len(tokens), 'total_tokens': 100 + len(tokens)}}


def reply(value):
    body = json.dumps(value).encode()
    return b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' % (len(body), body)


class Stub(asyncio.Protocol):
    models = reply({'object': 'list', 'data': [{'id': 'small', 'object': 'model'}]})
    answer = b''

    def connection_made(self, transport):
        self.transport, self.got = transport, b''

    def data_received(self, data):
        self.got += data
        while True:
            end = self.got.find(b'\r\n\r\n')
            if end < 0:
                return
            length = re.search(rb'(?i)content-length: *(\d+)', self.got[:end])
            whole = end + 4 + (int(length.group(1)) if length else 0)
            if len(self.got) < whole:
                return
            self.transport.write(self.answer if self.got.startswith(b'POST') else self.models)
            self.got = self.got[whole:]


async def stub(logprobs):
    Stub.answer = reply(completion(logprobs))
    server = await asyncio.get_running_loop().create_server(Stub, '127.0.0.1', 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# ---- the clients in Python: endpoint.py --client KIND URL PUZZLES OUT

def request(puzzle, i):
    return {'model': 'small', 'messages': puzzle['prompt'], 'seed': hash((puzzle['id'], i)) % 2 ** 31, 'logprobs': True, **SETTINGS}


def row(puzzle, i, said, body):
    choice = said['choices'][0]
    logprobs = [t['logprob'] for t in ((choice.get('logprobs') or {}).get('content') or ())]
    sample = {'sample': i, 'response': choice['message']['content'], 'finish': choice['finish_reason'], 'tokens': said['usage']['completion_tokens'],
              'logprob_mean': sum(logprobs) / len(logprobs) if logprobs else None, 'entropy_mean': None, 'model': {'name': said['model']},
              'sampling': {**SETTINGS, 'seed': body['seed']}}
    return json.dumps({**puzzle, **sample}, ensure_ascii=False) + '\n'


def by_threads(url, puzzles):
    import http.client

    host, port = re.match(r'http://([^:/]+):(\d+)', url).groups()
    out, todo = [None] * (len(puzzles) * N), queue.SimpleQueue()
    for k in range(len(out)):
        todo.put(k)

    def work():
        c = http.client.HTTPConnection(host, int(port), timeout=600)
        c.connect()
        c.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            try:
                k = todo.get_nowait()
            except queue.Empty:
                return
            puzzle, i = puzzles[k // N], k % N
            body = request(puzzle, i)
            c.request('POST', '/v1/chat/completions', json.dumps(body), {'Content-Type': 'application/json', 'Authorization': 'Bearer none'})
            out[k] = row(puzzle, i, json.loads(c.getresponse().read()), body)

    threads = [threading.Thread(target=work) for _ in range(BUSY)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return out


async def by_tasks(ask, puzzles):
    out, todo = [None] * (len(puzzles) * N), iter(range(len(puzzles) * N))

    async def work():
        for k in todo:
            puzzle, i = puzzles[k // N], k % N
            body = request(puzzle, i)
            out[k] = row(puzzle, i, await ask(body), body)

    await asyncio.gather(*(work() for _ in range(BUSY)))
    return out


async def by_httpx(url, puzzles):
    import httpx

    async with httpx.AsyncClient(timeout=600, limits=httpx.Limits(max_connections=BUSY, max_keepalive_connections=BUSY)) as c:
        async def ask(body):
            return (await c.post(url + '/chat/completions', json=body)).json()
        return await by_tasks(ask, puzzles)


async def by_openai(url, puzzles):
    import openai

    async with openai.AsyncOpenAI(base_url=url, api_key='none', timeout=600) as c:
        async def ask(body):
            return (await c.chat.completions.create(**body)).model_dump()
        return await by_tasks(ask, puzzles)


def client(kind, url, puzzles, out):
    with open(puzzles, encoding='utf-8') as f:
        puzzles = [json.loads(line) for line in f]
    tasks = {'httpx': by_httpx, 'openai': by_openai}
    rows = asyncio.run(tasks[kind](url, puzzles)) if kind in tasks else by_threads(url, puzzles)
    with open(out, 'w', encoding='utf-8') as f:
        f.writelines(rows)


# ---- the comparison

def cpu_of(pid):
    """Seconds of a running process."""
    with open('/proc/%d/stat' % pid) as f:
        fields = f.read().rsplit(') ', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def run(command, env=None):
    """(wall seconds, CPU seconds) of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit('%s: exit %d' % (' '.join(command), process.returncode))
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def installed(python, kind):
    if kind == 'http.client' or python == sys.executable:
        return kind == 'http.client' or importlib.util.find_spec(kind) is not None
    return subprocess.run([python, '-c', 'import ' + kind], stderr=subprocess.DEVNULL).returncode == 0


def measure(build, python, room, puzzles, logprobs):
    """One line for each client; the first is ours."""
    own, out, cost, requests = os.path.abspath(__file__), os.path.join(room, 'rows.jsonl'), {}, PUZZLES * N
    server = subprocess.Popen([sys.executable, own, '--stub', str(int(logprobs))], stdout=subprocess.PIPE, text=True)
    try:
        url = 'http://127.0.0.1:%d/v1' % int(server.stdout.readline())
        ours = [os.path.join(build, 'quarry'), 'sample', '--model', url, '-n', str(N), '-T', '0.7', '--max-tokens', '512', '--quiet', '-o', out, puzzles]
        ways = [('quarry sample', ours)]
        ways += [(kind, [python, own, '--client', kind, url, puzzles, out]) for kind in CLIENTS if installed(python, kind)]
        for name, command in ways:
            for path in (out, out + '.part'):
                if os.path.exists(path):
                    os.remove(path)
            before = cpu_of(server.pid)
            wall, cpu = run(command, {'QUARRY_CONCURRENCY': str(BUSY), 'QUARRY_API_KEY': 'none'})
            with open(out, encoding='utf-8') as f:
                rows = f.read().splitlines()
            last = json.loads(rows[-1])
            whole = len(rows) == requests and last['finish'] == 'stop' and (last['logprob_mean'] is not None) == logprobs
            assert whole, '%s: %d rows, %.300s' % (name, len(rows), rows[-1])
            cost[name] = cpu / requests * 1e6
            what = '%d KB, %s' % (len(Stub.answer) // 1024, 'logprobs' if logprobs else 'text alone')
            busy = (cpu_of(server.pid) - before) / wall * 100
            print('%-14s %-21s %8.1f us of CPU a request, %5.1f times ours; %7.0f requests/s, server %3.0f %%' %
                  (name, what, cost[name], cost[name] / cost['quarry sample'], requests / wall, busy), flush=True)
    finally:
        server.kill()
        server.wait()


def main():
    if sys.argv[1:2] == ['--stub']:
        return asyncio.run(stub(sys.argv[2] == '1'))
    if sys.argv[1:2] == ['--client']:
        return client(*sys.argv[2:])
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    build, python = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else sys.executable
    with tempfile.TemporaryDirectory() as room:
        puzzles = os.path.join(room, 'puzzles.jsonl')
        subprocess.run([os.path.join(build, 'quarry'), 'generate', 'sudoku', '--count', str(PUZZLES), '--difficulty', '3', '--quiet', '-o', puzzles], check=True)
        for logprobs in (False, True):
            Stub.answer = reply(completion(logprobs))
            measure(build, python, room, puzzles, logprobs)


if __name__ == '__main__':
    main()
