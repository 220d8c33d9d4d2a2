# SPDX-License-Identifier: GPL-2.0
# The logger, a role of vigild; the form of its files, for vigil too.
LIBS += $(B)/libvigillog.a
$(B)/libvigillog.a: $(call objs, $(addprefix user/log/, \
	bucket.c fifo.c forward.c line.c logger.c reader.c record.c ring.c rotate.c rules.c sink.c source.c \
	state.c writer.c))
