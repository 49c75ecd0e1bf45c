/*
 * _native.c - quarry._native: the library for CPython, within the limited API of 3.10 (one file for every later version).
 *
 * Everything here is called through _core.py, which checks arguments; ctypes over the shared libraries (_ctypes.py) does the same
 * work where this cannot be loaded. No state is kept: pools and generators are capsules that their users hold. The GIL is released
 * while a batch or a long response is judged and while a puzzle is made.
 */
#define Py_LIMITED_API 0x030A0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <quarry/generate.h>
#include <quarry/verify.h>

#include <string.h>
#include <time.h>

#define POOL "quarry.pool"
#define GENERATOR "quarry.generator"

enum { LONG_RESPONSE = 1024 }; /* bytes; judging fewer takes less than giving the GIL away and back */

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
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

/* ---- one item: (task or None, desc or ground truth, response, format, think_open, strict, budget) ---- */

struct held {
	struct quarry_item item;
	struct quarry_options options;
	PyObject *owner[2]; /* of desc and response */
};

static void held_release(struct held *h)
{
	Py_XDECREF(h->owner[0]);
	Py_XDECREF(h->owner[1]);
}

static bool hold(struct held *h, PyObject *task, PyObject *desc, PyObject *response, int format, int think_open, int strict, Py_ssize_t budget)
{
	Py_ssize_t n;
	const char *s;

	*h = (struct held){ .owner = { NULL, NULL } };
	h->options = (struct quarry_options){ (enum quarry_format)format, think_open != 0, strict != 0, (size_t)budget };
	h->item.options = &h->options;
	s = bytes_of(desc, task == Py_None ? "ground_truth" : "desc", &n, &h->owner[0]);
	if (!s)
		goto fail;
	if (task == Py_None) {
		h->item.truth = s;
		h->item.truth_len = (size_t)n;
	} else {
		Py_ssize_t name_len;
		const char *name = PyUnicode_AsUTF8AndSize(task, &name_len);

		if (!name && !PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
			goto fail;
		PyErr_Clear(); /* with lone surrogates it is no task's name */
		h->item.rule = name && strlen(name) == (size_t)name_len ? quarry_rule(name) : NULL;
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

/* The members of a Verdict, in its order: (score, mark, why, extracted or None, format_ok, answers_seen, verify_us). */
static PyObject *verdict(const struct quarry_verdict *v, double us)
{
	PyObject *member[] = {
		PyFloat_FromDouble(v->score),
		PyUnicode_InternFromString(quarry_mark_name(v->mark)),
		PyUnicode_DecodeUTF8(v->why, (Py_ssize_t)strlen(v->why), "replace"),
		v->answer ? PyUnicode_DecodeUTF8(v->answer, (Py_ssize_t)v->answer_len, "replace") : Py_NewRef(Py_None),
		PyBool_FromLong(v->format_ok),
		PyLong_FromLong(v->answers_seen),
		PyFloat_FromDouble(us),
	};
	enum { MEMBERS = sizeof(member) / sizeof(member[0]) };
	PyObject *ret = PyTuple_New(MEMBERS);

	for (int i = 0; i < MEMBERS; i++) {
		if (ret && member[i])
			PyTuple_SetItem(ret, i, member[i]); /* takes it over */
		else
			Py_CLEAR(ret);
		if (!ret) {
			while (i < MEMBERS)
				Py_XDECREF(member[i++]);
			return NULL;
		}
	}
	return ret;
}

/* False: an exception is set. */
static bool number_of(PyObject *o, Py_ssize_t *ret)
{
	*ret = PyNumber_AsSsize_t(o, PyExc_OverflowError); /* numpy's too */
	return *ret != -1 || !PyErr_Occurred();
}

static PyObject *native_verify(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
	Py_ssize_t format, budget;
	struct quarry_verdict v;
	int think_open, strict;
	PyObject *ret;
	struct held h;
	double from;

	(void)module;
	if (nargs != 7)
		return PyErr_Format(PyExc_TypeError, "verify takes seven arguments");
	think_open = PyObject_IsTrue(args[4]);
	strict = PyObject_IsTrue(args[5]);
	if (think_open < 0 || strict < 0 || !number_of(args[3], &format) || !number_of(args[6], &budget) ||
	    !hold(&h, args[0], args[1], args[2], (int)format, think_open, strict, budget))
		return NULL;
	from = now_us();
	if (h.item.response_len > LONG_RESPONSE) {
		Py_BEGIN_ALLOW_THREADS
		judge(&h.item, &v);
		Py_END_ALLOW_THREADS
	} else {
		judge(&h.item, &v);
	}
	ret = verdict(&v, now_us() - from);
	held_release(&h);
	return ret;
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

static PyObject *verdicts(const struct quarry_verdict *v, Py_ssize_t n, double us)
{
	PyObject *list = PyList_New(n);

	for (Py_ssize_t i = 0; list && i < n; i++) {
		PyObject *one = verdict(&v[i], us);

		if (!one || PyList_SetItem(list, i, one) < 0)
			Py_CLEAR(list);
	}
	return list;
}

/* verify_batch(pool capsule or None, list of items); verify_us of each is its share of the batch. */
static PyObject *native_verify_batch(PyObject *module, PyObject *args)
{
	PyObject *capsule, *list, *ret = NULL;
	struct quarry_pool *pool = NULL;
	struct quarry_verdict *v;
	struct quarry_item *item;
	Py_ssize_t n, held = 0;
	struct held *h;
	double us;

	(void)module;
	if (!PyArg_ParseTuple(args, "OO", &capsule, &list))
		return NULL;
	if (!PyList_Check(list))
		return PyErr_Format(PyExc_TypeError, "a list is needed");
	if (capsule != Py_None && !(pool = PyCapsule_GetPointer(capsule, POOL)))
		return NULL;
	n = PyList_Size(list);
	h = PyMem_Calloc((size_t)n + 1, sizeof(*h));
	v = PyMem_Calloc((size_t)n + 1, sizeof(*v));
	item = PyMem_Calloc((size_t)n + 1, sizeof(*item));
	if (!h || !v || !item) {
		PyErr_NoMemory();
		goto end;
	}
	for (; held < n; held++) {
		PyObject *one = PyList_GetItem(list, held), *task, *desc, *response; /* borrowed; the list lives as long as args */
		int format, think_open, strict;
		Py_ssize_t budget;

		if (!one || !PyTuple_Check(one) || !PyArg_ParseTuple(one, "OOOippn", &task, &desc, &response, &format, &think_open, &strict, &budget) ||
		    !hold(&h[held], task, desc, response, format, think_open, strict, budget)) {
			if (!PyErr_Occurred())
				PyErr_SetString(PyExc_TypeError, "an item is a tuple of seven");
			goto end;
		}
		item[held] = h[held].item;
	}
	us = now_us();
	Py_BEGIN_ALLOW_THREADS
	quarry_verify_batch(pool, item, (size_t)n, v);
	Py_END_ALLOW_THREADS
	us = now_us() - us;
	ret = verdicts(v, n, n ? us / (double)n : 0);
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

static PyMethodDef methods[] = {
	{ "verify", (PyCFunction)(void (*)(void))native_verify, METH_FASTCALL, NULL },
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

static struct PyModuleDef definition = {
	PyModuleDef_HEAD_INIT, "_native", "The quarry library; use the package quarry.", 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void);

PyMODINIT_FUNC PyInit__native(void)
{
	return PyModuleDef_Init(&definition);
}
