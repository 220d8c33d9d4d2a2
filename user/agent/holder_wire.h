/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What vigild and its holder say to each other: packets on a Unix socket, RUN/holder.
 *
 * A packet is one letter and a key, which may be any text. An older holder may serve a newer
 * vigild: letters are added, never changed, and an unknown one is passed over.
 */
#ifndef VIGIL_AGENT_HOLDER_WIRE_H
#define VIGIL_AGENT_HOLDER_WIRE_H

enum holder_letter {
	HOLDER_STORE = 'S',	/* key, with its descriptor; replaces the one that was there */
	HOLDER_REMOVE = 'R',	/* key */
	HOLDER_LIST = 'L',	/* no key; answered by messages, an entry for each key, then the end */
	HOLDER_HEARD = 'H',	/* no key: the messages that were listed have been obeyed */
	HOLDER_ENTRY = 'E',	/* from the holder: key, with a copy of its descriptor */
	HOLDER_MESSAGE = 'M',	/* from the holder: sender's process ID, a new line, what it notified */
	HOLDER_END = '.',	/* from the holder: no key */
	HOLDER_FULL = 'F',	/* from the holder: this key was not stored */
};

/* Under this key is a socket of sd_notify(3), which the holder reads while no vigild is connected. */
#define HOLDER_NOTIFY_KEY "notify"

/* The holder's own socket, in the run directory. */
#define HOLDER_SOCKET "holder"

enum {
	HOLDER_KEY_MAX = 200,		/* bytes */
	HOLDER_MESSAGES_MAX = 4096,
	HOLDER_MESSAGE_FDS_MAX = 512,	/* with all of them together */
	HOLDER_FDS_SPARE = 1024,	/* that no stored descriptor takes: the holder must go on to hear */
	HOLDER_MESSAGE_MAX = 16 + 4096,	/* bytes of such a packet */
	HOLDER_ITEMS_MAX = 65536,	/* fewer if descriptors are limited to less */
	HOLDER_PACKET_MAX = 1 + HOLDER_KEY_MAX,
	HOLDER_LOOK_MS = 1000,		/* at its own name, while nobody is connected */
	HOLDER_LISTENER_FD = 3,		/* what the holder is started with */
};

#endif /* VIGIL_AGENT_HOLDER_WIRE_H */
