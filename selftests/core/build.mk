# SPDX-License-Identifier: GPL-2.0
# The tree's logic, on the host: one machine at a time. selftests/sim has them all together.
FUZZ_CORE := selftests/core/fuzz_core.c $(CORE_SRCS) $(WIRE_SRCS)

$(B)/selftests/core/fuzz_core: $(FUZZ_CORE) $(wildcard user/wire/*.h user/core/*.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $(FUZZ_CORE)

UNIT_TESTS += $(B)/selftests/core/test_place
CPPFLAGS_selftests/core/test_place := $(LIBTEST_HARNESS)
$(B)/selftests/core/test_place: $(call objs,selftests/core/test_place.c selftests/core/pair.c) \
		$(B)/libvigilcore.a $(B)/libvigilwire.a
	$(link)
