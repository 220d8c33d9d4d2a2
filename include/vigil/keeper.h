/* SPDX-License-Identifier: GPL-2.0 */
/* libvigil: the keeper of the node. Include <vigil/vigil.h>, which says what holds for all calls. */
#ifndef LIBVIGIL_KEEPER_H
#define LIBVIGIL_KEEPER_H

#include <stdint.h>
#include <sys/types.h>

#include <linux/vigil.h>

#include <vigil/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct vigil_keeper_news - what has become of the keeper.
 * @stage: enum vigil_keeper_stage; others may be added
 * @why: enum vigil_keeper_why; others may be added
 * @pid: the keeper, or the process that was respawned, in the initial PID namespace; 0 if none
 * @error: errno if @why is VIGIL_KEEPER_WHY_EXEC, else 0
 * @respawns: in the window that ended with the event
 * @last_resort: enum vigil_keeper_last_resort, as it was set
 */
struct vigil_keeper_news {
	enum vigil_keeper_stage stage;
	enum vigil_keeper_why why;
	pid_t pid;
	int error;
	uint32_t respawns;
	enum vigil_keeper_last_resort last_resort;
};

/**
 * struct vigil_keeper_plan - how the keeper is to be kept.
 * @argv: the command that respawns it, ended by NULL: an absolute path, and its arguments. Up to
 *	VIGIL_KEEPER_WORDS_MAX words of up to VIGIL_KEEPER_WORD_LEN_MAX bytes
 * @env: variables of its environment, NAME=value, ended by NULL; or NULL. As many as words. PATH and HOME
 *	go without saying. With @argv up to VIGIL_KEEPER_BYTES_MAX bytes, terminators included
 * @respawn_max: respawns that may begin in a window, 0 to leave as it is; so with the next two
 * @window_ms: length of the window
 * @register_ms: time in which the respawned process must call vigil_keeper_set()
 * @last_resort: enum vigil_keeper_last_resort, or -1 to leave as it is
 * @replace: the living keeper that this one replaces, or 0
 */
struct vigil_keeper_plan {
	const char *const *argv;
	const char *const *env;
	uint32_t respawn_max;
	uint32_t window_ms;
	uint32_t register_ms;
	int last_resort;
	pid_t replace;
};

/**
 * struct vigil_keeper - the keeper of the node.
 * @state: enum vigil_keeper_state
 * @id: its watch, 0 if it has none
 * @pid: the keeper, or the process that was respawned to be it; 0 for none
 * @respawns: in the window that ends now
 * @respawn_max: respawns that may begin in a window
 * @window_ms: length of the window
 * @register_ms: time in which a respawned process must register
 * @last_resort: enum vigil_keeper_last_resort
 * @argc: words of the command, 0 if there is none
 * @argv: the words, each terminated, one behind the other
 */
struct vigil_keeper {
	enum vigil_keeper_state state;
	uint64_t id;
	pid_t pid;
	uint32_t respawns;
	uint32_t respawn_max;
	uint32_t window_ms;
	uint32_t register_ms;
	enum vigil_keeper_last_resort last_resort;
	unsigned int argc;
	char argv[VIGIL_KEEPER_BYTES_MAX];
};

/**
 * vigil_keeper_set - make the process of a watch the keeper of the node, or change how it is kept.
 * @id: its watch, not a transient one; the process is commonly the caller
 *
 * From now on the kernel brings it back when it dies or misses its beat. A keeper that stops on purpose calls
 * vigil_keeper_resign() first; to release its watch is to resign, too. Needs CAP_SYS_ADMIN, and the
 * initial network namespace.
 *
 * Return: 0; -EINVAL for a command, environment or setting out of bounds, or a transient watch;
 * -E2BIG if the kernel finds command and environment too long; -ENOENT if there is no such watch;
 * -ESRCH if its process is dead; -EBUSY if another living process is the keeper and is not the one
 * to replace; vigil_error() names it.
 */
int vigil_keeper_set(struct vigil *v, uint64_t id, const struct vigil_keeper_plan *plan);

/**
 * vigil_keeper_resign - there is no keeper from now on, and nothing is brought back.
 * @pid: only if this process is the keeper; 0 for whoever it is
 *
 * Return: 0; -ENOENT if there is no keeper; -ESRCH if it is another process.
 */
int vigil_keeper_resign(struct vigil *v, pid_t pid);

/**
 * vigil_keeper_get - read who the keeper is and how it is kept.
 */
int vigil_keeper_get(struct vigil *v, struct vigil_keeper *out);

/**
 * vigil_keeper_state_name - "none", "kept", "lost", "respawning" or "exhausted".
 *
 * Return: a static string, "unknown" for any other value. Thread safe; as the three below.
 */
const char *vigil_keeper_state_name(enum vigil_keeper_state state);

/**
 * vigil_keeper_last_resort_name - "report", "bite", "panic" or "reboot".
 */
const char *vigil_keeper_last_resort_name(enum vigil_keeper_last_resort which);

/**
 * vigil_keeper_stage_name - "registered", "resigned", "lost", "respawned", "respawn-failed" or
 * "exhausted".
 */
const char *vigil_keeper_stage_name(enum vigil_keeper_stage stage);

/**
 * vigil_keeper_why_name - "none", "released", "dead", "hung", "exec", "late", "limit" or "stuck".
 */
const char *vigil_keeper_why_name(enum vigil_keeper_why why);

#ifdef __cplusplus
}
#endif

#endif /* LIBVIGIL_KEEPER_H */
