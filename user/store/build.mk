# SPDX-License-Identifier: GPL-2.0
# Durable state.
LIBS += $(B)/libvigilstore.a
$(B)/libvigilstore.a: $(call objs,$(addprefix user/store/, \
	store.c store_damage.c store_foretell.c store_handover.c store_history.c store_job.c \
	store_progress.c store_read.c store_ready.c store_standby.c store_version.c))
