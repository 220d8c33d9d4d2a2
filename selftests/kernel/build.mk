# SPDX-License-Identifier: GPL-2.0
# The kernel suite: run as root in the guest, against a loaded vigil.ko.
KTEST_CACHE := $(or $(VIGIL_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vigil)
KTEST_HARNESS := $(KTEST_CACHE)/linux-source-6.12/tools/testing/selftests
KTEST_SHARED := $(addprefix selftests/kernel/,\
	client.c decode.c listener.c victim.c proc.c mob.c module.c notes.c pace.c dog.c \
	keeper_calls.c lease_client.c group.c)
KTEST_NAMES := \
	deaths threads races watches watches_many malformed namespaces oom storm load beat \
	blackbox watchdog watchdog_gates vital keeper keeper_respawn keeper_who keeper_unload \
	reborn beat_many hang early early_ways eventfd tree tree_missed treestorm \
	lease lease_request lease_bond lease_reach lease_races gathering

VM_PROGS += $(addprefix $(B)/selftests/kernel/,$(KTEST_NAMES))

define ktest_program
CPPFLAGS_selftests/kernel/$(1) = -isystem $(KTEST_HARNESS) $$(call pc,--cflags,libnl-genl-3.0)
LDLIBS_$(1) = $$(call pc,--libs,libnl-genl-3.0)
$(B)/selftests/kernel/$(1): $$(call objs,selftests/kernel/$(1).c $(KTEST_SHARED))
	$$(link)
endef
$(foreach name,$(KTEST_NAMES),$(eval $(call ktest_program,$(name))))

$(foreach name,client decode listener notes dog keeper_calls lease_client, \
	$(eval CPPFLAGS_selftests/kernel/$(name) = $$(call pc,--cflags,libnl-genl-3.0)))
