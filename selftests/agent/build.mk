# SPDX-License-Identifier: GPL-2.0
# Tests of vigild: unit tests for the host, a witness and a suite for host and guest.
PROGS_TEST_AGENT := $(B)/selftests/agent/witness
VM_PROGS += $(PROGS_TEST_AGENT)

# A leak checker would have it clone at its end, and pass for two instances.
$(B)/selftests/agent/witness $(B)/obj/selftests/agent/witness.o: \
		CFLAGS_ALL := $(filter-out $(SANITIZE),$(CFLAGS_ALL))
$(B)/selftests/agent/witness: $(call objs,selftests/agent/witness.c)
	$(link)
