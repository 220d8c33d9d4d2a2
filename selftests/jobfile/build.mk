# SPDX-License-Identifier: GPL-2.0
# Job files, on the host.
UNIT_TESTS += $(B)/selftests/jobfile/test
JOBFILE_TEST := $(addprefix selftests/jobfile/, \
	cases_accepted.c cases_depend.c cases_foretell.c cases_keys.c cases_numbers.c cases_process.c \
	cases_ready.c cases_replicas.c cases_sockets.c cases_standby.c cases_text.c cases_words.c \
	print_process.c test.c)

$(B)/selftests/jobfile/test: LDLIBS_test := -lyaml
$(B)/selftests/jobfile/test: $(call objs,$(JOBFILE_TEST)) $(B)/libjobfile.a
	$(link)

UNIT_TESTS += $(B)/selftests/jobfile/test_envfile
CPPFLAGS_selftests/jobfile/test_envfile = $(LIBTEST_HARNESS)
$(B)/selftests/jobfile/test_envfile: $(call objs,selftests/jobfile/test_envfile.c) $(B)/libjobfile.a
	$(link)

# make fuzz-jobfile FUZZ_SECONDS=n: needs clang-14 and its libFuzzer.
FUZZ_SECONDS ?= 60
FUZZ_CC ?= clang-14
FUZZ_JOBFILE := selftests/jobfile/fuzz.c $(addprefix user/jobfile/, \
	arena.c capability.c command.c envfile.c errors.c foretell.c hooks.c job.c jobfile.c limits.c \
	list.c log.c policy.c probe.c process.c read.c ready.c refs.c replicas.c scan.c schema.c \
	sockets.c standby.c suggest.c supervision.c \
	ties.c value.c)

$(B)/selftests/jobfile/fuzz: $(FUZZ_JOBFILE) $(wildcard user/jobfile/*.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $(FUZZ_JOBFILE) -lyaml

.PHONY: fuzz-jobfile
fuzz-jobfile: $(B)/selftests/jobfile/fuzz
	@mkdir -p $(B)/fuzz/jobfile
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=8192 \
		-dict=selftests/jobfile/fuzz.dict -artifact_prefix=$(B)/fuzz/ \
		$(B)/fuzz/jobfile selftests/jobfile/corpus examples/jobs
