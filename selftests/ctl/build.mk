# SPDX-License-Identifier: GPL-2.0
# The parser of the black box's records, on the host.
UNIT_TESTS += $(B)/selftests/ctl/test_box

CPPFLAGS_selftests/ctl/test_box := $(LIBTEST_HARNESS)
$(B)/selftests/ctl/test_box: $(call objs,selftests/ctl/test_box.c user/ctl/box.c user/ctl/box_verdict.c)
	$(link)
