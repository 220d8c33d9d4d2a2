# SPDX-License-Identifier: GPL-2.0
# Completion of vigil(1) for bash.

_vigil_commands='status start stop restart reload events watch check stats help'

# The options that a command takes.
_vigil_options() {
	case $1 in
	status) echo '-o --output --socket -h --help' ;;
	start | stop | restart | reload) echo '--socket -h --help' ;;
	events) echo '-f --follow --since -o --output -h --help' ;;
	watch) echo '-o --output -h --help' ;;
	stats) echo '-o --output -h --help' ;;
	check | help) echo '-h --help' ;;
	*) echo '--socket -h --help -V --version' ;;
	esac
}

# The names of the jobs, if vigild can be asked. A name needs no quoting, and stands on a line of its own.
_vigil_jobs() {
	"${COMP_WORDS[0]}" "$@" status -o json 2>/dev/null |
		sed -n 's/^ *"name": "\([A-Za-z0-9._-]*\)",\{0,1\}$/\1/p'
}

_vigil() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' socket=() i

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--socket) [ $((i + 1)) -lt "$COMP_CWORD" ] && socket=(--socket "${COMP_WORDS[i + 1]}"); i=$((i + 1)) ;;
		-o | --output | --since) i=$((i + 1)) ;;
		-*) ;;
		*) [ -n "$command" ] || command=${COMP_WORDS[i]} ;;
		esac
	done

	COMPREPLY=()
	case $prev in
	-o | --output) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur"); return ;;
	--since) mapfile -t COMPREPLY < <(compgen -W 'now' -- "$cur"); return ;;
	--socket) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_vigil_options "$command")" -- "$cur")
		return
	fi
	case $command in
	'') mapfile -t COMPREPLY < <(compgen -W "$_vigil_commands" -- "$cur") ;;
	help) mapfile -t COMPREPLY < <(compgen -W "$_vigil_commands" -- "$cur") ;;
	status | start | stop | restart)
		mapfile -t COMPREPLY < <(compgen -W "$(_vigil_jobs "${socket[@]}")" -- "$cur") ;;
	watch) mapfile -t COMPREPLY < <(cd /proc && compgen -G '[0-9]*' -- | grep -- "^$cur") ;;
	check) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}

complete -F _vigil vigil
