# SPDX-License-Identifier: GPL-2.0
# The benchmark: not a test, but built with them and run in the guest by selftests/bench/run.
BENCH_SRCS := $(addprefix selftests/bench/, \
	main.c crowd.c forks.c latency.c memory.c method_cn_proc.c method_early.c method_vigil.c \
	method_wait.c storm.c \
	tools.c) selftests/kernel/module.c

VM_PROGS += $(B)/selftests/bench/bench $(B)/selftests/bench/idler $(B)/selftests/bench/beats
LDLIBS_bench = -lmnl
LDLIBS_idler = $(if $(SANITIZE),,-static)

$(B)/selftests/bench/bench: $(call objs,$(BENCH_SRCS)) $(B)/libvigil.a
	$(link)

LDLIBS_beats = -lmnl -ldl
$(B)/selftests/bench/beats: $(call objs,$(addprefix selftests/bench/,beats.c tools.c) selftests/kernel/module.c) \
		$(B)/libvigil.a
	$(link)

$(B)/selftests/bench/idler: $(call objs,selftests/bench/idler.c)
	$(link)

BENCH_FENCING_SRCS := $(addprefix selftests/bench/,fencing.c crowd.c tools.c) selftests/kernel/module.c

VM_PROGS += $(B)/selftests/bench/fencing
LDLIBS_fencing = -lmnl

$(B)/selftests/bench/fencing: $(call objs,$(BENCH_FENCING_SRCS)) $(B)/libvigil.a
	$(link)

# What selftests/bench/agent/run starts.
AGENT_BENCH := $(addprefix $(B)/selftests/bench/agent/,job floor producer)
VM_PROGS += $(AGENT_BENCH)

# No library, no start-up code: the sanitizers and the stack protector need both.
$(B)/selftests/bench/agent/job: selftests/bench/agent/job.c selftests/bench/agent/board.h
	@mkdir -p $(@D)
	$(CC) $(filter-out $(SANITIZE),$(CFLAGS_ALL)) $(CPPFLAGS_ALL) -ffreestanding -fno-stack-protector -fno-pie \
		-no-pie -nostdlib -static -o $@ $<

$(B)/selftests/bench/agent/floor: $(call objs,selftests/bench/agent/floor.c)
	$(link)

LDLIBS_floor = $(if $(SANITIZE),,-static)
$(B)/selftests/bench/agent/producer: $(call objs,selftests/bench/agent/producer.c)
	$(link)
