# SPDX-License-Identifier: GPL-2.0
# Durable state.
LIBS += $(B)/libvigilstore.a
$(B)/libvigilstore.a: $(call objs,user/store/store.c user/store/store_job.c)
