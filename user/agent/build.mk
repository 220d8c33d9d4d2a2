# SPDX-License-Identifier: GPL-2.0
# vigild, the host agent.
include user/store/build.mk

PROGS += $(B)/vigild
MANPAGES += Documentation/man/vigild.8.scd
LDLIBS_vigild := -lmnl -lyaml -ljansson -lsqlite3
$(B)/vigild: $(call objs, $(addprefix user/agent/, \
	adopt.c cgroup.c child.c control.c explain.c job.c jobset.c jobsrc.c launch.c leftover.c \
	life.c lock.c main.c merge.c options.c peer.c persist.c proc.c request.c spawn.c start.c \
	status.c supervise.c watch.c)) \
	$(B)/libvigilstore.a $(B)/libvigil.a $(B)/libjobfile.a $(B)/libvigilbase.a
	$(link)
