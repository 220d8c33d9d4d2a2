# SPDX-License-Identifier: GPL-2.0
# The kernel suite: run as root in the guest, against a loaded vigil.ko.
KTEST_CACHE := $(or $(VIGIL_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vigil)
KTEST_HARNESS := $(KTEST_CACHE)/linux-source-6.12/tools/testing/selftests
KTEST_SHARED := $(addprefix selftests/kernel/,\
	client.c decode.c listener.c victim.c proc.c mob.c module.c)
KTEST_NAMES := deaths threads races watches malformed namespaces oom storm load

VM_PROGS += $(addprefix $(B)/selftests/kernel/,$(KTEST_NAMES))

define ktest_program
CPPFLAGS_selftests/kernel/$(1) = -isystem $(KTEST_HARNESS) $$(call pc,--cflags,libnl-genl-3.0)
LDLIBS_$(1) = $$(call pc,--libs,libnl-genl-3.0)
$(B)/selftests/kernel/$(1): $$(call objs,selftests/kernel/$(1).c $(KTEST_SHARED))
	$$(link)
endef
$(foreach name,$(KTEST_NAMES),$(eval $(call ktest_program,$(name))))

$(foreach name,client decode listener, \
	$(eval CPPFLAGS_selftests/kernel/$(name) = $$(call pc,--cflags,libnl-genl-3.0)))
