# SPDX-License-Identifier: GPL-2.0
# The peer protocol's codec, pure: scripts/check-pure looks at these objects.
WIRE_SRCS := $(addprefix user/wire/,codec.c cursor.c value.c)

LIBS += $(B)/libvigilwire.a
$(B)/libvigilwire.a: $(call objs,$(WIRE_SRCS))
