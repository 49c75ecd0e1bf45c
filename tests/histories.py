"""histories.py - git repositories that scripts make, for what is mined from them.

    from histories import Repo
    r = Repo(t, 'calc')                     # t: a harness.Suite
    head = r.commit('First', {'calc.py': 'SIZE = 1\n'})
"""
import os
import subprocess
import textwrap

ENV = dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull, GIT_AUTHOR_NAME='a', GIT_AUTHOR_EMAIL='a@example.org',
           GIT_COMMITTER_NAME='a', GIT_COMMITTER_EMAIL='a@example.org')
PYTEST = subprocess.run(['/usr/bin/python3', '-c', 'import pytest'], capture_output=True).returncode == 0


class Repo:
    """A repository below the suite's temporary folder; each commit is a day after the one before."""

    def __init__(self, suite, name):
        self.path = suite.path(name)
        os.makedirs(self.path)
        self.day = 0
        self.git('init', '-q', '-b', 'main')

    def git(self, *args, stdin=None):
        self.date = '2024-01-%02dT12:00:00Z' % (1 + self.day)
        env = dict(ENV, GIT_AUTHOR_DATE=self.date, GIT_COMMITTER_DATE=self.date)
        return subprocess.run(['git', '-C', self.path, *args], env=env, input=stdin, capture_output=True, check=True).stdout.decode().strip()

    def commit(self, message, files):
        """A commit that writes these files (None: gone; bytes as they are); its id."""
        self.day += 1
        for name, text in files.items():
            path = os.path.join(self.path.encode(), name if isinstance(name, bytes) else name.encode())
            if text is None:
                os.unlink(path)
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as f:
                f.write(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
        self.git('add', '-A')
        self.git('commit', '-q', '-m', message)
        return self.git('rev-parse', 'HEAD')


def tagged(text):
    return '<answer>\n%s\n</answer>' % text
