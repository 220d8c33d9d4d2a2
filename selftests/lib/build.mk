# SPDX-License-Identifier: GPL-2.0
# libvigil: its parser and its event reader on the host, all of it in the guest.
LIBTEST_CACHE := $(or $(VIGIL_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vigil)
LIBTEST_HARNESS := -isystem $(LIBTEST_CACHE)/linux-source-6.12/tools/testing/selftests

LIBTEST_UNITS := $(addprefix test_parse_,event damage keeper watchdog reply) \
	test_events test_events_model test_request test_role

UNIT_TESTS += $(addprefix $(B)/selftests/lib/,$(LIBTEST_UNITS))

# The tests of what the library hides are linked with the archive.
define libtest_unit
CPPFLAGS_selftests/lib/$(1) := $(LIBTEST_HARNESS)
LDLIBS_$(1) := -lmnl
$(B)/selftests/lib/$(1): $(call objs,$(addprefix selftests/lib/,$(1).c dgram.c fake.c script.c)) \
		$(B)/libvigil.a
	$$(link)
endef
$(foreach name,$(LIBTEST_UNITS),$(eval $(call libtest_unit,$(name))))

# The tests of what the library shows are linked with the shared object, and find it beside them.
LIBTEST_GUESTS := storms armed \
	$(addprefix symbols_,handle watch events beat keeper lease blackbox)

VM_PROGS += $(addprefix $(B)/selftests/lib/,$(LIBTEST_GUESTS))

CPPFLAGS_selftests/lib/guest := -DVIGIL_BUILD_DIR='"$(abspath build)"'
define libtest_guest
CPPFLAGS_selftests/lib/$(1) := $(LIBTEST_HARNESS)
LDLIBS_$(1) := $(B)/libvigil.so -Wl,-rpath,'$$$$ORIGIN/../..' -pthread
$(B)/selftests/lib/$(1): $(call objs,$(addprefix selftests/lib/,$(1).c guest.c)) \
		$(B)/libvigil.so $(B)/$(LIBVIGIL_SONAME)
	$$(link)
endef
$(foreach name,$(LIBTEST_GUESTS),$(eval $(call libtest_guest,$(name))))

# The example is built and run as the programs above are.
VM_PROGS += $(B)/selftests/lib/example

$(B)/examples/watch: LDLIBS_watch := $(B)/libvigil.so -Wl,-rpath,'$$ORIGIN/..'
$(B)/examples/watch: $(call objs,examples/watch.c) $(B)/libvigil.so $(B)/$(LIBVIGIL_SONAME)
	$(link)

VM_PROGS += $(B)/examples/standby
$(B)/examples/standby: LDLIBS_standby := $(B)/libvigil.so -Wl,-rpath,'$$ORIGIN/..'
$(B)/examples/standby: $(call objs,examples/standby.c) $(B)/libvigil.so $(B)/$(LIBVIGIL_SONAME)
	$(link)

$(B)/selftests/lib/example: selftests/lib/example $(B)/examples/watch
	@mkdir -p $(@D)
	install -m 755 $< $@

# make fuzz-lib FUZZ_SECONDS=n: needs clang-14 and its libFuzzer.
FUZZ_SECONDS ?= 60
FUZZ_CC ?= clang-14
FUZZ_LIB := selftests/lib/fuzz_parse.c $(addprefix user/lib/,attr.c parse.c parse_ctrl.c \
	parse_keeper.c parse_lease.c parse_watchdog.c)

$(B)/selftests/lib/fuzz_parse: $(FUZZ_LIB) $(addprefix user/lib/,attr.h bounds.h parse.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $(FUZZ_LIB) -lmnl

.PHONY: fuzz-lib
fuzz-lib: $(B)/selftests/lib/fuzz_parse
	@mkdir -p $(B)/fuzz/lib
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=2048 \
		-artifact_prefix=$(B)/fuzz/ $(B)/fuzz/lib
