# SPDX-License-Identifier: GPL-2.0
# Everything at once: run as root in the guest, against a loaded vigil.ko.
VM_PROGS += $(B)/selftests/stress/stress

LDLIBS_stress = -lmnl -pthread $(call pc,--libs,libnl-genl-3.0)
$(B)/selftests/stress/stress: $(call objs,$(addprefix selftests/stress/,stress.c board.c child.c slab.c \
		follower.c owner.c beater.c tenant.c ward.c warden.c armer.c) \
		$(addprefix selftests/kernel/,listener.c dog.c keeper_calls.c lease_client.c) \
		$(FUZZ_SHARED) $(addprefix selftests/fuzz/,hooks.c worker.c ward.c knobs.c)) $(FUZZ_TABLE).o
	$(link)
