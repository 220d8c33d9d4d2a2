# SPDX-License-Identifier: GPL-2.0
# The simulator of the tree: the objects of user/core and user/wire against a fake world.
SIM_SRCS := $(addprefix selftests/sim/, \
	act.c check.c clock.c failover.c fault.c layout.c main.c module.c net.c node.c proc.c queue.c sim.c)

UNIT_TESTS += $(B)/selftests/sim/sim
$(B)/selftests/sim/sim: $(call objs,$(SIM_SRCS)) $(B)/libvigilcore.a $(B)/libvigilwire.a
	$(link)
