/* SPDX-License-Identifier: GPL-2.0 */
/* The holder: a process that keeps descriptors while no vigild runs. */
#ifndef VIGIL_AGENT_HOLDER_SERVE_H
#define VIGIL_AGENT_HOLDER_SERVE_H

/* Its name for ps and pidof: who ends all processes of vigild by name is not to end it, too. */
#define HOLDER_NAME "vigil-holder"
#define HOLDER_OPTION "--holder"	/* vigild's only one then; the run directory follows, for ps */

/**
 * holder_serve - be the holder, on the listener HOLDER_LISTENER_FD.
 * @run_dir: where the listener has its name
 *
 * Return: the exit status.
 */
int holder_serve(const char *run_dir);

#endif /* VIGIL_AGENT_HOLDER_SERVE_H */
