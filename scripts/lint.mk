# SPDX-License-Identifier: GPL-2.0
# make lint: every check that needs no kernel to run.

.PHONY: lint
lint: user
	@scripts/lint
