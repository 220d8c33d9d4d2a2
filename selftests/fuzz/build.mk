# SPDX-License-Identifier: GPL-2.0
# Fuzzers driven by the netlink spec: run as root in the guest, against a loaded vigil.ko.
FUZZ_SPEC := Documentation/netlink/specs/vigil.yaml
FUZZ_TABLE := $(B)/selftests/fuzz/table
FUZZ_SHARED := $(addprefix selftests/fuzz/, spec.c hand.c own.c value.c request.c spoil.c deny.c link.c tally.c) \
	$(addprefix selftests/kernel/,client.c decode.c proc.c victim.c module.c pace.c group.c)

VM_PROGS += $(B)/selftests/fuzz/netlink

$(FUZZ_TABLE).c: selftests/fuzz/spec-table $(FUZZ_SPEC) $(LIBVIGIL_HEADERS)
	@mkdir -p $(@D)
	$^ >$@

$(FUZZ_TABLE).o: $(FUZZ_TABLE).c selftests/fuzz/spec.h
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

LDLIBS_netlink = -lmnl -pthread $(call pc,--libs,libnl-genl-3.0)
$(B)/selftests/fuzz/netlink: $(call objs,$(FUZZ_SHARED) \
		$(addprefix selftests/fuzz/,netlink.c armed.c hooks.c worker.c ward.c knobs.c) selftests/kernel/dog.c) $(FUZZ_TABLE).o
	$(link)

# Seeds for the parsers' fuzzer: selftests/vm/run --out DIR -- build/selftests/fuzz/capture /out
VM_PROGS += $(B)/selftests/fuzz/capture

LDLIBS_capture = -lmnl $(call pc,--libs,libnl-genl-3.0)
$(B)/selftests/fuzz/capture: $(call objs,$(FUZZ_SHARED) selftests/fuzz/capture.c) $(FUZZ_TABLE).o
	$(link)

# Failing allocations, on the debug kernel.
VM_PROGS += $(B)/selftests/fuzz/fault

LDLIBS_fault = -lmnl $(call pc,--libs,libnl-genl-3.0)
$(B)/selftests/fuzz/fault: $(call objs,$(FUZZ_SHARED) selftests/kernel/listener.c \
		$(addprefix selftests/fuzz/,fault.c fault_points.c fault_requests.c fault_world.c)) $(FUZZ_TABLE).o
	$(link)
