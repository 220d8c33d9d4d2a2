# SPDX-License-Identifier: GPL-2.0
# Leaf helpers: they include nothing of the other folders of user/.
LIBS += $(B)/libvigilbase.a
$(B)/libvigilbase.a: $(call objs,user/base/fdpass.c user/base/log.c user/base/loop.c user/base/timers.c user/base/path.c)
