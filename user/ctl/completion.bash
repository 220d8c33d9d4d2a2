# SPDX-License-Identifier: GPL-2.0
# Completion of vigil(1) for bash.

_vigil_commands='status start stop restart plan reload upgrade logs events watch check why stats kernel keeper watchdog lease blackbox help'

# The options that a command takes.
_vigil_options() {
	case $1 in
	status) echo '-o --output --socket -h --help' ;;
	plan) echo '-o --output --socket -h --help' ;;
	reload) echo '-n --dry-run --plan -o --output --socket -h --help' ;;
	start | stop | restart | upgrade) echo '--socket -h --help' ;;
	logs) echo '-f --follow -n --lines --since --dir -o --output --socket -h --help' ;;
	events) echo '-f --follow --since -o --output -h --help' ;;
	watch) echo '--dying --tree --deadline --on-hang -o --output -h --help' ;;
	why) echo '-a --all -o --output --socket -h --help' ;;
	stats) echo '-o --output --socket -h --help' ;;
	kernel | keeper | lease) echo '-o --output -h --help' ;;
	blackbox) echo '--now -o --output -h --help' ;;
	watchdog) echo '--device --timeout --grace -o --output -h --help' ;;
	check | help) echo '-h --help' ;;
	*) echo '--socket -h --help -V --version' ;;
	esac
}

# The names of the jobs, if vigild can be asked; of instances their template's, since bash takes a word apart
# at "@". A name needs no quoting, and stands on a line of its own.
_vigil_jobs() {
	"${COMP_WORDS[0]}" "$@" status -o json 2>/dev/null |
		sed -n 's/^ *"name": "\([A-Za-z0-9._-]*\)\(@[^"]*\)\{0,1\}",\{0,1\}$/\1/p' | sort -u
}

_vigil() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' socket=() i

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--socket) [ $((i + 1)) -lt "$COMP_CWORD" ] && socket=(--socket "${COMP_WORDS[i + 1]}"); i=$((i + 1)) ;;
		-n) [ "$command" = reload ] || i=$((i + 1)) ;;
		-o | --output | --lines | --plan | --since | --dir | --device | --timeout | --grace | --deadline | --on-hang) i=$((i + 1)) ;;
		-*) ;;
		*) [ -n "$command" ] || command=${COMP_WORDS[i]} ;;
		esac
	done

	COMPREPLY=()
	case $prev in
	-o | --output) mapfile -t COMPREPLY < <(compgen -W "text json$([ "$command" = stats ] && echo ' csv')" -- "$cur"); return ;;
	--deadline) mapfile -t COMPREPLY < <(compgen -W '500ms 2s 10s 1m' -- "$cur"); return ;;
	--on-hang) mapfile -t COMPREPLY < <(compgen -W 'none signal kill' -- "$cur"); return ;;
	--since) mapfile -t COMPREPLY < <(compgen -W 'now' -- "$cur"); return ;;
	--device) mapfile -t COMPREPLY < <(compgen -G '/dev/watchdog[0-9]*' | grep -- "^$cur"); return ;;
	--dir) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	-n) [ "$command" = reload ] || return ;;
	--lines | --plan | --timeout | --grace) return ;;
	--socket) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_vigil_options "$command")" -- "$cur")
		return
	fi
	case $command in
	'') mapfile -t COMPREPLY < <(compgen -W "$_vigil_commands" -- "$cur") ;;
	help) mapfile -t COMPREPLY < <(compgen -W "$_vigil_commands" -- "$cur") ;;
	lease) mapfile -t COMPREPLY < <(compgen -W 'list status new renew bind unbind fence del' -- "$cur") ;;
	status | start | stop | restart | reload | logs | why | stats)
		mapfile -t COMPREPLY < <(compgen -W "$(_vigil_jobs "${socket[@]}")" -- "$cur") ;;
	keeper) mapfile -t COMPREPLY < <(compgen -W 'status resign' -- "$cur") ;;
	watchdog) mapfile -t COMPREPLY < <(compgen -W 'arm disarm status' -- "$cur") ;;
	watch) mapfile -t COMPREPLY < <(cd /proc && compgen -G '[0-9]*' -- | grep -- "^$cur") ;;
	check | blackbox) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}

complete -F _vigil vigil
