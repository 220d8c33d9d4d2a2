# SPDX-License-Identifier: GPL-2.0
# The job file parser, shared by vigild and `vigil check`; its users link -lyaml.
LIBS += $(B)/libjobfile.a

$(B)/libjobfile.a: $(call objs, $(addprefix user/jobfile/, \
	arena.c command.c errors.c job.c jobfile.c read.c scan.c schema.c suggest.c value.c))
