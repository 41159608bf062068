#include "config_loader.h"

const assay_yaml_node *config_typed(config_loader *l, const assay_yaml_node *n, const char *key, assay_yaml_type type)
{
	const assay_yaml_node *value = assay_yaml_get(n, key);

	if (value == NULL || value->type == type)
		return value;
	CONFIG_ERROR(l, value, "'%s' must be a %s", key, type == ASSAY_YAML_MAPPING ? "mapping" : "list");
	return NULL;
}
