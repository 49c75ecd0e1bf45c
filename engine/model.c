/* model.c - a model folder opened: configuration, weights, and what there is to say of them. See engine.h. */
#include "engine/model.h"

#include "base/arena.h"
#include "base/hash.h"
#include "engine/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CONFIG_BYTES = 4 << 20 };

static int config_open(struct config *c, const char *dir, struct err *err)
{
	struct buf text = BUF_INIT;
	char path[4096];
	int rc;

	if ((size_t)snprintf(path, sizeof(path), "%s/config.json", dir) >= sizeof(path))
		return err_set(err, "%.200s...: path too long", dir);
	rc = file_read(&text, path, CONFIG_BYTES, err);
	if (rc == 0 && (rc = config_read(c, buf_str(&text), err)) < 0)
		err_at(err, "%s: ", path);
	buf_reset(&text);
	snprintf(path, sizeof(path), "%.4000s/generation_config.json", dir);
	if (rc == 0 && access(path, F_OK) == 0) {
		rc = file_read(&text, path, CONFIG_BYTES, err);
		if (rc == 0 && (rc = config_read_generation(c, buf_str(&text), err)) < 0)
			err_at(err, "%s: ", path);
	}
	buf_release(&text);
	return rc;
}

/* The tensors are sorted by name, so the hash does not depend on how they were spread over files. */
static uint64_t weight_hash(const struct config *c, const struct tensors *t)
{
	struct buf text = BUF_INIT;
	uint64_t h;

	config_text(c, &text);
	h = hash64(buf_z(&text), text.n, 0);
	buf_release(&text);
	for (size_t i = 0; i < t->n; i++) {
		const struct tensor *w = &t->all[i];

		h = hash64(w->name.s, w->name.n, h);
		h = hash64(w->type.s, w->type.n, h);
		h = hash64(w->shape, (size_t)w->rank * sizeof(w->shape[0]), h);
		h = hash64(w->data, w->bytes, h);
	}
	return h;
}

/* As the configuration says. */
static void params_count(const struct config *c, bool tied, int64_t *total, int64_t *active)
{
	int64_t d = c->dim, q = (int64_t)c->heads * c->head_dim, kv = (int64_t)c->kv_heads * c->head_dim;
	int64_t norms = c->qk_norm == QK_NORM_WHOLE ? q + kv : c->qk_norm == QK_NORM_HEAD ? 2 * c->head_dim : 0;
	int64_t common = (tied ? 1 : 2) * d * c->vocab + d;

	*total = *active = common;
	for (int l = 0; l < c->layers; l++) {
		int64_t each = 2 * d, one;

		each += c->mixer[l] == MIXER_LIGHTNING ? 5 * d * q + q : 2 * d * q + 2 * d * kv;
		if (c->mixer[l] == MIXER_SOFTMAX)
			each += norms + (c->qkv_bias ? q + 2 * kv : 0) + (c->o_bias ? d : 0);
		if (c->moe[l])
			each += d * c->experts + (c->router_bias ? c->experts : 0) + (c->shared_inner ? d + 3 * d * c->shared_inner : 0);
		one = 3 * d * (c->moe[l] ? c->expert_inner : c->dense_inner);
		*total += each + one * (c->moe[l] ? c->experts : 1);
		*active += each + one * (c->moe[l] ? c->top_k : 1);
	}
}

static void name_set(struct model *m, const char *dir)
{
	struct str s = str_of(dir);
	ptrdiff_t slash;

	while (s.n > 1 && s.s[s.n - 1] == '/')
		s.n--;
	slash = str_rfind(s, STR("/"));
	if (slash >= 0 && (size_t)slash + 1 < s.n)
		s = str_from(s, (size_t)slash + 1);
	snprintf(m->name, sizeof(m->name), "%.*s", (int)(s.n < 250 ? s.n : 250), s.s);
}

static void info_set(struct model *m, uint64_t hash)
{
	const struct config *c = &m->config;
	struct model_info *i = &m->info;

	i->name = m->name;
	i->model_type = c->model_type;
	snprintf(m->isa, sizeof(m->isa), "%s%s", m->be->device ? m->be->device->name() : backend_name(m->be), m->eight_bits ? "-int8" : "");
	i->isa = m->isa;
	hash64_hex(hash, i->weight_hash);
	i->vocab = c->vocab;
	i->max_positions = c->max_positions;
	i->bos = c->bos;
	i->eos_count = c->eos_count;
	memcpy(i->eos, c->eos, sizeof(i->eos));
	params_count(c, !m->head.data, &i->params_total, &i->params_active);
	i->temperature = c->temperature;
	i->top_p = c->top_p;
	i->min_p = c->min_p;
	i->top_k = c->top_k_sampling;
}

/* Lightning heads have keys and values of their own; their norm's eps is transformers', whatever the configuration says. */
static void heads_set(struct model *m)
{
	const struct config *c = &m->config;

	m->heads[MIXER_SOFTMAX] = (struct heads){
		.heads = c->heads, .kv_heads = c->kv_heads, .head_dim = c->head_dim, .head_pad = pad16(c->head_dim),
		.rotary_dim = c->rotary_dim, .scale = 1.f / sqrtf((float)c->head_dim), .eps = c->eps,
		.norm_whole = c->qk_norm == QK_NORM_WHOLE, .clip = c->clip,
	};
	m->heads[MIXER_LIGHTNING] = (struct heads){
		.heads = c->heads, .kv_heads = c->heads, .head_dim = c->head_dim, .head_pad = pad16(c->head_dim), .scale = 1, .eps = 1e-6f,
	};
}

/* Said before gigabytes are read. */
static int device_fits(const struct model *m, const struct tensors *t, struct err *err)
{
	size_t need = 0, have;

	if (!m->be->device)
		return 0;
	for (size_t i = 0; i < t->n; i++)
		need += m->eight_bits && t->all[i].dtype != DTYPE_F8_E4M3 ? t->all[i].bytes / 2 : t->all[i].bytes;
	have = m->be->device->room_left();
	if (need <= have)
		return 0;
	return err_set(err, "%.1f GB of weights do not fit into the %.1f GB that are free on the GPU", 1e-9 * (double)need, 1e-9 * (double)have);
}

/* What this will take, where it is much: said before it is read. */
static void plan_tell(const struct model *m, const struct tensors *t, const struct model_options *opt)
{
	const struct heads *hd = &m->heads[MIXER_SOFTMAX], *light = &m->heads[MIXER_LIGHTNING];
	size_t width = m->info.fp32 ? 4 : 2, tokens = opt->kv_tokens, weights = 0, layers = 0, states, each;
	char line[300];
	int n;

	for (size_t i = 0; i < t->n; i++) {
		enum dtype type = t->all[i].dtype;

		weights += type == DTYPE_F8_E4M3 ? t->all[i].bytes : t->all[i].bytes / (type == DTYPE_F32 ? 4 : 2) * width;
	}
	if (!opt->tell || weights < (size_t)100000000)
		return;
	if (!tokens)
		tokens = 64 * (size_t)(m->config.max_positions < 1024 ? m->config.max_positions : 1024);
	for (int l = 0; l < m->config.layers; l++)
		layers += m->config.mixer[l] == MIXER_SOFTMAX;
	each = 2 * width * layers * (size_t)hd->kv_heads * (size_t)hd->head_pad;
	n = snprintf(line, sizeof(line), "%.100s: %.2f GB of weights, and up to %.2f GB of keys and values, %zu tokens of %zu bytes", m->name,
		     1e-9 * (double)weights, 1e-9 * (double)tokens * (double)each, tokens, each);
	states = ((size_t)m->config.layers - layers) * (size_t)light->heads * (size_t)light->head_pad * (size_t)light->head_pad * sizeof(float);
	if (states)
		snprintf(line + n, sizeof(line) - (size_t)n, "; besides, %zu bytes of lightning states for each sequence", states);
	opt->tell(line);
}

static int load(struct model *m, const char *dir, const struct model_options *opt, struct err *err)
{
	struct tensors t = TENSORS_INIT;
	struct machine *machine;
	uint64_t hash;
	int rc;

	if (config_open(&m->config, dir, err) < 0 || tensors_open(&t, dir, err) < 0)
		return ERR_FAIL;
	if (device_fits(m, &t, err) < 0) {
		tensors_release(&t);
		return err_at(err, "%s: ", dir);
	}
	heads_set(m);
	plan_tell(m, &t, opt);
	machine = m->be->machine_new(m->be, opt->threads, err);
	rc = machine ? weights_load(m, &t, machine, err) : ERR_FAIL;
	if (rc < 0)
		err_at(err, "%s: ", dir);
	hash = rc == 0 ? weight_hash(&m->config, &t) : 0;
	m->be->machine_free(machine);
	tensors_release(&t);
	if (rc == 0)
		info_set(m, hash);
	return rc;
}

static const struct backend *backend_choose(const struct model_options *opt, struct err *err)
{
	const char *isa = getenv("ENGINE_ISA");
	const struct backend *be = opt->backend;

	if (!be && opt->device != ENGINE_CPU) {
		be = backend_cuda(err);
		if (!be && opt->device == ENGINE_CUDA)
			return NULL;
		if (!be && opt->hear && backend_cuda_built())
			opt->hear(err->msg);
		if (!be)
			err->msg[0] = 0;
	}
	if (be)
		return be;
	be = backend_cpu(isa && *isa ? isa : NULL);
	if (!be)
		err_set(err, "ENGINE_ISA: this machine has no \"%.40s\" (amx, avx512bf16, avx512, avx2, plain)", isa);
	return be;
}

struct model *model_open(const char *dir, const struct model_options *opt, struct err *err)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m) {
		err_set(err, "out of memory");
		return NULL;
	}
	m->be = backend_choose(opt, err);
	if (!m->be) {
		free(m);
		return NULL;
	}
	m->info.fp32 = opt->fp32;
	m->eight_bits = opt->eight_bits && m->be->device;
	name_set(m, dir);
	if (load(m, dir, opt, err) < 0) {
		model_free(m);
		return NULL;
	}
	return m;
}

void model_free(struct model *m)
{
	if (m)
		weights_free(m);
	free(m);
}

const struct model_info *model_info(const struct model *m)
{
	return &m->info;
}
