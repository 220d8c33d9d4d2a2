# SPDX-License-Identifier: GPL-2.0
# The tree's logic, on the host: one machine at a time. selftests/sim has them all together.
FUZZ_CORE := selftests/core/fuzz_core.c $(CORE_SRCS) $(WIRE_SRCS)

$(B)/selftests/core/fuzz_core: $(FUZZ_CORE) $(wildcard user/wire/*.h user/core/*.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $(FUZZ_CORE)

CORETEST_UNITS := test_place test_element test_members
UNIT_TESTS += $(addprefix $(B)/selftests/core/,$(CORETEST_UNITS))

define coretest_unit
CPPFLAGS_selftests/core/$(1) := $(LIBTEST_HARNESS)
$(B)/selftests/core/$(1): $(call objs,selftests/core/$(1).c selftests/core/pair.c) \
		$(B)/libvigilcore.a $(B)/libvigilwire.a
	$$(link)
endef
$(foreach name,$(CORETEST_UNITS),$(eval $(call coretest_unit,$(name))))
