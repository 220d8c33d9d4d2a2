# SPDX-License-Identifier: GPL-2.0
# Job files, on the host.
UNIT_TESTS += $(B)/selftests/jobfile/test
JOBFILE_TEST := $(addprefix selftests/jobfile/, \
	test.c cases_accepted.c cases_keys.c cases_numbers.c cases_text.c cases_words.c)

$(B)/selftests/jobfile/test: LDLIBS_test := -lyaml
$(B)/selftests/jobfile/test: $(call objs,$(JOBFILE_TEST)) $(B)/libjobfile.a
	$(link)

# make fuzz-jobfile FUZZ_SECONDS=n: needs clang-14 and its libFuzzer.
FUZZ_SECONDS ?= 60
FUZZ_CC ?= clang-14
FUZZ_JOBFILE := selftests/jobfile/fuzz.c $(addprefix user/jobfile/, \
	arena.c command.c errors.c job.c jobfile.c read.c scan.c schema.c suggest.c value.c)

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
