/*
 * _native.c - quarry._native: the library for CPython, within the limited API of 3.10 (one file for every later version).
 *
 * _core.py says what each call means; ctypes over the shared libraries (_ctypes.py) does the same work where this cannot be loaded. A call
 * whose arguments are as usual is answered here (lanes); any other goes to the Python function of that name, which has all the words.
 * Pools and generators are capsules that their users hold. The GIL is released while a batch or a long text is judged and while a puzzle is
 * made.
 */
#define Py_LIMITED_API 0x030A0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <quarry/generate.h>
#include <quarry/verify.h>

#include <string.h>
#include <time.h>

#define STEPS_MAX ((Py_ssize_t)1 << (8 * sizeof(Py_ssize_t) - 2)) /* of a budget */

#define POOL "quarry.pool"
#define GENERATOR "quarry.generator"

enum {
	LONG = 4096, /* bytes of desc and response; judging fewer takes little more than giving the GIL away and back */
	MARKS = QUARRY_BAD_TASK + 1,
	MEMBERS = 7, /* of a verdict */
	SPARES = 2,  /* verdicts: one that is about to be given, one that a variable still holds */
	SPARE_MAX = 4096, /* bytes of an answer in one */
	KNOWN = 64, /* names of tasks that are remembered; a power of 2 */
};

/* Words that are looked for among arguments and in rows. */
enum word { FORMAT, THINK_OPEN, STRICT, BUDGET, TASK, DESC, GROUND_TRUTH, RESPONSE, THINK, WORDS };

static const char *const words[WORDS] = { "format", "think_open", "strict", "budget", "task", "desc", "ground_truth", "response", "think" };

/* A function of Python's that is answered here where nothing about its arguments is unusual. */
struct lane {
	PyMethodDef def;
	PyObject *slow, *doc;
};

/* What an interpreter keeps. */
struct state {
	newfunc tuple_new;
	PyObject *verdict; /* the class, a named tuple */
	bool direct;       /* an object of it can be made and filled in, and filled in again, without a tuple before */
	PyObject *spare[SPARES]; /* the last ones given: what nobody else holds any more is filled in again */
	int turn;                /* which is the elder */
	PyObject *word[WORDS];
	PyObject *mark[MARKS], *score[2];
	PyObject *why[MARKS]; /* the last sentence of each mark: most repeat */
	char said[MARKS][sizeof(((struct quarry_verdict *)NULL)->why)]; /* the same */
	struct {
		PyObject *name; /* held, so that its address stays its own */
		const struct quarry_rule *rule;
	} known[KNOWN];
	struct lane lane[2];
};

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/*
 * A reference that somebody else will drop. Newer interpreters do not count those of None, True, names and the like, while the macros of
 * the limited API do: what is taken by a macro must be dropped by one.
 */
static PyObject *shared(PyObject *o)
{
	Py_IncRef(o);
	return o;
}

/* ---- texts ---- */

/* The bytes of a str or bytes, which live as long as *owner, a new reference. NULL: an exception is set, by the argument's name. */
static const char *bytes_of(PyObject *o, const char *what, Py_ssize_t *n, PyObject **owner)
{
	char *s;

	if (PyUnicode_Check(o)) {
		const char *utf8 = PyUnicode_AsUTF8AndSize(o, n);

		if (utf8) {
			*owner = Py_NewRef(o);
			return utf8;
		}
		if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
			return NULL;
		/* lone surrogates, which a model's broken bytes can leave: judged as the bytes they would be */
		PyErr_Clear();
		*owner = PyUnicode_AsEncodedString(o, "utf-8", "surrogatepass");
		if (!*owner || PyBytes_AsStringAndSize(*owner, &s, n) < 0)
			return NULL;
		return s;
	}
	if (PyBytes_Check(o)) {
		*owner = Py_NewRef(o);
		return PyBytes_AsStringAndSize(o, &s, n) < 0 ? NULL : s;
	}
	PyErr_Format(PyExc_TypeError, "%s is a str or bytes, not %R", what, (PyObject *)Py_TYPE(o));
	return NULL;
}

/* ---- one item ---- */

struct held {
	struct quarry_item item;
	struct quarry_options options;
	PyObject *owner[2]; /* of desc and response */
	PyObject *fault;    /* a verdict that needs no judging */
};

static void held_release(struct held *h)
{
	Py_XDECREF(h->owner[0]);
	Py_XDECREF(h->owner[1]);
	Py_XDECREF(h->fault);
}

/* The rule of a task's name, a str. Programs know few, and say them by the same objects. False: an exception is set. */
static bool rule_of(struct state *st, PyObject *task, const struct quarry_rule **ret)
{
	size_t at = ((uintptr_t)task >> 4) % KNOWN;
	PyObject *before = st->known[at].name;
	const char *name;
	Py_ssize_t n;

	if (before == task) {
		*ret = st->known[at].rule;
		return true;
	}
	name = PyUnicode_AsUTF8AndSize(task, &n);
	if (!name && !PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
		return false;
	PyErr_Clear(); /* with lone surrogates it is no task's name */
	*ret = name && strlen(name) == (size_t)n ? quarry_rule(name) : NULL;
	if (*ret && PyUnicode_CheckExact(task)) { /* nothing that is long, or has more to it */
		st->known[at].rule = *ret;
		st->known[at].name = Py_NewRef(task);
		Py_XDECREF(before);
	}
	return true;
}

/* Task NULL or None: desc is a ground truth. */
static bool hold(struct state *st, struct held *h, PyObject *task, PyObject *desc, PyObject *response, struct quarry_options o)
{
	bool by_truth = !task || task == Py_None;
	Py_ssize_t n;
	const char *s;

	*h = (struct held){ .options = o };
	h->item.options = &h->options;
	s = bytes_of(desc, by_truth ? "ground_truth" : "desc", &n, &h->owner[0]);
	if (!s)
		goto fail;
	if (by_truth) {
		h->item.truth = s;
		h->item.truth_len = (size_t)n;
	} else {
		if (!rule_of(st, task, &h->item.rule))
			goto fail;
		h->item.desc = s;
		h->item.desc_len = (size_t)n;
	}
	h->item.response = bytes_of(response, "response", &n, &h->owner[1]);
	h->item.response_len = (size_t)n;
	if (h->item.response)
		return true;
fail:
	held_release(h);
	return false;
}

static void judge(const struct quarry_item *it, struct quarry_verdict *v)
{
	if (it->truth)
		quarry_verify_truth(it->truth, it->truth_len, it->response, it->response_len, it->options, v);
	else
		quarry_verify_n(it->rule, it->desc, it->desc_len, it->response, it->response_len, it->options, v);
}

/* A new reference, NULL with an exception set. */
static PyObject *why_of(struct state *st, const struct quarry_verdict *v)
{
	PyObject *before = st->why[v->mark];

	if (!before || strcmp(st->said[v->mark], v->why) != 0) {
		strcpy(st->said[v->mark], v->why);
		st->why[v->mark] = PyUnicode_DecodeUTF8(v->why, (Py_ssize_t)strlen(v->why), "replace");
		Py_XDECREF(before);
	}
	return st->why[v->mark] ? shared(st->why[v->mark]) : NULL;
}

/* Takes the members over; what stood in the tuple goes. Nobody else may hold it. */
static void fill(PyObject *tuple, PyObject *const *member)
{
	for (int i = 0; i < MEMBERS; i++)
		PyTuple_SetItem(tuple, i, member[i]);
}

/* A tuple of the class for verdicts, which takes the members over. */
static PyObject *tuple_of(struct state *st, bool direct, PyObject *const *member)
{
	PyObject *tuple = direct ? PyType_GenericAlloc((PyTypeObject *)st->verdict, MEMBERS) : PyTuple_New(MEMBERS), *args, *ret;

	for (int i = 0; i < MEMBERS && !tuple; i++)
		Py_XDECREF(member[i]);
	if (tuple)
		fill(tuple, member);
	if (direct || !tuple)
		return tuple;
	args = PyTuple_New(1);
	if (!args) {
		Py_DECREF(tuple);
		return NULL;
	}
	PyTuple_SetItem(args, 0, tuple);
	ret = st->tuple_new((PyTypeObject *)st->verdict, args, NULL);
	Py_DECREF(args);
	return ret;
}

/*
 * Is a tuple that was filled in by hand, and then again, a whole one? Interpreters may keep something in a tuple that its own function sets,
 * such as its hash. -1: an exception is set.
 */
static int direct_works(struct state *st)
{
	PyObject *two[2] = { NULL, NULL }, *member[2][MEMBERS];
	int same = -1;

	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < MEMBERS; i++)
			member[k][i] = shared(Py_None);
		two[k] = tuple_of(st, k == 0, member[k]);
	}
	for (int round = 0; round < 2 && same && two[0] && two[1]; round++) {
		same = PyObject_RichCompareBool(two[0], two[1], Py_EQ);
		if (same > 0)
			same = PyObject_Hash(two[0]) == PyObject_Hash(two[1]) && PyTuple_Size(two[0]) == MEMBERS && !PyErr_Occurred();
		for (int k = 0; k < 2 && round == 0; k++) {
			for (int i = 0; i < MEMBERS; i++)
				member[k][i] = shared(Py_True);
			if (k == 0) {
				fill(two[0], member[0]);
				continue;
			}
			Py_DECREF(two[1]);
			two[1] = tuple_of(st, false, member[1]);
		}
	}
	Py_XDECREF(two[0]);
	Py_XDECREF(two[1]);
	return PyErr_Occurred() ? -1 : same;
}

/* The same as tuple_of, of one that is given to a caller alone. */
static PyObject *given(struct state *st, PyObject *const *member, size_t answer_len)
{
	PyObject *ret = NULL, *before;

	if (!st->direct)
		return tuple_of(st, false, member);
	for (int i = 0; i < SPARES && !ret; i++)
		if (st->spare[i] && Py_REFCNT(st->spare[i]) == 1)
			ret = st->spare[i];
	if (ret && answer_len <= SPARE_MAX) {
		fill(ret, member);
		return Py_NewRef(ret);
	}
	ret = tuple_of(st, true, member);
	if (!ret || answer_len > SPARE_MAX)
		return ret;
	before = st->spare[st->turn];
	st->spare[st->turn] = Py_NewRef(ret);
	st->turn = (st->turn + 1) % SPARES;
	Py_XDECREF(before);
	return ret;
}

/* A Verdict: (score, mark, why, extracted or None, format_ok, answers_seen, verify_us). */
static PyObject *verdict(struct state *st, const struct quarry_verdict *v, double us, bool alone)
{
	PyObject *member[MEMBERS] = {
		v->score == 0.0 || v->score == 1.0 ? shared(st->score[v->score == 1.0]) : PyFloat_FromDouble(v->score),
		shared(st->mark[v->mark]),
		why_of(st, v),
		v->answer ? PyUnicode_DecodeUTF8(v->answer, (Py_ssize_t)v->answer_len, "replace") : shared(Py_None),
		shared(v->format_ok ? Py_True : Py_False),
		PyLong_FromLong(v->answers_seen),
		PyFloat_FromDouble(us),
	};
	bool whole = true;

	for (int i = 0; i < MEMBERS; i++)
		whole = whole && member[i];
	if (whole)
		return alone ? given(st, member, v->answer_len) : tuple_of(st, st->direct, member);
	for (int i = 0; i < MEMBERS; i++)
		Py_XDECREF(member[i]);
	return NULL;
}

/* Takes over what is held. */
static PyObject *judged(struct state *st, struct held *h)
{
	struct quarry_verdict v;
	double from = now_us();
	PyObject *ret;

	if (h->item.truth_len + h->item.desc_len + h->item.response_len > LONG) {
		Py_BEGIN_ALLOW_THREADS
		judge(&h->item, &v);
		Py_END_ALLOW_THREADS
	} else {
		judge(&h->item, &v);
	}
	ret = verdict(st, &v, now_us() - from, true);
	held_release(h);
	return ret;
}

/* ---- options ---- */

/* False: an exception is set. Numpy's numbers are welcome. */
static bool options_of(struct quarry_options *ret, PyObject *format, PyObject *think_open, PyObject *strict, PyObject *budget)
{
	Py_ssize_t how = PyNumber_AsSsize_t(format, PyExc_OverflowError), steps;
	int thinks, strictly;

	if (how == -1 && PyErr_Occurred())
		return false;
	steps = PyNumber_AsSsize_t(budget, PyExc_OverflowError);
	if (steps == -1 && PyErr_Occurred())
		return false;
	thinks = PyObject_IsTrue(think_open);
	strictly = PyObject_IsTrue(strict);
	*ret = (struct quarry_options){ (enum quarry_format)how, thinks > 0, strictly > 0, (size_t)steps };
	return thinks >= 0 && strictly >= 0;
}

/* The format of a name; false for what is none. */
static bool format_of(PyObject *name, enum quarry_format *ret)
{
	for (int i = 0; PyUnicode_Check(name) && i < QUARRY_FORMATS; i++)
		if (PyUnicode_CompareWithASCIIString(name, quarry_format_name((enum quarry_format)i)) == 0) {
			*ret = (enum quarry_format)i;
			return true;
		}
	return false;
}

/* One named argument; false where it is for Python to say what it means. */
static bool option_take(struct state *st, struct quarry_options *o, PyObject *name, PyObject *value)
{
	bool *flag = name == st->word[THINK_OPEN] ? &o->think_open : name == st->word[STRICT] ? &o->strict_format : NULL;

	if (flag && PyBool_Check(value)) {
		*flag = value == Py_True;
		return true;
	}
	if (name == st->word[BUDGET] && PyLong_CheckExact(value)) {
		Py_ssize_t steps = PyLong_AsSsize_t(value);

		PyErr_Clear();
		o->budget = (size_t)steps;
		return steps >= 0 && steps <= STEPS_MAX;
	}
	return name == st->word[FORMAT] && (value == Py_None || format_of(value, &o->format));
}

/* verify(task or None, desc or ground truth, response, format, think_open, strict, budget) */
static PyObject *native_verify(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
	struct state *st = PyModule_GetState(module);
	struct quarry_options o;
	struct held h;

	if (nargs != 7)
		return PyErr_Format(PyExc_TypeError, "verify takes seven arguments");
	if (!options_of(&o, args[3], args[4], args[5], args[6]) || !hold(st, &h, args[0], args[1], args[2], o))
		return NULL;
	return judged(st, &h);
}

/* ---- lanes ---- */

static PyObject *call_slow(PyObject *slow, PyObject *const *args, Py_ssize_t nargs, PyObject *names)
{
	PyObject *tuple = PyTuple_New(nargs), *dict = names ? PyDict_New() : NULL, *ret = NULL;

	for (Py_ssize_t i = 0; tuple && i < nargs; i++)
		PyTuple_SetItem(tuple, i, shared(args[i]));
	for (Py_ssize_t i = 0; dict && i < PyTuple_Size(names); i++)
		if (PyDict_SetItem(dict, PyTuple_GetItem(names, i), args[nargs + i]) < 0)
			Py_CLEAR(dict);
	if (tuple && !names == !dict)
		ret = PyObject_Call(slow, tuple, dict);
	Py_DecRef(tuple); /* the empty one is everybody's */
	Py_DecRef(dict);
	return ret;
}

static PyObject *lane(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *names, bool by_truth)
{
	struct state *st = PyModule_GetState(module);
	struct quarry_options o = { QUARRY_ANY, false, false, 0 };
	PyObject *const *arg = args + !by_truth; /* desc, response */
	bool usual = nargs == 3 - by_truth && (by_truth || PyUnicode_Check(args[0]));
	struct held h;

	for (Py_ssize_t i = 0; usual && names && i < PyTuple_Size(names); i++)
		usual = option_take(st, &o, PyTuple_GetItem(names, i), args[nargs + i]);
	if (!usual)
		return call_slow(st->lane[by_truth].slow, args, nargs, names);
	return hold(st, &h, by_truth ? NULL : args[0], arg[0], arg[1], o) ? judged(st, &h) : NULL;
}

static PyObject *lane_task(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *names)
{
	return lane(module, args, nargs, names, false);
}

static PyObject *lane_truth(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *names)
{
	return lane(module, args, nargs, names, true);
}

/* lane(function, name of its module, documentation that begins with its arguments, by a ground truth?): the same function, sooner. */
static PyObject *native_lane(PyObject *module, PyObject *args)
{
	struct state *st = PyModule_GetState(module);
	PyObject *slow, *home, *doc, *before[2];
	const char *text;
	struct lane *l;
	int by_truth;

	if (!PyArg_ParseTuple(args, "OUUp", &slow, &home, &doc, &by_truth))
		return NULL;
	text = PyUnicode_AsUTF8AndSize(doc, NULL);
	if (!text)
		return NULL;
	l = &st->lane[by_truth];
	before[0] = l->slow;
	before[1] = l->doc;
	l->slow = Py_NewRef(slow);
	l->doc = Py_NewRef(doc);
	l->def = (PyMethodDef){ by_truth ? "verify_truth" : "verify", (PyCFunction)(void (*)(void))(by_truth ? lane_truth : lane_task),
				METH_FASTCALL | METH_KEYWORDS, text };
	Py_XDECREF(before[0]);
	Py_XDECREF(before[1]);
	return PyCFunction_NewEx(&l->def, module, home);
}

/* bind(Verdict): the class that verdicts are from now on of, a named tuple. */
static PyObject *native_bind(PyObject *module, PyObject *verdict_class)
{
	struct state *st = PyModule_GetState(module);
	PyObject *before = st->verdict;
	int direct;

	if (!PyType_Check(verdict_class) || !PyType_IsSubtype((PyTypeObject *)verdict_class, &PyTuple_Type))
		return PyErr_Format(PyExc_TypeError, "a class of tuples is needed");
	st->verdict = Py_NewRef(verdict_class);
	Py_DECREF(before);
	for (int i = 0; i < SPARES; i++)
		Py_CLEAR(st->spare[i]);
	direct = direct_works(st);
	st->direct = direct > 0;
	return direct < 0 ? NULL : shared(Py_None);
}

/* ---- batches ---- */

static void pool_end(PyObject *capsule)
{
	quarry_pool_free(PyCapsule_GetPointer(capsule, POOL));
}

static PyObject *native_pool(PyObject *module, PyObject *args)
{
	struct quarry_pool *pool;
	int threads;

	(void)module;
	if (!PyArg_ParseTuple(args, "i", &threads))
		return NULL;
	pool = quarry_pool_new(threads);
	if (!pool)
		return PyErr_Format(PyExc_ValueError, "no pool of %d threads: from 1 to 256", threads);
	return PyCapsule_New(pool, POOL, pool_end);
}

static PyObject *native_pool_threads(PyObject *module, PyObject *capsule)
{
	struct quarry_pool *pool = PyCapsule_GetPointer(capsule, POOL);

	(void)module;
	return pool ? PyLong_FromLong(quarry_pool_threads(pool)) : NULL;
}

/* A verdict for each of n, by the index of those that were judged; fewer have a fault of their own. */
static PyObject *verdicts(struct state *st, const struct held *h, Py_ssize_t n, const struct quarry_verdict *v, double us)
{
	PyObject *list = PyList_New(n);

	for (Py_ssize_t i = 0; list && i < n; i++) {
		PyObject *one = h[i].fault ? shared(h[i].fault) : verdict(st, v++, us, false);

		if (!one || PyList_SetItem(list, i, one) < 0)
			Py_CLEAR(list);
	}
	return list;
}

/* What a tuple or a row of the usual kind says; references of its own. */
struct said {
	PyObject *task, *desc, *response; /* task NULL: by ground truth */
	struct quarry_options options;
};

static void said_release(struct said *s)
{
	Py_XDECREF(s->task);
	Py_XDECREF(s->desc);
	Py_XDECREF(s->response);
}

/* NULL: it is not there, or None. An exception may be set. */
static PyObject *member_of(struct state *st, PyObject *row, enum word name)
{
	PyObject *o = PyDict_GetItemWithError(row, st->word[name]);

	return o == Py_None ? NULL : Py_XNewRef(o);
}

static bool is_text(PyObject *o)
{
	return o && (PyUnicode_Check(o) || PyBytes_Check(o));
}

/* False, with nothing held: it is for Python to say what it means. */
static bool said_by_row(struct state *st, struct said *s, PyObject *row)
{
	PyObject *format = member_of(st, row, FORMAT), *think = member_of(st, row, THINK);
	bool usual;

	s->task = member_of(st, row, TASK);
	s->desc = s->task ? member_of(st, row, DESC) : NULL;
	s->response = member_of(st, row, RESPONSE);
	if (!s->desc) {
		Py_CLEAR(s->task);
		s->desc = member_of(st, row, GROUND_TRUTH);
	}
	usual = is_text(s->desc) && is_text(s->response) && (!s->task || PyUnicode_Check(s->task)) && (!format || format_of(format, &s->options.format)) &&
		(!think || PyUnicode_Check(think));
	s->options.think_open = usual && think && PyUnicode_CompareWithASCIIString(think, "open") == 0;
	usual = usual && (!think || s->options.think_open || PyUnicode_CompareWithASCIIString(think, "") == 0);
	Py_XDECREF(format);
	Py_XDECREF(think);
	if (usual && !PyErr_Occurred())
		return true;
	PyErr_Clear();
	said_release(s);
	return false;
}

static bool said_by_tuple(struct said *s, PyObject *tuple)
{
	Py_ssize_t n = PyTuple_Size(tuple);
	PyObject *task, *desc, *response;

	if (n != 2 && n != 3)
		return false;
	task = n == 3 ? PyTuple_GetItem(tuple, 0) : NULL;
	desc = PyTuple_GetItem(tuple, n - 2);
	response = PyTuple_GetItem(tuple, n - 1);
	if (!is_text(desc) || !is_text(response) || (task && !PyUnicode_Check(task)))
		return false;
	s->task = Py_XNewRef(task);
	s->desc = Py_NewRef(desc);
	s->response = Py_NewRef(response);
	return true;
}

/* An item that odd(i, item) reads: what native_verify takes, or a verdict. False: an exception is set. */
static bool hold_odd(struct state *st, struct held *h, PyObject *odd, Py_ssize_t i, PyObject *item)
{
	PyObject *read = PyObject_CallFunction(odd, "nO", i, item), *of[7];
	struct quarry_options o;
	bool ok;

	if (!read)
		return false;
	if ((PyObject *)Py_TYPE(read) == st->verdict) {
		*h = (struct held){ .fault = read };
		return true;
	}
	ok = PyArg_ParseTuple(read, "OOOOOOO", &of[0], &of[1], &of[2], &of[3], &of[4], &of[5], &of[6]) &&
	     options_of(&o, of[3], of[4], of[5], of[6]) && hold(st, h, of[0], of[1], of[2], o);
	Py_DECREF(read);
	return ok;
}

/* verify_batch(pool capsule or None, list of items, format, strict, budget, odd); verify_us of each is its share of the batch. */
static PyObject *native_verify_batch(PyObject *module, PyObject *args)
{
	PyObject *capsule, *list, *format, *strict, *budget, *odd, *ret = NULL;
	struct state *st = PyModule_GetState(module);
	struct quarry_pool *pool = NULL;
	struct quarry_options options;
	struct quarry_verdict *v;
	struct quarry_item *item;
	Py_ssize_t n, held = 0;
	struct held *h;
	size_t items = 0;
	double us;

	if (!PyArg_ParseTuple(args, "OOOOOO", &capsule, &list, &format, &strict, &budget, &odd) ||
	    !options_of(&options, format, Py_False, strict, budget))
		return NULL;
	if (!PyList_Check(list))
		return PyErr_Format(PyExc_TypeError, "a list is needed");
	if (capsule != Py_None && !(pool = PyCapsule_GetPointer(capsule, POOL)))
		return NULL;
	n = PyList_Size(list);
	h = PyMem_Malloc((size_t)(n + 1) * sizeof(*h));
	v = PyMem_Malloc((size_t)(n + 1) * sizeof(*v));
	item = PyMem_Malloc((size_t)(n + 1) * sizeof(*item));
	if (!h || !v || !item) {
		PyErr_NoMemory();
		goto end;
	}
	for (; held < n; held++) {
		PyObject *one = PyList_GetItem(list, held); /* borrowed: the list is _core.py's own */
		struct said said = { .options = options };
		bool ok;

		if (one && (PyTuple_CheckExact(one) ? said_by_tuple(&said, one) : PyDict_CheckExact(one) && said_by_row(st, &said, one))) {
			ok = hold(st, &h[held], said.task, said.desc, said.response, said.options);
			said_release(&said);
		} else {
			ok = one && hold_odd(st, &h[held], odd, held, one);
		}
		if (!ok)
			goto end;
		if (!h[held].fault)
			item[items++] = h[held].item;
	}
	us = now_us();
	Py_BEGIN_ALLOW_THREADS
	quarry_verify_batch(pool, item, items, v);
	Py_END_ALLOW_THREADS
	us = now_us() - us;
	ret = verdicts(st, h, n, v, items ? us / (double)items : 0);
end:
	while (held > 0)
		held_release(&h[--held]);
	PyMem_Free(h);
	PyMem_Free(v);
	PyMem_Free(item);
	return ret;
}

/* ---- puzzles ---- */

/* A message may quote what was cut within a character. */
static PyObject *value_error(const char *text)
{
	PyObject *message = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");

	if (message)
		PyErr_SetObject(PyExc_ValueError, message);
	Py_XDECREF(message);
	return NULL;
}

static void generator_end(PyObject *capsule)
{
	quarry_generator_free(PyCapsule_GetPointer(capsule, GENERATOR));
}

static PyObject *native_generator(PyObject *module, PyObject *args)
{
	char error[QUARRY_ERROR_MAX] = "";
	struct quarry_generator *g;
	const char *wish;

	(void)module;
	if (!PyArg_ParseTuple(args, "s", &wish))
		return NULL;
	g = quarry_generator_new(wish, error);
	if (!g)
		return value_error(error);
	return PyCapsule_New(g, GENERATOR, generator_end);
}

/* generator_line(generator, seed, i): the instance as JSON text. */
static PyObject *native_generator_line(PyObject *module, PyObject *args)
{
	char error[QUARRY_ERROR_MAX] = "", *line;
	struct quarry_generator *g;
	unsigned long long seed, i;
	PyObject *capsule, *ret;

	(void)module;
	if (!PyArg_ParseTuple(args, "OKK", &capsule, &seed, &i) || !(g = PyCapsule_GetPointer(capsule, GENERATOR)))
		return NULL;
	Py_BEGIN_ALLOW_THREADS
	line = quarry_generator_line(g, seed, i, error);
	Py_END_ALLOW_THREADS
	if (!line)
		return value_error(error);
	ret = PyUnicode_DecodeUTF8(line, (Py_ssize_t)strlen(line), "replace");
	quarry_text_free(line);
	return ret;
}

static PyObject *native_tasks_json(PyObject *module, PyObject *none)
{
	char *text = quarry_tasks_json();
	PyObject *ret;

	(void)module;
	(void)none;
	if (!text)
		return PyErr_NoMemory();
	ret = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
	quarry_text_free(text);
	return ret;
}

static PyObject *native_rules(PyObject *module, PyObject *none)
{
	PyObject *list = PyList_New(0);

	(void)module;
	(void)none;
	for (size_t i = 0; list && quarry_rule_at(i); i++) {
		PyObject *one = Py_BuildValue("(si)", quarry_rule_name(quarry_rule_at(i)), quarry_rule_revision(quarry_rule_at(i)));

		if (!one || PyList_Append(list, one) < 0)
			Py_CLEAR(list);
		Py_XDECREF(one);
	}
	return list;
}

static PyObject *native_version(PyObject *module, PyObject *none)
{
	(void)module;
	(void)none;
	return PyUnicode_FromString(quarry_version());
}

/* ---- the module ---- */

static int start(PyObject *module)
{
	struct state *st = PyModule_GetState(module);
	bool ok = true;

	st->tuple_new = (newfunc)PyType_GetSlot(&PyTuple_Type, Py_tp_new);
	st->verdict = Py_NewRef((PyObject *)&PyTuple_Type);
	for (int i = 0; i < WORDS; i++)
		ok = (st->word[i] = PyUnicode_InternFromString(words[i])) && ok;
	for (int i = 0; i < MARKS; i++)
		ok = (st->mark[i] = PyUnicode_InternFromString(quarry_mark_name((enum quarry_mark)i))) && ok;
	for (int i = 0; i < 2; i++)
		ok = (st->score[i] = PyFloat_FromDouble(i)) && ok;
	return ok && st->tuple_new ? 0 : -1;
}

/* Circles go through the lanes' functions of Python's, which can be cleared; what is held here stays as long as the module. */
static int traverse(PyObject *module, visitproc visit, void *arg)
{
	struct state *st = PyModule_GetState(module);

	Py_VISIT(st->verdict);
	for (int i = 0; i < SPARES; i++)
		Py_VISIT(st->spare[i]);
	for (int i = 0; i < 2; i++)
		Py_VISIT(st->lane[i].slow);
	return 0;
}

static void end(void *module)
{
	struct state *st = PyModule_GetState(module);

	for (int i = 0; i < SPARES; i++)
		Py_XDECREF(st->spare[i]);
	Py_XDECREF(st->verdict);
	for (int i = 0; i < WORDS; i++)
		Py_XDECREF(st->word[i]);
	for (int i = 0; i < MARKS; i++) {
		Py_XDECREF(st->mark[i]);
		Py_XDECREF(st->why[i]);
	}
	for (int i = 0; i < KNOWN; i++)
		Py_XDECREF(st->known[i].name);
	for (int i = 0; i < 2; i++) {
		Py_XDECREF(st->score[i]);
		Py_XDECREF(st->lane[i].slow);
		Py_XDECREF(st->lane[i].doc);
	}
}

static PyMethodDef methods[] = {
	{ "verify", (PyCFunction)(void (*)(void))native_verify, METH_FASTCALL, NULL },
	{ "lane", native_lane, METH_VARARGS, NULL },
	{ "bind", native_bind, METH_O, NULL },
	{ "pool", native_pool, METH_VARARGS, NULL },
	{ "pool_threads", native_pool_threads, METH_O, NULL },
	{ "verify_batch", native_verify_batch, METH_VARARGS, NULL },
	{ "generator", native_generator, METH_VARARGS, NULL },
	{ "generator_line", native_generator_line, METH_VARARGS, NULL },
	{ "tasks_json", native_tasks_json, METH_NOARGS, NULL },
	{ "rules", native_rules, METH_NOARGS, NULL },
	{ "version", native_version, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

static PyModuleDef_Slot slots[] = {
	{ Py_mod_exec, start },
	{ 0, NULL },
};

static struct PyModuleDef definition = {
	PyModuleDef_HEAD_INIT, "_native", "The quarry library; use the package quarry.", sizeof(struct state), methods, slots, traverse, NULL, end,
};

PyMODINIT_FUNC PyInit__native(void);

PyMODINIT_FUNC PyInit__native(void)
{
	return PyModuleDef_Init(&definition);
}
