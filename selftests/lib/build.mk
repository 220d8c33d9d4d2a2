# SPDX-License-Identifier: GPL-2.0
# libvigil: its parser and its event reader on the host, all of it in the guest.
LIBTEST_CACHE := $(or $(VIGIL_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vigil)
LIBTEST_HARNESS := -isystem $(LIBTEST_CACHE)/linux-source-6.12/tools/testing/selftests

UNIT_TESTS += $(B)/selftests/lib/test_parse

CPPFLAGS_selftests/lib/test_parse := $(LIBTEST_HARNESS)
LDLIBS_test_parse := -lmnl
$(B)/selftests/lib/test_parse: $(call objs,$(addprefix selftests/lib/,test_parse.c dgram.c)) \
		$(B)/libvigil.a
	$(link)
