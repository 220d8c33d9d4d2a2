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
KREL = $(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null)
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

.PHONY: module
module:
	@scripts/build-module "$(KDIR)" "$(B)"

.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

.PHONY: clean
clean:
	rm -rf $(B)

## make                  build vigil.ko, libvigil, vigild and vigil under build/
## make KDIR=DIR         ... the module against the kernel headers in DIR
## make clean            remove build/
