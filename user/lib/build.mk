# SPDX-License-Identifier: GPL-2.0
# libvigil: shared, static, and its pkg-config file.

LIBVIGIL_OBJS := $(call objs,$(addprefix user/lib/, \
	attr.c beat.c blackbox.c cause.c conn.c events.c family.c handle.c hang.c keeper.c lease.c list.c \
	parse.c parse_ctrl.c parse_keeper.c parse_lease.c parse_watchdog.c request.c role.c slot.c socket.c \
	subscribe.c walk.c watch.c watchdog.c))
LIBVIGIL_SONAME := libvigil.so.0
# What is installed: users include vigil.h, which includes the rest.
LIBVIGIL_HEADERS := $(addprefix include/vigil/,vigil.h \
	beat.h blackbox.h event.h handle.h keeper.h lease.h role.h watch.h watchdog.h)

LIBS += $(B)/libvigil.a $(B)/libvigil.so $(B)/$(LIBVIGIL_SONAME) $(B)/vigil.pc
MANPAGES += Documentation/man/libvigil.3.scd

$(B)/libvigil.a: $(LIBVIGIL_OBJS)

# The sanitizers' own symbols are found in the program only.
$(B)/libvigil.so: $(LIBVIGIL_OBJS) user/lib/vigil.map
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS) -shared -o $@ $(LIBVIGIL_OBJS) \
		-Wl,-soname,$(LIBVIGIL_SONAME) -Wl,--version-script=user/lib/vigil.map \
		$(if $(SANITIZE),,-Wl,-z,defs) -lmnl

# The name that a program linked with it looks for.
$(B)/$(LIBVIGIL_SONAME): $(B)/libvigil.so
	ln -sf libvigil.so $@

$(B)/vigil.pc: user/lib/vigil.pc.in Makefile
	@mkdir -p $(@D)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' $< >$@
