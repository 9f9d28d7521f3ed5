#!/usr/bin/env bats
# The completions, loaded by the shells that they are for. What is offered comes from a home of the test's own.
load helper

setup() {
	helper_setup
	completions=$(realpath "$BATS_TEST_DIRNAME/../../completions")
	export HOME=$DIR/home
	mkdir -p "$HOME/.ssh"
	# shellcheck disable=SC2016 # it must not be expanded, by nobody
	printf '%s ssh-ed25519 AAAA\n' 'known.example,[other.example]:2222' '|1|hashed=' '$(touch${IFS}expanded)' >"$HOME/.ssh/known_hosts"
	echo content >"$DIR/file.trace"
}

# What bash offers for WORDS..., the last of which is being completed; readline has split them.
in_bash() {
	# shellcheck disable=SC2016 # for the inner shell
	timeout 10 bash --norc --noprofile -c '
		source "$1" || exit
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		function=$(complete -p handset | sed "s/.*-F \([^ ]*\).*/\1/")
		"$function" handset "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/handset.bash" "$@" >offered
}

# What an interactive zsh offers for LINE: what its completion hands to compadd and fits.
in_zsh() {
	cat >zpty.zsh <<-'EOF'
		zmodload zsh/zpty
		zpty shell zsh -f -i
		zpty -w shell "
			PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $PWD/dump
			zstyle ':completion:*:hosts' hosts known.example
			bindkey '^I' complete-word; LISTMAX=1000
			zle_finish() { print -rl -- FINISHED; exit }; zle -N zle_finish; bindkey '^X' zle_finish
			compadd() {
				local -a offered; builtin compadd -O offered \"\$@\"
				print -rl -- \"\${offered[@]}\" >>$PWD/offered
				builtin compadd \"\$@\"
			}"
		zpty -w shell "print -r READ\\Y"
		zpty -r shell text '*READY*'
		zpty -w -n shell "$2"$'\t'
		zpty -w -n shell $'\x18'
		zpty -r shell text '*FINISHED*'
		zpty -d shell
	EOF
	: >offered
	timeout 20 zsh -f zpty.zsh "$completions" "$1" >/dev/null 2>&1 || :
}

# What fish offers for LINE.
in_fish() {
	# shellcheck disable=SC2016 # for the inner shell
	timeout 10 fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$completions/handset.fish" "$1" | cut -f 1 >offered
}

offers() {
	local word
	for word; do
		expect_line offered "$word" || return
	done
}

@test "bash offers every long option, without bash-completion" {
	in_bash handset --
	expect_equal 'the options offered' "$(sort offered)" "$("$HANDSET" --dump-options | awk '$1 != "-" { print "--" $1 }' | sort)"
}

@test "bash completes an option that is begun" {
	in_bash handset --trace-
	expect_equal offered "$(cat offered)" --trace-file
}

@test "bash offers the forms of the trace, behind a space and behind =" {
	in_bash handset --trace ''
	expect_equal offered "$(xargs <offered)" 'chrome json strace text'
	in_bash handset --trace = j
	expect_equal offered "$(cat offered)" json
}

@test "bash offers the topics of --help" {
	for words in '--help =' '--help = t' '--help t' '-h t'; do
		# shellcheck disable=SC2086 # words
		in_bash handset $words
		offers time trace
	done
}

@test "bash offers the values of a letter, alone and at the end of a cluster" {
	in_bash handset -T af1
	offers af11 af12 af13
	in_bash handset -vT low
	offers lowdelay lowcost
}

@test "bash offers interfaces and kinds of congestion control that are there" {
	in_bash handset --interface ''
	offers lo
	in_bash handset --congestion ''
	offers "$(cut -d ' ' -f 1 /proc/sys/net/ipv4/tcp_available_congestion_control)"
}

@test "bash offers hosts, then services, and expands neither" {
	in_bash handset -v ''
	offers localhost known.example other.example
	[ ! -e expanded ]
	in_bash handset known.example htt
	offers http https
	in_bash handset known.example : htt
	offers http https
	in_bash handset -w 3 known.example http ''
	expect_equal offered "$(cat offered)" ''
}

@test "bash offers files for a Unix socket and for the trace" {
	in_bash handset -lU file.
	offers file.trace
	in_bash handset --trace-file file.
	offers file.trace
}

@test "bash finds the completion by the name under which it is installed" {
	[ -f /usr/share/bash-completion/bash_completion ] || skip 'bash-completion is not installed'
	mkdir -p data/bash-completion/completions
	cp "$completions/handset.bash" data/bash-completion/completions/handset
	# In a session of its own: an interactive shell wants the terminal, and would be stopped for it (SIGTTOU).
	# shellcheck disable=SC2016 # for the inner shell
	BASH_COMPLETION_USER_DIR=$PWD/data/bash-completion setsid -w timeout 10 bash --norc --noprofile -ic '
		. /usr/share/bash-completion/bash_completion
		_completion_loader handset 2>/dev/null || _comp_load handset
		complete -p handset' >loaded 2>/dev/null || :
	expect_line loaded 'complete -F _handset handset'
}

@test "zsh offers every option" {
	needs zsh
	in_zsh 'handset --'
	offers --listen --trace-file --keep-open --wait --version
}

@test "zsh offers the forms of the trace, the types of service and interfaces" {
	needs zsh
	in_zsh 'handset --trace '
	offers text json strace
	in_zsh 'handset -T a'
	offers af11 af43
	in_zsh 'handset --interface '
	offers lo
	in_zsh 'handset --congestion '
	offers "$(cut -d ' ' -f 1 /proc/sys/net/ipv4/tcp_available_congestion_control)"
}

@test "zsh offers the topics of --help" {
	needs zsh
	in_zsh 'handset --help='
	offers mode time trace all
}

@test "zsh offers hosts, then services, and files for a Unix socket" {
	needs zsh
	in_zsh 'handset -v known'
	offers known.example
	in_zsh 'handset known.example htt'
	offers http https
	in_zsh 'handset -l -U file'
	offers file.trace
}

@test "fish offers every long option" {
	needs fish
	in_fish 'handset --'
	expect_equal 'the options offered' "$(sed 's/=$//' offered | sort -u)" \
		"$("$HANDSET" --dump-options | awk '$1 != "-" { print "--" $1 }' | sort)"
}

@test "fish offers values: forms, types of service, interfaces, congestion control" {
	needs fish
	in_fish 'handset --trace '
	expect_equal offered "$(sort offered | xargs)" 'chrome json strace text'
	in_fish 'handset -T af1'
	offers af11 af12 af13
	in_fish 'handset --interface '
	offers lo
	in_fish 'handset --congestion '
	offers "$(cut -d ' ' -f 1 /proc/sys/net/ipv4/tcp_available_congestion_control)"
}

@test "fish offers the topics of --help" {
	needs fish
	in_fish 'handset --help='
	offers --help=mode --help=time --help=trace --help=all
}

@test "fish offers hosts, then services, and files for a Unix socket" {
	needs fish
	in_fish 'handset -w 3 known'
	offers known.example
	in_fish 'handset known.example htt'
	offers http https
	in_fish 'handset -U file'
	offers file.trace
}
