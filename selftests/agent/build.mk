# SPDX-License-Identifier: GPL-2.0
# Tests of vigild: units on the host; the suite, with its witness, on host and guest.
AGENTTEST_UNITS := test_supervise test_depend test_loop test_store test_store_damage test_store_faults \
	test_store_history test_stats_math test_holder test_notify_parse test_trend test_foretell_step test_plan

UNIT_TESTS += $(addprefix $(B)/selftests/agent/,$(AGENTTEST_UNITS))
VM_PROGS += $(B)/selftests/agent/witness $(B)/selftests/agent/cutter.so $(B)/selftests/agent/shift.so

define agenttest_unit
CPPFLAGS_selftests/agent/$(1) := $(LIBTEST_HARNESS)
$(B)/selftests/agent/$(1): $(call objs,selftests/agent/$(1).c)
	$$(link)
endef
$(foreach name,$(AGENTTEST_UNITS),$(eval $(call agenttest_unit,$(name))))

$(B)/selftests/agent/test_supervise: $(call objs,user/agent/supervise.c)
$(B)/selftests/agent/test_depend: $(call objs,user/agent/depend.c) $(B)/libjobfile.a
LDLIBS_test_depend := -lyaml
$(B)/selftests/agent/test_trend: $(call objs,user/agent/trend.c)
LDLIBS_test_trend := -lm
$(B)/selftests/agent/test_foretell_step: $(call objs,user/agent/foretell_step.c)
$(B)/selftests/agent/test_plan: $(call objs,user/agent/plan.c) $(B)/libjobfile.a $(B)/libvigilbase.a
LDLIBS_test_plan := -lyaml
$(B)/selftests/agent/test_loop: $(B)/libvigilbase.a
$(B)/selftests/agent/test_store: $(B)/libvigilstore.a
LDLIBS_test_store := -lsqlite3
$(B)/selftests/agent/test_holder: $(call objs,user/agent/holder.c user/agent/holder_serve.c \
	user/agent/holder_spool.c user/agent/notify_parse.c user/agent/clone.c) $(B)/libvigilbase.a

$(B)/selftests/agent/test_notify_parse: $(call objs,user/agent/notify_parse.c)

FUZZ_NOTIFY := selftests/agent/fuzz_notify.c user/agent/notify_parse.c

$(B)/selftests/agent/fuzz_notify: $(FUZZ_NOTIFY) user/agent/notify_parse.h
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $(FUZZ_NOTIFY)
$(B)/selftests/agent/test_stats_math: $(call objs,user/agent/stats_math.c)
LDLIBS_test_stats_math := -lm
$(B)/selftests/agent/test_store_damage: $(B)/libvigilstore.a
LDLIBS_test_store_damage := -lsqlite3
$(B)/selftests/agent/test_store_history: $(B)/libvigilstore.a
LDLIBS_test_store_history := -lsqlite3
$(B)/selftests/agent/test_store_faults: $(call objs,selftests/agent/disk.c) $(B)/libvigilstore.a
LDLIBS_test_store_faults := -lsqlite3

# A leak checker would have it clone at its end, and pass for two instances. Static, so that the
# suite can copy it to where it starts fast: in a guest the libraries come from the host each time.
$(B)/selftests/agent/witness $(B)/obj/selftests/agent/witness.o: \
		CFLAGS_ALL := $(filter-out $(SANITIZE),$(CFLAGS_ALL))
$(B)/selftests/agent/witness: LDLIBS_witness := -static
$(B)/selftests/agent/witness: $(call objs,selftests/agent/witness.c)
	$(link)

# As the witness above: started fast in a guest, and by whom it is measured.
VM_PROGS += $(B)/selftests/agent/standby_witness
$(B)/selftests/agent/standby_witness $(B)/obj/selftests/agent/standby_witness.o: \
		CFLAGS_ALL := $(filter-out $(SANITIZE),$(CFLAGS_ALL))
$(B)/selftests/agent/standby_witness: LDLIBS_standby_witness := -static
$(B)/selftests/agent/standby_witness: $(call objs,selftests/agent/standby_witness.c)
	$(link)

# Loaded into a vigild that may be sanitized; not sanitized themselves.
define agenttest_preload
$(B)/selftests/agent/$(1).so $(B)/obj/selftests/agent/$(1).o: \
		CFLAGS_ALL := $$(filter-out $$(SANITIZE),$$(CFLAGS_ALL))
$(B)/selftests/agent/$(1).so: LDFLAGS := -shared
$(B)/selftests/agent/$(1).so: $(call objs,selftests/agent/$(1).c)
	$$(link)
endef
$(foreach name,cutter shift,$(eval $(call agenttest_preload,$(name))))
