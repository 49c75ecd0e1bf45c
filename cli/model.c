/* model.c - a sampler by name; see model.h. */
#include "cli/model.h"
#include "base/json.h"
#include "base/log.h"
#include "sampler/endpoint.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool model_is_default(const char *model)
{
	return strcmp(model, "tiny") == 0;
}

/* The folder of the embedded model: $QUARRY_MODELS, beside the build, or where meson installs it. */
static int default_dir(struct buf *dir, struct err *err)
{
	static const char *const beside[] = { "/../models/tiny", "/../share/quarry/models/tiny" };
	const char *env = getenv("QUARRY_MODELS");
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct stat st;

	if (env) {
		buf_addf(dir, "%s/tiny", env);
		return 0;
	}
	exe[n > 0 ? n : 0] = 0;
	for (size_t i = 0; i < COUNT(beside); i++) {
		char *slash = strrchr(exe, '/');

		buf_reset(dir);
		buf_addf(dir, "%.*s%s", slash ? (int)(slash - exe) : 1, slash ? exe : ".", beside[i]);
		if (stat(buf_z(dir), &st) == 0 && S_ISDIR(st.st_mode))
			return 0;
	}
	return err_set(err, "the embedded model is not beside this binary; name its folder with QUARRY_MODELS");
}

static void tell(const char *text)
{
	log_info("%s", text);
}

static void hear(const char *text)
{
	log_warn("%s", text);
}

/* A number of the environment; *ret stays as it is where there is none. */
static int env_real(double *ret, const char *name, double most, struct err *err)
{
	const char *text = getenv(name);

	if (!text || !*text || (str_f64(str_of(text), ret) && *ret > 0 && *ret <= most))
		return 0;
	return err_set(err, "%s takes a number above 0, up to %.0f, not \"%.40s\"", name, most, text);
}

static int env_int(int *ret, const char *name, int most, struct err *err)
{
	const char *text = getenv(name);
	int64_t v;

	if (!text || !*text)
		return 0;
	if (!str_i64(str_of(text), &v) || v < 1 || v > most)
		return err_set(err, "%s takes a whole number from 1 to %d, not \"%.40s\"", name, most, text);
	*ret = (int)v;
	return 0;
}

static int open_endpoint(struct sampler **ret, const char *url, struct err *err)
{
	struct sampler_endpoint_options o = { .warn = hear };

	if (env_int(&o.concurrency, "QUARRY_CONCURRENCY", 4096, err) < 0 || env_real(&o.timeout, "QUARRY_TIMEOUT", 86400, err) < 0 ||
	    env_int(&o.tries, "QUARRY_TRIES", 1000, err) < 0 || env_real(&o.pause, "QUARRY_PAUSE", 60, err) < 0)
		return ERR_FAIL;
	return sampler_endpoint_open(ret, url, &o, err);
}

static int device_of(const char *name, struct sampler_engine_options *o, struct err *err)
{
	static const struct { const char *name; enum engine_device device; bool eight_bits; } all[] = {
		{ "auto", ENGINE_AUTO, false }, { "cpu", ENGINE_CPU, false }, { "cuda", ENGINE_CUDA, false }, { "cuda-int8", ENGINE_CUDA, true },
	};
	size_t i = 0;

	while (name && i < COUNT(all) && strcmp(name, all[i].name) != 0)
		i++;
	if (i == COUNT(all))
		return err_set(err, "--device: \"%s\" is none of auto, cpu, cuda, cuda-int8", name);
	o->device = all[i].device;
	o->eight_bits = all[i].eight_bits;
	return 0;
}

int model_sampler(struct sampler **ret, const char *model, const struct common *common, struct err *err)
{
	struct sampler_engine_options options = { .threads = (int)common->threads, .hear = hear, .tell = tell };
	struct buf dir = BUF_INIT;
	struct stat st;
	int rc;

	if (device_of(common->device, &options, err) < 0)
		return ERR_FAIL;
	if (strncmp(model, "oracle:", 7) == 0)
		return oracle_open(ret, model + 7, err);
	if (strstr(model, "://"))
		return open_endpoint(ret, model, err);
	if (model_is_default(model)) {
		rc = default_dir(&dir, err);
		options.name = "tiny";
	} else {
		const char *hash = strrchr(model, '#');

		buf_addz(&dir, model);
		if (hash && stat(model, &st) < 0) { /* FOLDER#TEMPLATE */
			buf_cut(&dir, (size_t)(hash - model));
			options.chat = hash + 1;
		}
		rc = stat(buf_z(&dir), &st) < 0 || !S_ISDIR(st.st_mode)
			     ? err_set(err, "model \"%s\" is neither a folder nor tiny, oracle:SKILL or an address like http://127.0.0.1:8080/v1", model)
			     : 0;
	}
	if (rc == 0)
		rc = sampler_engine_open(ret, buf_z(&dir), &options, err);
	buf_release(&dir);
	return rc;
}

void identity_json(struct buf *b, const struct sampler_identity *who)
{
	json_open(b, '{');
	json_key(b, "name");
	json_add_z(b, who->name);
	json_key(b, "weights");
	json_add_z(b, who->weights);
	json_key(b, "instructions");
	json_add_z(b, who->instructions);
	json_close(b, '}');
}
