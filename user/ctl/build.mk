# SPDX-License-Identifier: GPL-2.0
# The vigil command.
PROGS += $(B)/vigil
MANPAGES += Documentation/man/vigil.1.scd Documentation/man/vigil-job.5.scd \
	Documentation/man/vigil-watchdog.7.scd

LDLIBS_vigil := -lmnl -lyaml -ljansson -lcurl -lm
$(B)/vigil: $(call objs, $(addprefix user/ctl/, \
	beat.c blackbox.c box.c box_files.c box_verdict.c check.c daemon.c death.c event.c events.c help.c \
	jobs.c keeper.c kernel.c lease.c leases.c logfile.c logs.c main.c module.c moment.c options.c \
	plan.c reload.c upgrade.c restart.c say.c start.c \
	stats.c status.c stop.c sysdir.c table.c wait.c watch.c watch_command.c watch_kernel.c watch_pidfd.c \
	watchdog.c why.c)) $(B)/libvigillog.a $(B)/libvigil.a $(B)/libjobfile.a $(B)/libvigilbase.a
	$(link)
