/* SPDX-License-Identifier: GPL-2.0 */
/* Messages drawn at random, each field within its bounds. */
#ifndef SELFTESTS_WIRE_MAKE_H
#define SELFTESTS_WIRE_MAKE_H

#include "selftests/fuzz/random.h"
#include "user/wire/wire.h"

/** make_message - of that type; nothing is left unset that its bytes have. */
void make_message(struct rng *r, enum wire_type type, struct wire_msg *m);

#endif /* SELFTESTS_WIRE_MAKE_H */
