# SPDX-License-Identifier: GPL-2.0
# The vigil command.
PROGS += $(B)/vigil
MANPAGES += Documentation/man/vigil.1.scd Documentation/man/vigil-job.5.scd

LDLIBS_vigil := -lmnl -lyaml -ljansson
$(B)/vigil: $(call objs, $(addprefix user/ctl/, \
	check.c daemon.c death.c events.c help.c jobs.c main.c module.c options.c reload.c \
	restart.c say.c start.c stats.c status.c stop.c table.c wait.c watch.c watch_kernel.c \
	watch_pidfd.c)) $(B)/libvigil.a $(B)/libjobfile.a
	$(link)
