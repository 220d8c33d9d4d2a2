# SPDX-License-Identifier: GPL-2.0
# Tests of the logger's parts that need no process: on the host.
LOGTEST_UNITS := test_killed test_line test_rotate

UNIT_TESTS += $(addprefix $(B)/selftests/log/,$(LOGTEST_UNITS))

define logtest_unit
CPPFLAGS_selftests/log/$(1) := $(LIBTEST_HARNESS)
$(B)/selftests/log/$(1): $(call objs,selftests/log/$(1).c) $(B)/libvigillog.a $(B)/libvigilbase.a
	$$(link)
endef
$(foreach name,$(LOGTEST_UNITS),$(eval $(call logtest_unit,$(name))))
