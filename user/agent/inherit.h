/* SPDX-License-Identifier: GPL-2.0 */
/* What vigild was given by whoever started it, kept over a respawn by the kernel. */
#ifndef VIGIL_AGENT_INHERIT_H
#define VIGIL_AGENT_INHERIT_H

enum {
	INHERIT_VARIABLES = 6,
	INHERIT_BYTES = 512,	/* of one; a longer one is not kept */
};

/** struct inherit - environment variables that say what was given; @list ends with NULL. */
struct inherit {
	char text[INHERIT_VARIABLES][INHERIT_BYTES];
	const char *list[INHERIT_VARIABLES + 1];
};

/** inherit_open_stdio - open what is closed of descriptors 0 to 2: the kernel gives none. */
void inherit_open_stdio(void);

/** inherit_note - note what this process has now, for the one that follows it. */
void inherit_note(struct inherit *in);

/**
 * inherit_restore - in a respawned process: take what the last one had. Elsewhere nothing.
 *
 * What cannot be had is logged, and done without.
 */
void inherit_restore(void);

#endif /* VIGIL_AGENT_INHERIT_H */
