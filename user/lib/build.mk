# SPDX-License-Identifier: GPL-2.0
# libvigil: shared, static, and its pkg-config file.
