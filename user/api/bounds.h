/* SPDX-License-Identifier: GPL-2.0 */
/* Every bound of the API. */
#ifndef VIGIL_API_BOUNDS_H
#define VIGIL_API_BOUNDS_H

enum api_bounds {
	API_CONNECTIONS_MAX = 128,	/* further ones wait to be accepted */
	API_CONNECTIONS_OF_ONE = 32,	/* of one user that may not do everything */
	API_CONNECTIONS_OF_STRANGERS = 8,
	API_CALLS_MAX = API_CONNECTIONS_MAX,	/* one at a time on each connection */
	API_MEMORY_MAX = 16384,		/* request line and headers, of each connection */
	API_BODY_MAX = 4096,
	API_NAME_MAX = 255,
	API_EVENTS_KEPT = 2048,		/* for followers that come back, or are slow */
	API_ADDRESS_MAX = 256,		/* of what is answered with 404 */
};

/* Times, in milliseconds. */
enum api_times {
	API_REQUEST_MS = 10000,		/* from the connection, or the answer before, to the whole request */
	API_ANSWER_MS = 30000,		/* for a client to take an answer */
	API_IDLE_MS = 10000,		/* ... in which nothing moves */
	API_HEARTBEAT_MS = 15000,	/* to followers: it shows who has gone */
	API_SWEEP_MS = 1000,		/* between two looks at who is late */
	API_END_MS = 2000,		/* for the last answers when vigild ends */
};

#endif /* VIGIL_API_BOUNDS_H */
