/* yaml_json.h - a YAML document as JSON text: maps, lists and plain values; aliases are written out. JSON is YAML already. */
#ifndef QUARRY_CLI_YAML_JSON_H
#define QUARRY_CLI_YAML_JSON_H

#include "base/buf.h"
#include "base/err.h"

/* Adds to json. The message names `name` and the line. Numbers, true, false and null are these only where they stand without quotes. */
int yaml_to_json(struct str text, const char *name, struct buf *json, struct err *err);

#endif
