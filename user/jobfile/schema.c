/* SPDX-License-Identifier: GPL-2.0 */
/* Tables that say which keys a mapping may have, and the walk that obeys them. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "user/jobfile/schema.h"
#include "user/jobfile/suggest.h"
#include "user/jobfile/value.h"

yaml_node_t *node_of(struct parse *p, int index)
{
	yaml_node_t *node = yaml_document_get_node(&p->doc, index);

	assert(node);
	return node;
}

static const char *type_name(const yaml_node_t *node)
{
	switch (node->type) {
	case YAML_SCALAR_NODE:
		return node->data.scalar.length ? "one word" : "nothing";
	case YAML_SEQUENCE_NODE:
		return "a list";
	default:
		return "a mapping";
	}
}

const char *word_of(struct parse *p, yaml_node_t *node, const char *what)
{
	const char *text = (const char *)node->data.scalar.value;

	if (node->type != YAML_SCALAR_NODE)
		refuse(p, node, "%s is wanted here, not %s", what, type_name(node));
	else if (!node->data.scalar.length && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		refuse(p, node, "%s is wanted here, not an empty value", what);
	else if (memchr(text, '\0', node->data.scalar.length))
		refuse(p, node, "%s cannot hold a NUL byte", what);
	else
		return text;
	return NULL;
}

static bool enter(struct parse *p, yaml_node_t *node, yaml_node_type_t type, const char *what)
{
	size_t index = node - p->doc.nodes.start;

	if (node->type != type) {
		refuse(p, node, "%s is wanted here, not %s", what, type_name(node));
		return false;
	}
	if (p->walked[index] == p->walk)
		return false;
	p->walked[index] = p->walk;
	return true;
}

bool enter_mapping(struct parse *p, yaml_node_t *node, const char *what)
{
	return enter(p, node, YAML_MAPPING_NODE, what);
}

bool enter_list(struct parse *p, yaml_node_t *node, const char *what)
{
	return enter(p, node, YAML_SEQUENCE_NODE, what);
}

static void unknown_key(struct parse *p, yaml_node_t *node, const char *name,
			const struct key *keys)
{
	struct suggestion s = {};
	const struct key *k;
	char all[128];
	size_t n = 0;

	for (k = keys; k->name; k++)
		suggest(&s, name, k->name);
	if (s.word) {
		refuse(p, node, "unknown key \"%s\", did you mean \"%s\"?",
		       show(name, strlen(name)).text, s.word);
		return;
	}
	for (k = keys; k->name && n < sizeof(all); k++)
		n += snprintf(all + n, sizeof(all) - n, "%s%s", n ? ", " : "", k->name);
	if (n < sizeof(all))
		refuse(p, node, "unknown key \"%s\"; known here: %s", show(name, strlen(name)).text,
		       all);
	else
		refuse(p, node, "unknown key \"%s\"; vigil-job(5) tells the known ones",
		       show(name, strlen(name)).text);
}

static void walk_pair(struct parse *p, yaml_node_pair_t *pair, const struct key *keys, bool *seen,
		      void *out)
{
	yaml_node_t *node = node_of(p, pair->key);
	const char *name = word_of(p, node, "a key");
	const struct key *k;

	if (!name)
		return;
	for (k = keys; k->name && strcmp(k->name, name); k++)
		;
	if (!k->name)
		unknown_key(p, node, name, keys);
	else if (seen[k - keys])
		refuse(p, node, "key \"%s\" is given twice: keep one", name);
	else
		k->set(p, k, node_of(p, pair->value), out);
	if (k->name)
		seen[k - keys] = true;
}

void walk_mapping(struct parse *p, yaml_node_t *at, yaml_node_t *node, const char *what,
		  const struct key *keys, void *out)
{
	bool seen[KEYS_MAX] = { false };
	yaml_node_pair_t *pair;
	const struct key *k;

	if (!enter_mapping(p, node, what))
		return;
	for (pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top && !errors_full(&p->errors); pair++)
		walk_pair(p, pair, keys, seen, out);
	for (k = keys; k->name; k++)
		if (k->required && !seen[k - keys])
			refuse(p, at, "key \"%s\" is missing: nothing can stand in for it", k->name);
}

void set_mapping(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	walk_mapping(p, node, node, "a mapping of keys to values", k->keys,
		     key_member(k, out));
}

/* How a kind of number is read and written. */
struct measure {
	const char *what;	/* and an example */
	const char *unit;	/* what to do about a missing or unknown unit */
	enum value_result (*read)(const char *text, uint64_t *out);
	struct written (*write)(uint64_t value);
};

static const struct word *word_find(const struct word *w, const char *text)
{
	while (w && w->name && strcmp(w->name, text))
		w++;
	return w && w->name ? w : NULL;
}

static void measure_error(struct parse *p, const struct key *k, yaml_node_t *node, const char *text,
			  const struct measure *m, enum value_result r)
{
	struct shown shown = show(text, strlen(text));
	const char *or_word = k->words ? " or " : "", *word = k->words ? k->words->name : "";

	if (r == VALUE_NO_UNIT)
		refuse(p, node, "\"%s\" has no unit: %s", shown.text, m->unit);
	else if (r == VALUE_BAD_UNIT)
		refuse(p, node, "\"%s\" has an unknown unit: %s", shown.text, m->unit);
	else if (r == VALUE_NOT_A_NUMBER)
		refuse(p, node, "%s%s%s is wanted here, not \"%s\"", m->what, or_word, word,
		       shown.text);
	else
		refuse(p, node, "\"%s\" is out of bounds: %s is %s to %s%s%s", shown.text, k->name,
		       m->write(k->min).text, m->write(k->max).text, or_word, word);
}

static void set_measure(struct parse *p, const struct key *k, yaml_node_t *node, void *out,
			const struct measure *m)
{
	const char *text = word_of(p, node, m->what);
	const struct word *w = text ? word_find(k->words, text) : NULL;
	enum value_result r;
	uint64_t value;

	if (!text)
		return;
	if (w) {
		memcpy(key_member(k, out), &w->value, sizeof(w->value));
		return;
	}
	r = m->read(text, &value);
	if (r == VALUE_OK && (value < k->min || value > k->max))
		r = VALUE_TOO_BIG;
	if (r != VALUE_OK)
		measure_error(p, k, node, text, m, r);
	else
		memcpy(key_member(k, out), &value, sizeof(value));
}

void set_number(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	static const struct measure number = { "a whole number", "", value_number, write_number };

	set_measure(p, k, node, out, &number);
}

void set_duration(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	static const struct measure duration = {
		"a whole number with a unit, as in 10s,", "add us, ms, s, min or h, as in 10s",
		value_duration, write_duration
	};

	set_measure(p, k, node, out, &duration);
}

void set_size(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	static const struct measure size = {
		"a size in bytes, as in 64M,", "add K, M, G or T, as in 64M, or nothing for bytes",
		value_size, write_size
	};

	set_measure(p, k, node, out, &size);
}

void set_word(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	const char *text;
	const struct word *w;
	char all[64];
	size_t n = 0;

	for (w = k->words; w->name && n < sizeof(all); w++)
		n += snprintf(all + n, sizeof(all) - n, "%s%s", !n ? "" : w[1].name ? ", " : " or ",
			      w->name);
	text = word_of(p, node, all);
	if (!text)
		return;
	w = word_find(k->words, text);
	if (w)
		*(int *)key_member(k, out) = w->value;
	else
		refuse(p, node, "%s is wanted here, not \"%s\"", all,
		       show(text, strlen(text)).text);
}
