# SPDX-License-Identifier: GPL-2.0
# Every test; what runs where is listed in each suite.
include selftests/jobfile/build.mk
include selftests/lib/build.mk
