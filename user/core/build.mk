# SPDX-License-Identifier: GPL-2.0
# The tree's logic, pure: scripts/check-pure looks at these objects.
CORE_SRCS := $(addprefix user/core/, \
	coordinator.c core.c element.c element_answer.c element_best.c element_cover.c element_order.c element_promise.c \
	element_report.c monitor.c monitor_answer.c monitor_balance.c monitor_elect.c monitor_job.c \
	monitor_member.c monitor_order.c monitor_place.c monitor_poll.c monitor_report.c monitor_suspect.c \
	monitor_term.c)

LIBS += $(B)/libvigilcore.a
$(B)/libvigilcore.a: $(call objs,$(CORE_SRCS))
