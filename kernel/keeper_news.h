/* SPDX-License-Identifier: GPL-2.0 */
/* Telling what has become of the keeper. */
#ifndef VIGIL_KEEPER_NEWS_H
#define VIGIL_KEEPER_NEWS_H

struct vigil_keeper_news;

void vigil_keeper_tell(const struct vigil_keeper_news *n);

#endif /* VIGIL_KEEPER_NEWS_H */
