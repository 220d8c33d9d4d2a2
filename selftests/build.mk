# SPDX-License-Identifier: GPL-2.0
# Every test program; selftests/suites says what runs where.
include selftests/jobfile/build.mk
include selftests/lib/build.mk
include selftests/agent/build.mk
include selftests/log/build.mk
include selftests/ctl/build.mk
include selftests/kernel/build.mk
include selftests/bench/build.mk
include selftests/fuzz/build.mk
include selftests/core/build.mk
include selftests/sim/build.mk
include selftests/wire/build.mk
include selftests/stress/build.mk
