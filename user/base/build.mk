# SPDX-License-Identifier: GPL-2.0
# Leaf helpers: they include nothing of the other folders of user/.
