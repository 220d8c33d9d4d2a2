# SPDX-License-Identifier: GPL-2.0
# For people: every command of the project. The module's objects are listed in Kbuild.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

VERSION := 0.1.0
B := build

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
AR := $(if $(filter default,$(origin AR)),ar,$(AR))
CFLAGS ?= -O2 -g
CPPFLAGS_ALL := -D_GNU_SOURCE -DVIGIL_VERSION='"$(VERSION)"' -Iinclude -Iinclude/uapi -I.
CFLAGS_ALL := -std=gnu11 -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes \
	-Wshadow -fno-common $(CFLAGS) $(SANITIZE)

PREFIX ?= /usr
SBINDIR ?= $(PREFIX)/sbin
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib/x86_64-linux-gnu
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions

# The release built against: KDIR= for another, else the newest headers installed.
KDIR ?= $(shell ls -d /lib/modules/*/build 2>/dev/null | sort -V | tail -n 1)
KREL = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
KMOD = $(B)/kmod/$(KREL)

.PHONY: all
all: module user

# Fragments add to these lists; each lists its sources, none globs.
LIBS :=		# libraries
PROGS :=	# programs
MANPAGES :=	# Documentation/man/NAME.N.scd
UNIT_TESTS :=	# test programs that run on the host and print KTAP
VM_PROGS :=	# test programs that run in the guest

# $(call objs,SOURCES): the objects of listed sources. Prerequisites are expanded where they
# stand, so it comes before the fragments.
objs = $(patsubst %.c,$(B)/obj/%.o,$(1))
pc = $(shell pkg-config $(1) $(2))

include user/base/build.mk
include user/lib/build.mk
include user/wire/build.mk
include user/core/build.mk
include user/jobfile/build.mk
include user/agent/build.mk
include user/ctl/build.mk
include selftests/build.mk
include scripts/lint.mk

.PHONY: user
user: $(LIBS) $(PROGS)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CPPFLAGS_$(basename $<)) $(CFLAGS_ALL) -fPIC -MMD -MP -c -o $@ $<

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

$(B)/%.a:
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

# A program is its listed prerequisites, linked with its LDLIBS_<name>.
link = @mkdir -p $(@D); $(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LDLIBS_$(notdir $@))

KERNEL_FILES := Kbuild scripts/build-module \
	$(wildcard kernel/*.[ch] kernel/compat/*.[ch] include/uapi/linux/*.h)

.PHONY: module
module: $(KMOD)/vigil.ko

$(KMOD)/vigil.ko: $(KERNEL_FILES)
	+scripts/build-module "$(KDIR)" "$(B)"
	@touch $@

# The same module for each kernel that the VM runner boots.
.PHONY: modules-vm
modules-vm:
	+@for k in 6.1 6.12; do \
		kdir=$$(scripts/kernels $$k | sed -n 's/^headers=//p') && \
		scripts/build-module "$$kdir" "$(B)" && \
		scripts/build-module --from selftests/vm/wedge "$$kdir" "$(B)" || exit 1; \
	done

# For the debug kernel, and the module of bugs that it must find.
.PHONY: debug-module-vm
debug-module-vm:
	+@kdir=$$(scripts/debug-kernel | sed -n 's/^headers=//p') && \
		scripts/build-module "$$kdir" "$(B)" && \
		scripts/build-module --from selftests/vm/faults "$$kdir" "$(B)"

.PHONY: tests
tests: $(UNIT_TESTS) $(VM_PROGS)

MAN_BUILT = $(patsubst Documentation/man/%.scd,$(B)/man/%,$(MANPAGES))

.PHONY: man
man: $(MAN_BUILT)

$(B)/man/%: Documentation/man/%.scd
	@mkdir -p $(@D)
	scdoc <$< >$@ || { rm -f $@; exit 1; }

.PHONY: deps
deps:
	@scripts/deps

.PHONY: check
check: deps
	@scripts/check

.PHONY: check-debug
check-debug: deps
	@scripts/check --debug

.PHONY: demo
demo: deps
	@$(MAKE) --no-print-directory -s all modules-vm
	@selftests/vm/run --no-module --timeout 600 -- selftests/demo/run

.PHONY: vm
vm: deps
	@$(MAKE) --no-print-directory -s all modules-vm
	@selftests/vm/run --interactive

.PHONY: bench
bench:
	@scripts/deps --bench
	@$(MAKE) --no-print-directory -s all modules-vm tests
	@selftests/bench/run

# make soak MINUTES=n [DEBUG=1]
MINUTES ?= 10

.PHONY: soak
soak: deps
	@$(MAKE) --no-print-directory -s all tests $(if $(DEBUG),debug-module-vm,modules-vm)
	@selftests/fuzz/soak $(MINUTES) $(if $(DEBUG),--debug)

# make random OPERATIONS=n [SEED=n]
OPERATIONS ?= 50000
ASAN := -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all

.PHONY: random
random: deps
	@$(MAKE) --no-print-directory -s B=$(B)/asan SANITIZE='$(ASAN)' user tests
	@selftests/agent/random --build $(B)/asan --operations $(OPERATIONS) $(if $(SEED),--seed $(SEED))

# make sim SEED=n | SEEDS=a..b [NODES=n] [LEVELS=n] [CLOCKS=1]
SIM_OPTIONS = $(if $(NODES),--nodes $(NODES)) $(if $(LEVELS),--levels $(LEVELS)) $(if $(CLOCKS),--clocks)

.PHONY: sim
sim:
	@$(MAKE) --no-print-directory -s $(B)/selftests/sim/sim
	@$(B)/selftests/sim/sim $(SIM_OPTIONS) $(if $(SEEDS),seeds $(subst .., ,$(SEEDS)),seed $(or $(SEED),1))

INSTALL = install
MAN_SECTION = $(MANDIR)/man$(lastword $(subst ., ,$(1)))

.PHONY: install
install: all man
	$(INSTALL) -D -m 0755 $(B)/vigild $(DESTDIR)$(SBINDIR)/vigild
	$(INSTALL) -D -m 0755 $(B)/vigil $(DESTDIR)$(BINDIR)/vigil
	$(INSTALL) -D -m 0644 $(B)/libvigil.a $(DESTDIR)$(LIBDIR)/libvigil.a
	$(INSTALL) -D -m 0644 $(B)/libvigil.so $(DESTDIR)$(LIBDIR)/libvigil.so.0
	ln -sf libvigil.so.0 $(DESTDIR)$(LIBDIR)/libvigil.so
	$(INSTALL) -D -m 0644 $(B)/vigil.pc $(DESTDIR)$(LIBDIR)/pkgconfig/vigil.pc
	$(foreach h,$(LIBVIGIL_HEADERS),$(INSTALL) -D -m 0644 $(h) $(DESTDIR)$(INCLUDEDIR)/vigil/$(notdir $(h));)
	$(INSTALL) -D -m 0644 include/uapi/linux/vigil.h $(DESTDIR)$(INCLUDEDIR)/linux/vigil.h
	$(INSTALL) -D -m 0644 user/ctl/completion.bash $(DESTDIR)$(COMPLETIONDIR)/vigil
	$(INSTALL) -D -m 0644 $(KMOD)/vigil.ko $(DESTDIR)/lib/modules/$(KREL)/updates/vigil.ko
	$(foreach m,$(MAN_BUILT),$(INSTALL) -D -m 0644 $(m) \
		$(DESTDIR)$(call MAN_SECTION,$(m))/$(notdir $(m));)
	$(if $(DESTDIR),,depmod $(KREL); ldconfig)

.PHONY: help
help:
	@sed -n 's/^## \{0,1\}//p' $(MAKEFILE_LIST)

.PHONY: clean
clean:
	rm -rf $(B)

## make                  build vigil.ko, libvigil, vigild and vigil under build/
## make KDIR=DIR         ... the module against the kernel headers in DIR
## make CC=clang         ... userspace with another compiler
## make demo             see it work, in a virtual machine
## make check            every test; installs what it needs (scripts/deps)
## make check-debug      the tests in a VM whose kernel has KASAN, lockdep and kmemleak
## make lint             the checks that need no kernel to run
## make bench            side by side with its peers, in a virtual machine
## make soak MINUTES=n   stress and fuzz the module for so long, in virtual machines; DEBUG=1: on the debug kernel
## make random OPERATIONS=n  random operations on vigild and its jobs, beside a model; SEED=n repeats them
## make sim SEED=n       one run of the tree's simulator, with its trace; SEEDS=a..b searches; NODES= LEVELS= CLOCKS=1
## make vm               a shell in a virtual machine with the module loaded
## make install          ... DESTDIR= PREFIX=; the module goes to lib/modules/
## make clean            remove build/
