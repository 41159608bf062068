#include "contract_odcs.h"

#include "contract_loader.h"

#include "assay/memory.h"
#include "assay/suggest.h"

#include <string.h>

static const char *const kinds[] = {"DataContract", NULL};
static const char *const dimensions[] = {"accuracy", "completeness", "conformity", "consistency",
					 "coverage", "timeliness",   "uniqueness", NULL};
static const char *const quality_types[] = {"text", "library", "sql", "custom", NULL};
static const char *const object_types[] = {"object", NULL};
static const char *const logical_types[] = {"string",  "date",   "timestamp", "time",    "number",
					    "integer", "object", "array",     "boolean", NULL};

/* clang-format off */
#define MAY(n, s)         {.name = (n), .shape = (s)}
#define MUST(n, s)        {.name = (n), .shape = (s), .required = true}
#define OF(n, s, t)       {.name = (n), .shape = (s), .of = (t)}
#define CHOICE(n, c)      {.name = (n), .shape = ONE_OF, .names = (c)}
#define MUST_CHOICE(n, c) {.name = (n), .shape = ONE_OF, .names = (c), .required = true}
#define END               {.name = NULL}
/* clang-format on */

static const odcs_key top_keys[] = {
    MUST("version", TEXT),
    MUST("apiVersion", TEXT),
    MUST_CHOICE("kind", kinds),
    MUST("id", TEXT),
    MUST("status", TEXT),
    MAY("name", TEXT),
    MAY("tenant", TEXT),
    MAY("tags", TEXTS),
    OF("servers", LIST_OF, SERVER),
    MAY("dataProduct", TEXT),
    OF("description", MAP_OF, DESCRIPTION),
    MAY("domain", TEXT),
    OF("schema", LIST_OF, OBJECT),
    OF("support", LIST_OF, SUPPORT),
    OF("price", MAP_OF, PRICE),
    OF("team", TEAM, TEAM_KEYS),
    OF("roles", LIST_OF, ROLE),
    MAY("slaDefaultElement", TEXT),
    OF("slaProperties", LIST_OF, SLA),
    OF("authoritativeDefinitions", LIST_OF, DEFINITION),
    OF("customProperties", LIST_OF, CUSTOM),
    MAY("contractCreatedTs", TEXT),
    END,
};

static const odcs_key description_keys[] = {
    MAY("usage", TEXT),
    MAY("purpose", TEXT),
    MAY("limitations", TEXT),
    OF("authoritativeDefinitions", LIST_OF, DEFINITION),
    OF("customProperties", LIST_OF, CUSTOM),
    END,
};

static const odcs_key definition_keys[] = {
    MAY("id", TEXT), MUST("url", TEXT), MUST("type", TEXT), MAY("description", TEXT), END,
};

static const odcs_key custom_keys[] = {
    MAY("id", TEXT), MUST("property", TEXT), MUST("value", ANY), MAY("description", TEXT), END,
};

static const odcs_key server_keys[] = {
    MUST("server", TEXT), MUST("type", TEXT), OF("roles", LIST_OF, ROLE), OF("customProperties", LIST_OF, CUSTOM), END,
};

static const odcs_key role_keys[] = {
    MAY("id", TEXT),
    MUST("role", TEXT),
    MAY("description", TEXT),
    MAY("access", TEXT),
    MAY("firstLevelApprovers", TEXT),
    MAY("secondLevelApprovers", TEXT),
    OF("customProperties", LIST_OF, CUSTOM),
    END,
};

static const odcs_key support_keys[] = {
    MAY("id", TEXT),
    MUST("channel", TEXT),
    MAY("url", TEXT),
    MAY("description", TEXT),
    MAY("tool", TEXT),
    MAY("scope", TEXT),
    MAY("invitationUrl", TEXT),
    OF("customProperties", LIST_OF, CUSTOM),
    END,
};

static const odcs_key price_keys[] = {
    MAY("id", TEXT), MAY("priceAmount", NUMBER), MAY("priceCurrency", TEXT), MAY("priceUnit", TEXT), END,
};

static const odcs_key member_keys[] = {
    MAY("id", TEXT),
    MUST("username", TEXT),
    MAY("name", TEXT),
    MAY("description", TEXT),
    MAY("role", TEXT),
    MAY("dateIn", TEXT),
    MAY("dateOut", TEXT),
    MAY("replacedByUsername", TEXT),
    MAY("tags", TEXTS),
    OF("customProperties", LIST_OF, CUSTOM),
    OF("authoritativeDefinitions", LIST_OF, DEFINITION),
    END,
};

static const odcs_key team_keys[] = {
    MAY("id", TEXT),
    MAY("name", TEXT),
    MAY("description", TEXT),
    OF("members", LIST_OF, MEMBER),
    MAY("tags", TEXTS),
    OF("customProperties", LIST_OF, CUSTOM),
    OF("authoritativeDefinitions", LIST_OF, DEFINITION),
    END,
};

static const odcs_key sla_keys[] = {
    MAY("id", TEXT),
    MUST("property", TEXT),
    MUST("value", SCALAR),
    MAY("valueExt", SCALAR),
    MAY("unit", TEXT),
    MAY("element", TEXT),
    MAY("driver", TEXT),
    MAY("description", TEXT),
    MAY("scheduler", TEXT),
    MAY("schedule", TEXT),
    END,
};

/* SchemaElement of the standard: what objects and properties have in common. */
/* clang-format off */
#define ELEMENT_KEYS                                                                                                   \
	MAY("id", TEXT), MAY("physicalType", TEXT), MAY("physicalName", TEXT), MAY("description", TEXT), MAY("businessName", TEXT),   \
	OF("authoritativeDefinitions", LIST_OF, DEFINITION), MAY("tags", TEXTS), OF("customProperties", LIST_OF, CUSTOM),     \
	OF("relationships", LIST_OF, RELATION), OF("quality", LIST_OF, QUALITY)

#define PROPERTY_KEYS                                                                                                  \
	ELEMENT_KEYS, OF("properties", LIST_OF, PROPERTY), OF("items", MAP_OF, ITEMS),                                     \
	CHOICE("logicalType", logical_types), MAY("logicalTypeOptions", MAP),                                  \
	MAY("primaryKey", BOOLEAN), MAY("primaryKeyPosition", NUMBER), MAY("required", BOOLEAN), MAY("unique", BOOLEAN),           \
	MAY("partitioned", BOOLEAN), MAY("partitionKeyPosition", NUMBER), MAY("classification", TEXT),                          \
	MAY("encryptedName", TEXT), MAY("transformSourceObjects", TEXTS), MAY("transformLogic", TEXT),                          \
	MAY("transformDescription", TEXT), MAY("examples", LIST), MAY("criticalDataElement", BOOLEAN)
/* clang-format on */

static const odcs_key object_keys[] = {
    ELEMENT_KEYS,
    MUST("name", TEXT),
    CHOICE("logicalType", object_types),
    MAY("dataGranularityDescription", TEXT),
    OF("properties", LIST_OF, PROPERTY),
    END,
};

static const odcs_key property_keys[] = {PROPERTY_KEYS, MUST("name", TEXT), END};
static const odcs_key items_keys[] = {PROPERTY_KEYS, MAY("name", TEXT), END};

static const odcs_key relation_keys[] = {
    MAY("type", TEXT), MAY("from", ANY), MUST("to", ANY), OF("customProperties", LIST_OF, CUSTOM), END,
};

static const odcs_key quality_keys[] = {
    MAY("id", TEXT),
    OF("authoritativeDefinitions", LIST_OF, DEFINITION),
    MAY("businessImpact", TEXT),
    OF("customProperties", LIST_OF, CUSTOM),
    MAY("description", TEXT),
    CHOICE("dimension", dimensions),
    MAY("method", TEXT),
    MAY("name", TEXT),
    MAY("schedule", TEXT),
    MAY("scheduler", TEXT),
    MAY("severity", TEXT),
    MAY("tags", TEXTS),
    CHOICE("type", quality_types),
    MAY("unit", TEXT),
    MAY("metric", TEXT),
    MAY("rule", TEXT),
    MAY("arguments", MAP),
    MAY("query", TEXT),
    MAY("engine", TEXT),
    MAY("implementation", ANY),
    MAY("mustBe", ANY),
    MAY("mustNotBe", ANY),
    MAY("mustBeGreaterThan", ANY),
    MAY("mustBeGreaterOrEqualTo", ANY),
    MAY("mustBeLessThan", ANY),
    MAY("mustBeLessOrEqualTo", ANY),
    MAY("mustBeBetween", ANY),
    MAY("mustNotBeBetween", ANY),
    END,
};

static const odcs_keys tables[] = {
    [TOP] = {top_keys, false},
    [DESCRIPTION] = {description_keys, true},
    [DEFINITION] = {definition_keys, false},
    [CUSTOM] = {custom_keys, false},
    [SERVER] = {server_keys, true},
    [ROLE] = {role_keys, false},
    [SUPPORT] = {support_keys, false},
    [PRICE] = {price_keys, false},
    [MEMBER] = {member_keys, false},
    [TEAM_KEYS] = {team_keys, false},
    [SLA] = {sla_keys, false},
    [OBJECT] = {object_keys, false},
    [PROPERTY] = {property_keys, false},
    [ITEMS] = {items_keys, false},
    [RELATION] = {relation_keys, false},
    [QUALITY] = {quality_keys, false},
};

const odcs_keys *contract_odcs_table(odcs_table table)
{
	return (unsigned)table < ASSAY_COUNT(tables) ? &tables[table] : NULL;
}

/* ---------------------------------------------------------------- checking a document against the tables */

static void lint_mapping(contract_loader *l, const assay_yaml_node *n, odcs_table table);

static bool is_boolean(const char *s)
{
	return strcmp(s, "true") == 0 || strcmp(s, "false") == 0;
}

static bool is_plain_number(const assay_yaml_node *n)
{
	assay_decimal d;

	return !n->quoted && assay_decimal_parse(&d, n->text);
}

static void lint_text(contract_loader *l, const assay_yaml_node *n)
{
	if (n->type != ASSAY_YAML_SCALAR)
		CONTRACT_ERROR(l, n, "'%s' must be text", n->key);
	else if (is_plain_number(n) || (!n->quoted && is_boolean(n->text)))
		CONTRACT_WARN(l, n, "'%s' must be text for ODCS: put %s in quotes", n->key, n->text);
}

static void lint_one_of(contract_loader *l, const assay_yaml_node *n, const char *const *names)
{
	const char *text = contract_text(n);
	assay_suggest s;
	ASSAY_AUTO_BUF list = ASSAY_BUF_INIT;
	char hint[160];

	assay_suggest_init(&s, text ? text : "");
	for (size_t i = 0; names[i] != NULL; i++) {
		if (text != NULL && strcmp(text, names[i]) == 0)
			return;
		assay_suggest_offer(&s, names[i]);
		assay_buf_printf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	if (text == NULL)
		CONTRACT_ERROR(l, n, "'%s' must be one of %s", n->key, assay_buf_str(&list));
	else
		CONTRACT_ERROR(l, n, "%s '%s' is none of %s%s", n->key, text, assay_buf_str(&list),
			       assay_suggest_text(&s, hint, sizeof hint));
}

static bool lint_is_list(contract_loader *l, const assay_yaml_node *n)
{
	if (n->type != ASSAY_YAML_SEQUENCE)
		CONTRACT_ERROR(l, n, "'%s' must be a list", n->key);
	return n->type == ASSAY_YAML_SEQUENCE;
}

static void lint_texts(contract_loader *l, const assay_yaml_node *n)
{
	if (!lint_is_list(l, n))
		return;
	for (size_t i = 0; i < n->count; i++)
		if (n->children[i].type != ASSAY_YAML_SCALAR)
			CONTRACT_ERROR(l, &n->children[i], "'%s' must be a list of texts", n->key);
}

static void lint_list_of(contract_loader *l, const assay_yaml_node *n, odcs_table of)
{
	if (!lint_is_list(l, n))
		return;
	for (size_t i = 0; i < n->count; i++) {
		if (n->children[i].type != ASSAY_YAML_MAPPING)
			CONTRACT_ERROR(l, &n->children[i], "an item of '%s' must be a mapping", n->key);
		else
			lint_mapping(l, &n->children[i], of);
	}
}

static void lint_scalar(contract_loader *l, const assay_yaml_node *n, odcs_shape shape)
{
	const char *text = contract_text(n);

	if (shape == SCALAR && text == NULL && n->type != ASSAY_YAML_NULL)
		CONTRACT_ERROR(l, n, "'%s' must be a single value", n->key);
	if (shape == NUMBER && (text == NULL || !is_plain_number(n)))
		CONTRACT_ERROR(l, n, "'%s' must be a number", n->key);
	if (shape == BOOLEAN && (text == NULL || n->quoted || !is_boolean(text)))
		CONTRACT_ERROR(l, n, "'%s' must be true or false", n->key);
}

static void lint_map(contract_loader *l, const assay_yaml_node *n, const odcs_key *k)
{
	if (n->type != ASSAY_YAML_MAPPING)
		CONTRACT_ERROR(l, n, "'%s' must be a mapping", n->key);
	else if (k->shape != MAP)
		lint_mapping(l, n, k->of);
}

static void lint_value(contract_loader *l, const assay_yaml_node *n, const odcs_key *k)
{
	switch (k->shape) {
	case ANY:
		break;
	case SCALAR:
	case NUMBER:
	case BOOLEAN:
		lint_scalar(l, n, k->shape);
		break;
	case TEXT:
		lint_text(l, n);
		break;
	case ONE_OF:
		lint_one_of(l, n, k->names);
		break;
	case TEXTS:
		lint_texts(l, n);
		break;
	case LIST:
		(void)lint_is_list(l, n);
		break;
	case LIST_OF:
		lint_list_of(l, n, k->of);
		break;
	case TEAM:
		if (n->type == ASSAY_YAML_SEQUENCE) {
			lint_list_of(l, n, MEMBER);
			break;
		}
		lint_map(l, n, k);
		break;
	case MAP:
	case MAP_OF:
		lint_map(l, n, k);
		break;
	}
}

static const odcs_key *find_key(const odcs_key *keys, const char *name)
{
	for (; keys->name != NULL; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

static void report_unknown(contract_loader *l, const assay_yaml_node *n, const odcs_key *keys)
{
	assay_suggest s;
	char hint[160];

	assay_suggest_init(&s, n->key);
	for (; keys->name != NULL; keys++)
		assay_suggest_offer(&s, keys->name);
	CONTRACT_ERROR_AT_KEY(l, n, "unknown key '%s'%s", n->key, assay_suggest_text(&s, hint, sizeof hint));
}

static void lint_mapping(contract_loader *l, const assay_yaml_node *n, odcs_table table)
{
	const odcs_key *keys = tables[table].keys;

	for (size_t i = 0; i < n->count; i++) {
		const odcs_key *k = find_key(keys, n->children[i].key);

		if (k != NULL)
			lint_value(l, &n->children[i], k);
		else if (!tables[table].open)
			report_unknown(l, &n->children[i], keys);
	}
	for (const odcs_key *k = keys; k->name != NULL; k++)
		if (k->required && assay_yaml_get(n, k->name) == NULL)
			CONTRACT_ERROR(l, n, "missing key '%s'", k->name);
}

void contract_lint_odcs(contract_loader *l, const assay_yaml_node *root)
{
	lint_mapping(l, root, TOP);
}
