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

a_timeout_fails() {
	status_of run --timeout 3 sleep 1000
	[ "$status" -eq 124 ] && said 'no end after 3 s' && nothing_left
}

# The exit status of a runner that got SIGTERM once its guest was at work.
terminated() {
	mkfifo "$dir/ready"
	"$here/run" --timeout 60 sh -c 'echo ready; exec sleep 1000' >"$dir/ready" 2>"$dir/stderr" &
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

# With the signals of a terminal, whatever this script's own parent ignores.
ctrl_c_at_work_leaves_nothing() {
	status_of "$here/ctrl-c" ready '' "$here/run" --timeout 60 sh -c 'echo ready; exec sleep 1000' 2>"$dir/stderr"
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
		sh -c 'ip -brief link show eth0 && echo ready; exec sleep 1000' 2>"$dir/stderr"
	[ "$status" -eq 130 ] && [ "$(cut -d ' ' -f 1 "$dir/stdout")" = $'lo\nvm' ] && nothing_left
}

tests='
two_at_once_return_each_its_status_and_output
arguments_arrive_and_only_out_is_written
a_panic_fails
a_warning_fails_though_the_command_succeeds
a_taint_fails_though_the_command_succeeds
an_end_without_a_result_fails
a_timeout_fails
sigterm_leaves_nothing
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
