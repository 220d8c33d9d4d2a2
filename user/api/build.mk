# SPDX-License-Identifier: GPL-2.0
# HTTP for vigild; what of it is vigild's own is in user/agent.
LIBS += $(B)/libvigilapi.a
$(B)/libvigilapi.a: $(call objs,$(addprefix user/api/, \
	answer.c conn.c events.c exchange.c openapi.c peer.c published.c route.c server.c stream.c))

# It carries its description with it.
$(call objs,user/api/openapi.c): Documentation/openapi.yaml
