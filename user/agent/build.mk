# SPDX-License-Identifier: GPL-2.0
# vigild, the host agent.
include user/store/build.mk
include user/log/build.mk
include user/api/build.mk

PROGS += $(B)/vigild
MANPAGES += Documentation/man/vigild.8.scd
# It runs on a stack that the sanitizers do not know.
$(B)/obj/user/agent/child.o: CFLAGS_ALL += -fno-sanitize=all
LDLIBS_vigild := -lmnl -lyaml -ljansson -lsqlite3 -lcurl -lmicrohttpd -lurcu
$(B)/vigild: $(call objs, $(addprefix user/agent/, \
	account.c adopt.c beat.c bell.c bequest.c cgroup.c cgroup_limits.c child.c clone.c control.c \
	depend.c environment.c exchange.c explain.c fdstore.c fetch.c follow.c foretell.c \
	foretell_measure.c foretell_step.c fork.c gauge.c group.c handover.c history.c history_store.c \
	holder.c holder_serve.c holder_spool.c image.c inherit.c inplace.c job.c jobset.c jobsrc.c \
	keeper.c lane.c launch.c launch_env.c leftover.c life.c listener.c lock.c logproc.c main.c \
	merge.c metrics.c notify.c notify_parse.c options.c order.c outlet.c passfd.c persist.c phase.c \
	plan.c plan_json.c prebind.c probe.c proc.c progress.c proposal.c propose.c ready.c reload.c \
	request.c rollout.c select.c sender.c side.c sockets.c spawn.c standby.c start.c stats.c \
	stats_math.c status.c status_log.c status_more.c stray.c supervise.c trend.c upgrade.c \
	version.c version_store.c view.c viewer.c watch.c why.c)) \
	$(B)/libvigilapi.a $(B)/libvigillog.a $(B)/libvigilstore.a $(B)/libvigil.a $(B)/libjobfile.a \
	$(B)/libvigilbase.a
	$(link)
