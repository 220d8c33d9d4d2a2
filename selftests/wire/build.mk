# SPDX-License-Identifier: GPL-2.0
# The peer protocol, on the host.
UNIT_TESTS += $(B)/selftests/wire/test_wire
CPPFLAGS_selftests/wire/test_wire := $(LIBTEST_HARNESS)
$(B)/selftests/wire/test_wire: $(call objs,selftests/wire/test_wire.c selftests/wire/make.c) $(B)/libvigilwire.a
	$(link)

FUZZ_WIRE := selftests/wire/fuzz_wire.c $(WIRE_SRCS)

$(B)/selftests/wire/fuzz_wire: $(FUZZ_WIRE) $(wildcard user/wire/*.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $(FUZZ_WIRE)

# One of each message, as the fuzzer's corpus begins: build/selftests/wire/seeds DIR
$(B)/selftests/wire/seeds: $(call objs,selftests/wire/seeds.c selftests/wire/make.c) $(B)/libvigilwire.a
	$(link)
