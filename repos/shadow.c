/* shadow.c - files whose mere name would change what a test run loads; see side_shadows. */
#include "repos/side.h"

#include <stdlib.h>

/* Sorted: what Python 3.11 calls its own (sys.stdlib_module_names), and what a runner of tests imports. */
static const char *const modules[] = {
	"__future__", "_abc", "_aix_support", "_ast", "_asyncio", "_bisect", "_blake2", "_bootsubprocess", "_bz2", "_codecs", "_codecs_cn",
	"_codecs_hk", "_codecs_iso2022", "_codecs_jp", "_codecs_kr", "_codecs_tw", "_collections", "_collections_abc", "_compat_pickle",
	"_compression", "_contextvars", "_crypt", "_csv", "_ctypes", "_curses", "_curses_panel", "_datetime", "_dbm", "_decimal",
	"_distutils_hack", "_elementtree", "_frozen_importlib", "_frozen_importlib_external", "_functools", "_gdbm", "_hashlib", "_heapq",
	"_imp", "_io", "_json", "_locale", "_lsprof", "_lzma", "_markupbase", "_md5", "_msi", "_multibytecodec", "_multiprocessing", "_opcode",
	"_operator", "_osx_support", "_overlapped", "_pickle", "_posixshmem", "_posixsubprocess", "_py_abc", "_pydecimal", "_pyio", "_pytest",
	"_queue", "_random", "_scproxy", "_sha1", "_sha256", "_sha3", "_sha512", "_signal", "_sitebuiltins", "_socket", "_sqlite3", "_sre",
	"_ssl", "_stat", "_statistics", "_string", "_strptime", "_struct", "_symtable", "_thread", "_threading_local", "_tkinter", "_tokenize",
	"_tracemalloc", "_typing", "_uuid", "_warnings", "_weakref", "_weakrefset", "_winapi", "_zoneinfo", "abc", "aifc", "antigravity",
	"argparse", "array", "ast", "asynchat", "asyncio", "asyncore", "atexit", "attr", "attrs", "audioop", "base64", "bdb", "binascii",
	"bisect", "builtins", "bz2", "cProfile", "calendar", "cgi", "cgitb", "chunk", "cmath", "cmd", "code", "codecs", "codeop", "collections",
	"colorama", "colorsys", "compileall", "concurrent", "configparser", "contextlib", "contextvars", "copy", "copyreg", "coverage", "crypt",
	"csv", "ctypes", "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib", "dis", "distutils", "doctest", "email", "encodings",
	"ensurepip", "enum", "errno", "exceptiongroup", "faulthandler", "fcntl", "filecmp", "fileinput", "fnmatch", "fractions", "freezegun",
	"ftplib", "functools", "gc", "genericpath", "getopt", "getpass", "gettext", "glob", "graphlib", "grp", "gzip", "hashlib", "heapq",
	"hmac", "html", "http", "hypothesis", "idlelib", "imaplib", "imghdr", "imp", "importlib", "iniconfig", "inspect", "io", "ipaddress",
	"itertools", "json", "keyword", "lib2to3", "linecache", "locale", "logging", "lzma", "mailbox", "mailcap", "marshal", "math",
	"mimetypes", "mmap", "mock", "modulefinder", "msilib", "msvcrt", "multiprocessing", "netrc", "nis", "nntplib", "nose", "nose2", "nt",
	"ntpath", "nturl2path", "numbers", "opcode", "operator", "optparse", "os", "ossaudiodev", "packaging", "pathlib", "pdb", "pickle",
	"pickletools", "pip", "pipes", "pkg_resources", "pkgutil", "platform", "plistlib", "pluggy", "poplib", "posix", "posixpath", "pprint",
	"profile", "pstats", "pty", "pwd", "py", "py_compile", "pyclbr", "pydoc", "pydoc_data", "pyexpat", "pygments", "pytest", "queue",
	"quopri", "random", "re", "readline", "reprlib", "resource", "rlcompleter", "runpy", "sched", "secrets", "select", "selectors",
	"setuptools", "shelve", "shlex", "shutil", "signal", "site", "sitecustomize", "smtpd", "smtplib", "sndhdr", "socket", "socketserver",
	"spwd", "sqlite3", "sre_compile", "sre_constants", "sre_parse", "ssl", "stat", "statistics", "string", "stringprep", "struct",
	"subprocess", "sunau", "symtable", "sys", "sysconfig", "syslog", "tabnanny", "tarfile", "telnetlib", "tempfile", "termios", "textwrap",
	"this", "threading", "time", "timeit", "tkinter", "token", "tokenize", "tomli", "tomllib", "trace", "traceback", "tracemalloc", "tty",
	"turtle", "turtledemo", "types", "typing", "unicodedata", "unittest", "urllib", "usercustomize", "uu", "uuid", "venv", "warnings",
	"wave", "weakref", "webbrowser", "wheel", "winreg", "winsound", "wsgiref", "xdist", "xdrlib", "xml", "xmlrpc", "zipapp", "zipfile",
	"zipimport", "zlib", "zoneinfo",
};

/* Headers that tests include by name: frameworks, and libc's most used. Sorted. */
static const char *const headers[] = {
	"acutest.h", "assert.h", "catch.hpp", "check.h", "cmocka.h", "cutest.h", "doctest.h", "errno.h", "gmock.h", "greatest.h", "gtest.h",
	"inttypes.h", "limits.h", "math.h", "minunit.h", "munit.h", "setjmp.h", "signal.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h",
	"stdio.h", "stdlib.h", "string.h", "tap.h", "testhelp.h", "time.h", "unistd.h", "unity.h", "unity_fixture.h", "unity_internals.h", "utest.h",
};

static int name_cmp(const void *key, const void *at)
{
	return str_cmp(*(const struct str *)key, str_of(*(const char *const *)at));
}

static const char *find(struct str name, const char *const *list, size_t n)
{
	const char *const *at = bsearch(&name, list, n, sizeof(*list), name_cmp);

	return at ? *at : NULL;
}

const char *side_shadows(struct str path)
{
	static const char *const roots[] = { "src/", "lib/", "python/" }; /* beside the top: where packages are imported from */
	struct str in = path, name, rest;
	ptrdiff_t dot, slash = str_rfind(path, STR("/"));
	const char *header = find(str_from(path, (size_t)(slash + 1)), headers, COUNT(headers));

	if (header)
		return header;
	for (size_t i = 0; i < COUNT(roots); i++)
		if (str_starts(path, str_of(roots[i])))
			in = str_from(path, strlen(roots[i]));
	rest = in;
	if (!str_split(&rest, '/', &name))
		return NULL;
	/* name.py, name.so, name.cpython-311-x86_64-linux-gnu.so, name/... */
	dot = str_chr(name, '.');
	if (rest.n == 0) {
		if (dot <= 0 || !(str_ends(name, STR(".py")) || str_ends(name, STR(".pyc")) || str_ends(name, STR(".so")) || str_ends(name, STR(".pyd"))))
			return NULL;
		name = str_sub(name, 0, (size_t)dot);
	} else {
		/* a directory shadows a module only where it is imported as one */
		if (!str_ends(rest, STR(".py")) && !str_ends(rest, STR(".so")) && !str_ends(rest, STR(".pyc")))
			return NULL;
	}
	return find(name, modules, COUNT(modules));
}
