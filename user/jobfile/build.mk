# SPDX-License-Identifier: GPL-2.0
# The job file parser, shared by vigild and `vigil check`; its users link -lyaml.
LIBS += $(B)/libjobfile.a

$(B)/libjobfile.a: $(call objs, $(addprefix user/jobfile/, \
	arena.c capability.c command.c compare.c envfile.c errors.c foretell.c hooks.c job.c jobfile.c \
	limits.c list.c log.c policy.c probe.c process.c read.c ready.c refs.c replicas.c scan.c \
	schema.c sockets.c standby.c suggest.c supervision.c \
	ties.c value.c))
