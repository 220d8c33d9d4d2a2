# SPDX-License-Identifier: GPL-2.0
# vigild, the host agent.
