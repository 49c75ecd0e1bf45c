/* endpoint_none.c - where there is no libcurl; see endpoint.h. */
#include "sampler/endpoint.h"

int sampler_endpoint_open(struct sampler **ret, const char *url, const struct sampler_endpoint_options *o, struct err *err)
{
	(void)ret;
	(void)o;
	return err_set(err, "model \"%s\": this quarry was built without libcurl; name a model folder", url);
}
