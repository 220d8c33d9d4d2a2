/* SPDX-License-Identifier: GPL-2.0 */
/* The control connection. */
#ifndef VNL_HANDLE_H
#define VNL_HANDLE_H

#include <vigil/vigil.h>

#include "user/lib/conn.h"
#include "user/lib/request.h"

/**
 * struct vigil - a control connection to vigil.ko.
 * @ctl: makes and ends watches; transient watches hang on its socket, so it is never reopened
 * @dump: lists
 * @family: vigil.ko's number, which changes when the module is loaded again
 */
struct vigil {
	struct vnl_conn ctl;
	struct vnl_conn dump;
	uint16_t family;
	char error[VNL_ERROR_BYTES];
};

/** vnl_handle_open - vigil_open() on any kind of socket. */
int vnl_handle_open(const struct vnl_socket_ops *ops, struct vigil **out);

/** vnl_handle_do - vnl_do() with vigil.ko, even if it was loaded again since the last call. */
int vnl_handle_do(struct vigil *v, union vnl_request *rq, vnl_parse_fn parse, void *out);

/** vnl_handle_renew - find vigil.ko's number again. Return: 0; as vnl_family_vigil(). */
int vnl_handle_renew(struct vigil *v);

#endif /* VNL_HANDLE_H */
