#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Prove that selftests/vm/run tells success from every kind of failure, and leaves nothing behind.
# shellcheck disable=SC2016,SC2317 # what the guest expands; functions called by name
set -eu

# Job control, so that the runners in the background have process groups of their own.
set -m

here=$(cd "$(dirname "$0")" && pwd -P)
dir=$(mktemp -d)
# A runner's temporary files, and thereby its QEMU's arguments, are found under here.
export TMPDIR=$dir/tmp VIGIL_NO_INSMOD=1
mkdir "$TMPDIR"
echo "$TMPDIR" >"$dir/pattern"
trap 'rm -rf "$dir"' EXIT

run() {
	"$here/run" --timeout 60 "$@" 2>"$dir/stderr"
}

# status_of COMMAND...: its exit status, as $status.
status_of() {
	status=0
	"$@" >"$dir/stdout" || status=$?
}

said() {
	grep -qF -e "$1" "$dir/stderr"
}

# The pattern comes from a file, or grep might find itself.
nothing_left() {
	[ -z "$(ls "$TMPDIR")" ] && ! grep -qsF -f "$dir/pattern" /proc/[0-9]*/cmdline
}

two_at_once_return_each_its_status_and_output() {
	"$here/run" --timeout 60 sh -c 'echo first; echo again >/dev/stderr' >"$dir/first" 2>/dev/null &
	local first=$!
	status_of run --kernel 6.12 sh -c 'uname -r; exit 3'
	wait "$first" && [ "$status" -eq 3 ] && grep -q '^6\.12\.' "$dir/stdout" &&
		[ "$(cat "$dir/first")" = $'first\nagain' ]
}

# The guest prints its arguments and writes outside and inside /out.
arguments_arrive_and_only_out_is_written() {
	mkdir "$dir/out"
	export VIGIL_FILE=$dir/untouched
	status_of run --out "$dir/out" sh -c 'printf "<%s>" "$@" && mkdir -p "${VIGIL_FILE%/*}" &&
		echo >"$VIGIL_FILE" && pwd >/out/result' sh 'two words' '' "it's" '$HOME' $'new\nline'
	[ "$status" -eq 0 ] && [ "$(cat "$dir/stdout")" = "<two words><><it's><\$HOME><new"$'\n'"line>" ] &&
		[ ! -e "$VIGIL_FILE" ] && [ "$(cat "$dir/out/result")" = "$(cd "$here/../.." && pwd -P)" ]
}

a_panic_fails() {
	status_of run sh -c 'echo c >/proc/sysrq-trigger'
	[ "$status" -eq 125 ] && said 'Kernel panic'
}

a_warning_fails_though_the_command_succeeds() {
	status_of run sh -c 'echo "<4>WARNING: CPU: 0 PID: 1 at nowhere" >/dev/kmsg'
	[ "$status" -eq 125 ] && said 'WARNING: CPU: 0 PID: 1'
}

a_taint_fails_though_the_command_succeeds() {
	status_of run sh -c 'echo 64 >/proc/sys/kernel/tainted'
	[ "$status" -eq 125 ] && said 'tainted: 64'
}

an_end_without_a_result_fails() {
	status_of run busybox poweroff -f
	[ "$status" -eq 125 ] && said 'without a result'
}

# A watchdog that nobody pets.
a_reset_by_the_watchdog_has_a_status_of_its_own() {
	status_of run sh -c 'modprobe i6300esb heartbeat=1 && exec tail -f /dev/null >/dev/watchdog0'
	[ "$status" -eq 123 ] && said 'the watchdog reset the guest' && nothing_left
}

reboots_are_counted_and_told_apart() {
	status_of run --timeout 180 --reboots 2 sh -c 'echo "boot $VIGIL_BOOT"
		case $VIGIL_BOOT in
		1) echo c >/proc/sysrq-trigger ;;
		2) modprobe i6300esb heartbeat=1 && exec tail -f /dev/null >/dev/watchdog0 ;;
		3) exit 7 ;;
		esac'
	[ "$status" -eq 7 ] && [ "$(cat "$dir/stdout")" = $'boot 1\nboot 2\nboot 3' ] &&
		[ "$(cat "$dir/stderr")" = $'vm: the guest reset itself\nvm: the watchdog reset the guest' ]
}

a_reboot_too_many_fails() {
	status_of run --timeout 120 --reboots 1 sh -c 'busybox reboot -f'
	[ "$status" -eq 125 ] && said 'vm init failed: this is boot 3'
}

a_timeout_fails() {
	status_of run --timeout 3 tail -f /dev/null
	[ "$status" -eq 124 ] && said 'no end after 3 s' && nothing_left
}

# The exit status of a runner that got SIGTERM once its guest was at work.
terminated() {
	mkfifo "$dir/ready"
	"$here/run" --timeout 60 sh -c 'echo ready; exec tail -f /dev/null' >"$dir/ready" 2>"$dir/stderr" &
	read -r -t 60 <"$dir/ready"
	rm "$dir/ready"
	kill -TERM "$!"
	status=0
	wait $! || status=$?
}

sigterm_leaves_nothing() {
	terminated
	[ "$status" -eq 143 ] && nothing_left
}

# Both guests are at work when their suite has told so. The table lies where the guests see it, too.
sigterm_to_the_check_leaves_no_guest() {
	local kernel table
	table=$(mktemp -p "$here/../../build" table.XXXXXX)
	echo 'guest stall echo begun >>/out/begun; exec tail -f /dev/null' >"$table"
	(cd "$here/../.." && exec scripts/check --suites "build/${table##*/}") >"$dir/stdout" 2>"$dir/stderr" &
	for kernel in 6.1 6.12; do
		timeout 90 tail -n +1 -F "$table.logs/$kernel/begun" 2>/dev/null | grep -q begun || :
	done
	kill -TERM "$!"
	status=0
	wait $! || status=$?
	rm -rf "$table" "$table.logs"
	[ "$status" -eq 143 ] && nothing_left
}

# check_of TABLE: scripts/check with suites of its own, which count their runs in $dir.
check_of() {
	local table
	table=$(mktemp -p "$here/../../build" table.XXXXXX)
	cat >"$table"
	status=0
	(cd "$here/../.." && scripts/check --suites "build/${table##*/}") >"$dir/stdout" 2>"$dir/stderr" || status=$?
	cat "$dir/stdout" >>"$dir/stderr"
	rm -rf "$table" "$table.logs"
}

a_suite_that_fails_once_is_run_again_and_told() {
	check_of <<-TXT
		host once   echo >>$dir/once; [ \$(wc -l <$dir/once) = 2 ] && echo ok 1 second || { echo not ok 1 first; exit 1; }
		boots fine  echo ok 1 fine
		guest inner echo ok 1 inner
	TXT
	[ "$status" -eq 0 ] && said '# passed only when run once more:' && said '# once: not ok 1 first' &&
		said '4 passed, 0 failed, 0 skipped'
}

a_suite_that_fails_again_fails() {
	check_of <<-TXT
		host fine  echo ok 1 fine
		boots bad  echo >>$dir/bad; echo not ok 1 bad; exit 1
	TXT
	[ "$status" -eq 1 ] && [ "$(wc -l <"$dir/bad")" = 2 ] && said '# bad: not ok 1 bad' &&
		said '1 passed, 1 failed, 0 skipped'
}

# What the emulation does now and then; a second guest does not run what the first has done.
a_guest_that_dies_of_the_emulation_is_gone_on_from() {
	check_of <<-TXT
		guest before  echo ok 1 before
		guest after   [ ! -e /out/before.status ] || { printf '<4>Oops: int3: 0000\\\\n<4>Code: 90 0f <1f> 44\\\\n' >/dev/kmsg; busybox poweroff -f; }; echo ok 1 after
	TXT
	[ "$status" -eq 0 ] && said 'died of the emulation' && said '4 passed, 0 failed, 0 skipped'
}

# The kernel is not given a second chance.
a_kernel_that_warned_is_not_run_again() {
	check_of <<-TXT
		guest warned echo '<4>WARNING: CPU: 0 PID: 1 at nowhere' >/dev/kmsg; echo not ok 1 warned; exit 1
	TXT
	[ "$status" -eq 1 ] && ! said 'is run once more' && said '0 passed, 4 failed, 0 skipped'
}

# With the signals of a terminal, whatever this script's own parent ignores.
ctrl_c_at_work_leaves_nothing() {
	status_of "$here/ctrl-c" ready '' "$here/run" --timeout 60 sh -c 'echo ready; exec tail -f /dev/null' 2>"$dir/stderr"
	[ "$status" -eq 130 ] && said ready && nothing_left
}

ctrl_c_while_the_kernel_boots_leaves_nothing() {
	mkfifo "$dir/console"
	status_of "$here/ctrl-c" 'Linux version' "$dir/console" \
		"$here/run" --timeout 60 --log "$dir/console" echo ready 2>"$dir/stderr"
	[ "$status" -eq 130 ] && ! said ready && nothing_left
}

# The bridge is in a network namespace of its own, with no other test's interfaces.
ctrl_c_leaves_no_tap() {
	status_of unshare --net sh -c 'ip link add vm type bridge && ip link set vm up && "$@"
		status=$?; ip -brief link; exit $status' sh \
		"$here/ctrl-c" ready '' "$here/run" --timeout 60 --net vm \
		sh -c 'ip -brief link show eth0 && echo ready; exec tail -f /dev/null' 2>"$dir/stderr"
	[ "$status" -eq 130 ] && [ "$(cut -d ' ' -f 1 "$dir/stdout")" = $'lo\nvm' ] && nothing_left
}

tests='
two_at_once_return_each_its_status_and_output
arguments_arrive_and_only_out_is_written
a_panic_fails
a_warning_fails_though_the_command_succeeds
a_taint_fails_though_the_command_succeeds
an_end_without_a_result_fails
a_reset_by_the_watchdog_has_a_status_of_its_own
reboots_are_counted_and_told_apart
a_reboot_too_many_fails
a_timeout_fails
sigterm_leaves_nothing
sigterm_to_the_check_leaves_no_guest
a_suite_that_fails_once_is_run_again_and_told
a_suite_that_fails_again_fails
a_guest_that_dies_of_the_emulation_is_gone_on_from
a_kernel_that_warned_is_not_run_again
ctrl_c_at_work_leaves_nothing
ctrl_c_while_the_kernel_boots_leaves_nothing
ctrl_c_leaves_no_tap
'

echo "KTAP version 1"
echo "1..$(echo "$tests" | grep -c .)"
number=0 failed=0
for name in $tests; do
	number=$((number + 1))
	skipped=
	if "$name"; then
		echo "ok $number $name$skipped"
	else
		echo "not ok $number $name"
		tr -d '\r' <"$dir/stderr" | awk '{ print "# " $0 }'
		failed=1
	fi
done
exit $failed
