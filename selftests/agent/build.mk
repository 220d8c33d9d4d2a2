# SPDX-License-Identifier: GPL-2.0
# Tests of vigild: units on the host; the suite, with its witness, on host and guest.
AGENTTEST_UNITS := test_supervise test_loop test_store

UNIT_TESTS += $(addprefix $(B)/selftests/agent/,$(AGENTTEST_UNITS))
VM_PROGS += $(B)/selftests/agent/witness

define agenttest_unit
CPPFLAGS_selftests/agent/$(1) := $(LIBTEST_HARNESS)
$(B)/selftests/agent/$(1): $(call objs,selftests/agent/$(1).c)
	$$(link)
endef
$(foreach name,$(AGENTTEST_UNITS),$(eval $(call agenttest_unit,$(name))))

$(B)/selftests/agent/test_supervise: $(call objs,user/agent/supervise.c)
$(B)/selftests/agent/test_loop: $(B)/libvigilbase.a
$(B)/selftests/agent/test_store: $(B)/libvigilstore.a
LDLIBS_test_store := -lsqlite3

# A leak checker would have it clone at its end, and pass for two instances. Static, so that the
# suite can copy it to where it starts fast: in a guest the libraries come from the host each time.
$(B)/selftests/agent/witness $(B)/obj/selftests/agent/witness.o: \
		CFLAGS_ALL := $(filter-out $(SANITIZE),$(CFLAGS_ALL))
$(B)/selftests/agent/witness: LDLIBS_witness := -static
$(B)/selftests/agent/witness: $(call objs,selftests/agent/witness.c)
	$(link)
