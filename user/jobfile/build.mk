# SPDX-License-Identifier: GPL-2.0
# The job file parser, shared by vigild and `vigil check`.
