"""operators.py - places in source files where one small edit makes a bug.

Started as `python -I -B -c TEXT` inside a sandbox. Files come as one JSON object on fd 4, {"lang":"python","files":[[path, text], ...]}, sites
go out on fd 3, a line each: [number of the file, at, n, text, operator, function, line]: the bytes [at, at + n) of the file become text, and
nothing else of it changes. The last line is {"files": n, "unread": [number, ...]}. The same files give the same lines.

Python is read with its own ast, whose positions are bytes. C and C++ are read as tokens, and what stands in functions as statements: no
parser of C knows a file without its headers and flags, and a site that is none shows itself when it is built (inject.c).
"""
import ast
import json
import os
import re
import zlib

FLIPS = {'==': ('!=',), '!=': ('==',), '<': ('<=', '>'), '<=': ('<', '>='), '>': ('>=', '<'), '>=': ('>', '<='),
         'in': ('not in',), 'not in': ('in',), 'is': ('is not',), 'is not': ('is',)}
TURNS = {'+': '-', '-': '+', '*': '/', '/': '*', '//': '*', '%': '//', '&': '|', '|': '&', '<<': '>>', '>>': '<<', '**': '*', '^': '|'}
ONE_SIDED = ('-', '/', '//', '%', '**', '<<', '>>', '<', '<=', '>', '>=')  # where a b and b a differ


def choice(items, at):
    """One of them, the same each time: a place's own."""
    return items[zlib.crc32(b'%d' % at) % len(items)]


# ---- Python

SYMBOLS = {ast.Add: '+', ast.Sub: '-', ast.Mult: '*', ast.Div: '/', ast.FloorDiv: '//', ast.Mod: '%', ast.BitAnd: '&', ast.BitOr: '|', ast.BitXor: '^',
           ast.LShift: '<<', ast.RShift: '>>', ast.Pow: '**', ast.Eq: '==', ast.NotEq: '!=', ast.Lt: '<', ast.LtE: '<=', ast.Gt: '>', ast.GtE: '>=',
           ast.In: 'in', ast.NotIn: 'not in', ast.Is: 'is', ast.IsNot: 'is not', ast.And: 'and', ast.Or: 'or'}
SIMPLE = (ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.Subscript)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Python:
    """The sites of one file of Python."""

    def __init__(self, data):
        self.data, self.sites, self.function, self.names = data, [], '', []
        self.starts = [0]
        for line in data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.outside(ast.parse(data))

    def span(self, node):
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node):
        at, end = self.span(node)
        return self.data[at:end]

    def add(self, operator, at, end, text, node):
        text = text if isinstance(text, bytes) else text.encode()
        if self.data[at:end] != text:
            self.sites.append((at, end - at, text.decode(), operator, self.function, node.lineno))

    def outside(self, node):
        """What stands in no function is left alone, and what surrounds one's body: decorators, defaults, annotations."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                before, self.function = self.function, (self.function + '.' if self.function else '') + child.name
                self.outside(child)
                self.function = before
            elif isinstance(child, FUNCTIONS):
                self.inside(child)
            elif isinstance(child, (ast.If, ast.Try, ast.With)):
                self.outside(child)

    def inside(self, f):
        before = self.function, self.names
        self.function = (self.function + '.' if self.function else '') + f.name
        a = f.args
        names = [x.arg for x in a.posonlyargs + a.args + a.kwonlyargs] + [x.id for x in ast.walk(f) if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)]
        self.names = sorted(set(names) - {'self', 'cls', '_'})
        for statement in f.body:
            self.visit(statement)
        self.function, self.names = before

    def visit(self, node):
        if isinstance(node, FUNCTIONS):
            return self.inside(node)
        if isinstance(node, (ast.ClassDef, ast.JoinedStr, ast.Lambda)):  # an f-string's parts have no places of their own before 3.12
            return None
        known = getattr(self, 'at_' + type(node).__name__, None)
        if known:
            known(node)
        for name, value in ast.iter_fields(node):
            if name in ('annotation', 'decorator_list', 'returns'):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    self.visit(child)
        return None

    def between(self, left, right, symbol):
        """Where the operator stands between two operands; None where a comment or a bracket makes that unsure."""
        at, end = self.span(left)[1], self.span(right)[0]
        gap = self.data[at:end]
        words = symbol.split()
        found = re.fullmatch(rb'[\s)\\]*(' + rb'\s+'.join(re.escape(w.encode()) for w in words) + rb')[\s(\\]*', gap)
        return (at + found.start(1), at + found.end(1)) if found else None

    def bare(self, left, right, symbol):
        place = self.between(left, right, symbol)
        return place and not re.search(rb'[()]', self.data[self.span(left)[1]:self.span(right)[0]])

    def swap(self, operator, left, right, node):
        (a, b), (c, d) = self.span(left), self.span(right)
        self.add(operator, a, d, self.data[c:d] + self.data[b:c] + self.data[a:b], node)

    def at_Compare(self, node):
        left = node.left
        for op, right in zip(node.ops, node.comparators):
            symbol = SYMBOLS[type(op)]
            place = self.between(left, right, symbol)
            if place:
                for other in FLIPS[symbol]:
                    self.add('compare', *place, other, node)
            if len(node.ops) == 1 and symbol in ONE_SIDED and isinstance(left, SIMPLE) and isinstance(right, SIMPLE) and self.bare(left, right, symbol):
                self.swap('swap_operands', left, right, node)
            left = right

    def at_BinOp(self, node):
        symbol = SYMBOLS.get(type(node.op))
        if symbol not in TURNS or isinstance(node.left, ast.Constant) and isinstance(node.left.value, (str, bytes)):
            return
        place = self.between(node.left, node.right, symbol)
        if place:
            self.add('arithmetic', *place, TURNS[symbol], node)
            if symbol in ONE_SIDED and isinstance(node.left, SIMPLE) and isinstance(node.right, SIMPLE) and self.bare(node.left, node.right, symbol):
                self.swap('swap_operands', node.left, node.right, node)

    def at_AugAssign(self, node):
        symbol = SYMBOLS.get(type(node.op))
        place = self.between(node.target, node.value, symbol + '=') if symbol in TURNS else None
        if place:
            self.add('arithmetic', *place, TURNS[symbol] + '=', node)
        self.drop(node)

    def at_BoolOp(self, node):
        symbol, values = SYMBOLS[type(node.op)], node.values
        at, end = self.span(node)
        for left, right in zip(values, values[1:]):
            place = self.between(left, right, symbol)
            if place:
                self.add('boolean', *place, 'or' if symbol == 'and' else 'and', node)
        if self.span(values[0])[0] == at and self.bare(values[0], values[1], symbol):
            self.add('drop_condition', at, self.span(values[1])[0], b'', node)
        if self.span(values[-1])[1] == end and self.bare(values[-2], values[-1], symbol):
            self.add('drop_condition', self.span(values[-2])[1], end, b'', node)

    def at_UnaryOp(self, node):
        at, end = self.span(node)
        if isinstance(node.op, ast.Not):
            self.add('drop_not', at, end, self.data[at + 3:end].lstrip(), node)

    def at_Constant(self, node):
        at, end = self.span(node)
        if node.value is True or node.value is False:
            self.add('constant', at, end, str(not node.value), node)
        elif type(node.value) is int and re.fullmatch(rb'[0-9]+', self.data[at:end]) and node.value < 1 << 31:
            for v in (node.value + 1, node.value - 1):
                if v >= 0:
                    self.add('off_by_one', at, end, str(v), node)

    def at_Call(self, node):
        for left, right in zip(node.args, node.args[1:]):
            if isinstance(left, SIMPLE) and isinstance(right, SIMPLE) and self.data[self.span(left)[1]:self.span(right)[0]].strip() == b',':
                self.swap('swap_arguments', left, right, node)
        if isinstance(node.func, ast.Name) and node.func.id == 'len' and len(node.args) == 1:
            self.add('off_by_one', *self.span(node), b'(' + self.text(node) + b' - 1)', node)

    def at_Name(self, node):
        others = [n for n in self.names if n != node.id]
        if isinstance(node.ctx, ast.Load) and node.id in self.names and others:
            self.add('wrong_variable', *self.span(node), choice(others, self.span(node)[0]), node)

    def negate(self, node):
        if not (isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)):
            at, end = self.span(node.test)
            if self.data[end:end + 1] != b')':  # else its own brackets are outside the place
                self.add('negate', at, end, b'not (' + self.data[at:end] + b')', node)

    def own_lines(self, body, head):
        """Whether a body stands on lines of its own, with no decorator before it."""
        return body[0].lineno > head.end_lineno and not getattr(body[0], 'decorator_list', None)

    def at_If(self, node):
        self.negate(node)
        at, end = self.span(node)
        is_elif = self.data[at:at + 4] == b'elif'
        if not node.orelse and not is_elif:
            self.add('drop_branch', at, end, 'pass', node)
        if node.orelse and not (len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If) and self.text(node.orelse[0]).startswith(b'elif')):
            body, other = node.body, node.orelse
            self.add('drop_branch', self.span(body[-1])[1], self.span(other[-1])[1], b'', node)
            if body[0].col_offset == other[0].col_offset and self.own_lines(body, node.test) and self.own_lines(other, body[-1]):
                (a, b), (c, d) = (self.span(body[0])[0], self.span(body[-1])[1]), (self.span(other[0])[0], self.span(other[-1])[1])
                self.add('swap_branches', a, d, self.data[c:d] + self.data[b:c] + self.data[a:b], node)

    def at_While(self, node):
        self.negate(node)

    def at_IfExp(self, node):
        at, end = self.span(node.test)
        if self.data[end:end + 1] != b')':
            self.add('negate', at, end, b'not (' + self.data[at:end] + b')', node)

    def at_For(self, node):
        self.add('drop_loop', *self.span(node), 'pass', node)

    def at_Return(self, node):
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.add('return_value', *self.span(node.value), 'None', node)

    def drop(self, node):
        self.add('drop_statement', *self.span(node), 'pass', node)

    def at_Expr(self, node):
        if not isinstance(node.value, ast.Constant):
            self.drop(node)

    def at_Break(self, node):
        self.add('drop_jump', *self.span(node), 'pass', node)

    at_Assign = at_Raise = at_Delete = drop
    at_Continue = at_Break


# ---- C

TOKEN = re.compile(rb'''
    (?P<blank> [ \t\r\n\f\v]+ | \\\r?\n | //(?:[^\n\\]|\\.|\\\n)* | /\*.*?\*/ )
  | (?P<text> (?:u8|[uUL])?"(?:[^"\\\n]|\\.)*" | [uUL]?'(?:[^'\\\n]|\\.)*' )
  | (?P<number> \.?[0-9](?:[eEpP][+-]|[0-9A-Za-z_.'])* )
  | (?P<name> [A-Za-z_$\x80-\xff][A-Za-z0-9_$\x80-\xff]* )
  | (?P<sign> <<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|::|. )''', re.X | re.S)
DIRECTIVE = re.compile(rb'[ \t]*#(?:[^\n\\/]|\\\r?\n|\\.|/\*.*?\*/|/)*', re.S)
KEYWORDS = set('if else for while do switch case default break continue return goto sizeof struct union enum typedef static extern const volatile inline '
               'register auto void char short int long float double signed unsigned bool template class namespace using new delete throw try catch '
               'operator public private protected virtual explicit friend this true false NULL nullptr typename'.split())
TYPES = set('struct union enum typedef static extern const volatile register auto void char short int long float double signed unsigned bool using goto '
            'class template namespace typename'.split())
C_TURNS = {k: v for k, v in TURNS.items() if k not in ('//', '**', '%')} | {'%': '/', '+=': '-=', '-=': '+=', '*=': '/=', '++': '--', '--': '++'}
BEFORE = ('(', ',', '=', 'return', ';', '{', '}', '&&', '||', '[', '?', ':')
BEHIND = (')', ',', ';', ']', '&&', '||', '?', ':')


class C:
    """The sites of one file of C or C++."""

    def __init__(self, data):
        self.data, self.sites, self.function = data, [], ''
        self.kind, self.word, self.at, self.end, self.line = [], [], [], [], []
        self.read()
        self.match = self.pairs()
        self.names = []
        i = 0
        while i < len(self.word):
            i = self.body(i) if self.word[i] == '{' and self.is_function(i) else i + 1

    def read(self):
        """Tokens without blanks, comments and directives; `odd` holds the places of directives."""
        at, line, fresh, self.odd = 0, 1, True, []
        while at < len(self.data):
            d = DIRECTIVE.match(self.data, at) if fresh else None
            m = d or TOKEN.match(self.data, at)
            if d:
                self.odd.append(at)
            elif m.lastgroup != 'blank':
                self.kind.append(m.lastgroup)
                self.word.append(m.group().decode('latin-1'))
                self.at.append(at)
                self.end.append(m.end())
                self.line.append(line)
            new_lines = self.data.count(b'\n', at, m.end())
            fresh = (fresh or bool(new_lines)) and (m.lastgroup == 'blank' if not d else False)
            line += new_lines
            at = m.end() if m.end() > at else at + 1

    def pairs(self):
        match, open_ = {}, []
        for i, w in enumerate(self.word):
            if w in ('(', '[', '{') and self.kind[i] == 'sign':
                open_.append(i)
            elif w in (')', ']', '}') and self.kind[i] == 'sign' and open_ and self.word[open_[-1]] + w in ('()', '[]', '{}'):
                match[open_[-1]] = i
                match[i] = open_.pop()
        return match

    def is_function(self, i):
        """NAME ( ... ) {"""
        while i > 0 and self.word[i - 1] in ('const', 'noexcept', 'override', 'final'):
            i -= 1
        if i == 0 or self.word[i - 1] != ')' or i - 1 not in self.match:
            return False
        name = self.match[i - 1] - 1
        return name >= 0 and self.kind[name] == 'name' and self.word[name] not in KEYWORDS

    def body(self, i):
        close = self.match.get(i)
        if close is None:
            return i + 1
        j = i
        while self.word[j - 1] != ')':
            j -= 1
        first = self.match[j - 1]
        self.function = self.word[first - 1]
        self.names = sorted({self.word[k - 1] for k in range(first + 1, j) if self.word[k] in (',', ')') and self.kind[k - 1] == 'name' and
                             self.word[k - 1] not in KEYWORDS and self.kind[k - 2] in ('name', 'sign') and self.word[k - 2] not in ('(', ',')})
        k = i + 1
        while k < close:
            k = max(self.statement(k, close), k + 1)
        for k in range(i + 1, close):
            self.token(k)
        return close + 1

    def add(self, operator, first, last, text, i):
        """The tokens [first, last] become text; nothing that a directive stands in."""
        at, end = self.at[first], self.end[last]
        if not any(at <= o < end for o in self.odd):
            self.put(operator, at, end, text, i)

    def put(self, operator, at, end, text, i):
        text = text if isinstance(text, bytes) else text.encode('latin-1')
        if self.data[at:end] != text:
            self.sites.append((at, end - at, text.decode('utf-8'), operator, self.function, self.line[i]))

    def source(self, first, last):
        return self.data[self.at[first]:self.end[last]]

    # statements

    def statement(self, i, close):
        """The index behind the statement that begins at i."""
        w = self.word[i]
        if w == '{':
            end = self.match.get(i, close)
            k = i + 1
            while k < end:
                k = max(self.statement(k, end), k + 1)
            return end + 1
        if w in ('if', 'for', 'while', 'switch') and i + 1 < close and self.word[i + 1] == '(' and i + 1 in self.match:
            return self.branch(i, close)
        if w == 'do':
            k = self.statement(i + 1, close)
            return self.simple(k, close) if k < close else close
        if w in ('case', 'default') or (self.kind[i] == 'name' and i + 1 < close and self.word[i + 1] == ':'):
            while i < close and self.word[i] != ':':
                i += 1
            return i + 1
        return self.simple(i, close)

    def branch(self, i, close):
        cond, shut = i + 1, self.match[i + 1]
        k = shut + 1
        if k >= close:
            return close
        end = self.statement(k, close)
        if self.word[i] in ('if', 'while') and shut > cond + 1 and self.word[cond + 1] != '!':
            self.add('negate', cond + 1, shut - 1, b'!(' + self.source(cond + 1, shut - 1) + b')', i)
        if self.word[i] == 'for':
            self.add('drop_loop', i, end - 1, ';', i)
        if self.word[i] != 'if':
            return end
        if end < close and self.word[end] == 'else' and end + 1 < close:
            other = self.statement(end + 1, close)
            if self.word[k] == '{' and self.word[end + 1] == '{':
                self.add('swap_branches', k, other - 1, self.source(end + 1, other - 1) + self.data[self.end[end - 1]:self.at[end + 1]] + self.source(k, end - 1), i)
            self.add('drop_branch', end, other - 1, b'', end)
            return other
        if self.word[i - 1] != 'else':
            self.add('drop_branch', i, end - 1, ';', i)
        return end

    def simple(self, i, close):
        k = i
        while k < close and self.word[k] != ';':
            k = self.match[k] + 1 if self.word[k] in ('(', '[', '{') and k in self.match else k + 1
        if k >= close:
            return close
        first = self.word[i]
        if first in ('break', 'continue') and k == i + 1:
            self.add('drop_jump', i, k, ';', i)
        elif first == 'return' and k > i + 1:
            value = self.source(i + 1, k - 1).strip()
            self.add('return_value', i + 1, k - 1, '1' if value in (b'0', b'false', b'NULL') else '0', i)
        elif self.kind[i] in ('name', 'sign') and first not in TYPES and self.is_expression(i, k):
            self.add('drop_statement', i, k, ';', i)
        return k + 1

    def is_expression(self, i, k):
        """A call, an assignment, a step; not a declaration, which has two names beside one another."""
        if self.kind[i] == 'name' and i + 1 < k and (self.kind[i + 1] == 'name' or (self.word[i + 1] == '*' and i + 2 < k and self.kind[i + 2] == 'name')):
            return False
        return any(w in ('=', '+=', '-=', '*=', '/=', '|=', '&=', '++', '--', '(') for w in self.word[i:k])

    # tokens

    def operand(self, i):
        """Whether a token ends an operand, so that what follows is binary."""
        return self.kind[i] == 'number' or self.word[i] in (')', ']') or (self.kind[i] == 'name' and self.word[i] not in KEYWORDS)

    def alone(self, i):
        return self.kind[i] == 'number' or (self.kind[i] == 'name' and self.word[i] not in KEYWORDS)

    def token(self, i):
        w = self.word[i]
        if self.kind[i] == 'number':
            if re.fullmatch('[0-9]{1,9}', w) and (w == '0' or w[0] != '0'):
                self.add('off_by_one', i, i, str(int(w) + 1), i)
                if w != '0':
                    self.add('off_by_one', i, i, str(int(w) - 1), i)
        elif self.kind[i] == 'name':
            others = [n for n in self.names if n != w]
            if w in ('true', 'false'):
                self.add('constant', i, i, 'false' if w == 'true' else 'true', i)
            elif w in self.names and others and self.word[i - 1] not in ('.', '->'):
                self.add('wrong_variable', i, i, choice(others, self.at[i]), i)
        elif self.kind[i] == 'sign' and i + 1 < len(self.word):
            self.sign(i, w)

    def sign(self, i, w):
        binary = self.operand(i - 1) and self.word[i + 1] != ')'
        if w in FLIPS and binary:
            for other in FLIPS[w]:
                self.add('compare', i, i, other, i)
        elif w in ('&&', '||') and binary:
            self.add('boolean', i, i, '||' if w == '&&' else '&&', i)
        elif w == '!':
            self.add('drop_not', i, i, b'', i)
        elif w in ('+=', '-=', '*='):
            self.add('arithmetic', i, i, C_TURNS[w], i)
        elif w in ('++', '--'):
            self.add('arithmetic', i, i, C_TURNS[w], i)
        elif w in C_TURNS and binary and not (w in '*&' and self.kind[i - 1] == 'name' and self.word[i - 2] in (';', '{', '}', '(', ',')):
            self.add('arithmetic', i, i, C_TURNS[w], i)
        if w in ONE_SIDED and binary and self.alone(i - 1) and self.alone(i + 1) and self.word[i - 2] in BEFORE and self.word[i + 2] in BEHIND:
            self.add('swap_operands', i - 1, i + 1, self.source(i + 1, i + 1) + self.data[self.end[i - 1]:self.at[i + 1]] + self.source(i - 1, i - 1), i)
        if w == ',' and self.alone(i - 1) and self.alone(i + 1) and self.word[i - 2] in ('(', ',') and self.word[i + 2] in (')', ','):
            self.add('swap_arguments', i - 1, i + 1, self.source(i + 1, i + 1) + self.data[self.end[i - 1]:self.at[i + 1]] + self.source(i - 1, i - 1), i)


def main(fd_in=4, fd_out=3):
    with open(fd_in, 'rb') as f:
        ask = json.loads(f.read())
    unread = []
    with open(fd_out, 'w', encoding='ascii') as out:
        for number, (path, text) in enumerate(ask['files']):
            data = text.encode()
            try:
                if data.startswith(b'\xef\xbb\xbf'):  # ast counts without it
                    raise ValueError('a mark of byte order')
                sites = (Python if ask['lang'] == 'python' else C)(data).sites
            except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError, KeyError):
                unread.append(number)
                continue
            for at, n, new, operator, function, line in sorted(set(sites)):
                out.write(json.dumps([number, at, n, new, operator, function, line]) + '\n')
        out.write(json.dumps({'files': len(ask['files']), 'unread': unread}) + '\n')
        out.flush()
    os._exit(0)


if __name__ == '__main__':
    main()
