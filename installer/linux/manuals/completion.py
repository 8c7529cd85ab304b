"""Completion for bash, zsh and fish, from the programs' help."""
import re


def function_name(path):
    return "_" + "_".join(path).replace("-", "_")


def quoted(text):
    """For a shell, within '...'."""
    return "'" + text.replace("'", "'\\''") + "'"


def inherited(program, command):
    """Options of the program work after its commands too."""
    own = {name for option in command.options for name in option.names}
    return command.options + [o for o in program.options if command is not program and not own & set(o.names)]


def words_of(command):
    """Each name of each command below, with its summary."""
    return [(name, below) for below in command.commands for name in [below.path[-1], *below.aliases]]


def spellings(command):
    """The words that lead to a command, with its aliases in the last place."""
    return [" ".join([*command.path[1:-1], name]) for name in [command.path[-1], *command.aliases]]


def header(comment, program):
    return f"{comment} Completion of {program.path[0]}, made from its help.\n"


def choices(option):
    """The words that its value may be, if the help lists them: as the kind of the value, or, of --signal, in the text."""
    if "|" in option.value:
        return option.value.removesuffix(" ...").split("|")
    listed = re.search(r": ((?:\w+, )+\w+) \(", option.help) if "--signal" in option.names else None
    return listed[1].split(", ") if listed else []


def aliases(program):
    """The names of NATS that lead to the program, and that its completion is for, too."""
    return {"midge": ["nats"], "midge-nsc": ["nsc"], "midged": ["nats-server"], "midge-account-server": ["nats-account-server"]}[program]


# ---- bash

def bash(program):
    name = function_name(program.path)
    below = [command for command in program.walk() if len(command.path) > 1]
    lines = [header("#", program) + f"{name}()", "{", '    local cur=${COMP_WORDS[COMP_CWORD]} path="" words="" options="" values="" i',
             '    local prev=${COMP_WORDS[COMP_CWORD-1]}', "    COMPREPLY=()"]
    lines += ['    if [[ $cur == "=" ]]; then', '        cur=""', '    elif [[ $prev == "=" && $COMP_CWORD -gt 1 ]]; then',
              "        prev=${COMP_WORDS[COMP_CWORD-2]}", "    fi"]
    if below:
        lines += ["    for ((i = 1; i < COMP_CWORD; i++)); do", '        case "${path:+$path }${COMP_WORDS[i]}" in']
        lines += [f"            {' | '.join(map(quoted, spellings(command)))}) path={quoted(' '.join(command.path[1:]))} ;;"
                  for command in below]
        lines += ["        esac", "    done"]
    lines.append('    case "$path" in')
    for command in program.walk():
        options = " ".join(name for option in inherited(program, command) for name in option.names)
        words = " ".join(word for word, _ in words_of(command))
        lines.append(f"        {quoted(' '.join(command.path[1:]))}) words={quoted(words)} options={quoted(options)} ;;")
    lines += ["    esac", '    case "$path $prev" in']
    for command in program.walk():
        for option in inherited(program, command):
            if choices(option):
                names = " | ".join(quoted(f"{' '.join(command.path[1:])} {name}") for name in option.names)
                lines.append(f"        {names}) words={quoted(' '.join(choices(option)))} ;;")
    lines += ["    esac", "    if [[ $cur == -* ]]; then", "        words=$options", "    fi",
              "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")",
              "    # Anything else may be a file.", "    [[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o default", "} &&",
              f"    complete -F {name} {' '.join([program.path[0], *aliases(program.path[0])])}", ""]
    return "\n".join(lines)


# ---- zsh

def zsh_text(text):
    """In the brackets and after the colons of _arguments and _describe."""
    for character in "\\[]:":
        text = text.replace(character, "\\" + character)
    return text


def zsh_option(option):
    action = f"({' '.join(choices(option))})" if choices(option) else "_files"
    value = f":{zsh_text(option.value)}:{action}" if option.value else ""
    others = " ".join(option.names)
    return [quoted(f"({others}){name}[{zsh_text(option.help)}]{value}") for name in option.names]


def zsh_command(program, command):
    lines = [f"{function_name(command.path)}() {{", "    local context state state_descr line", "    typeset -A opt_args",
             "    _arguments -C \\"]
    for option in inherited(program, command):
        lines += [f"        {text} \\" for text in zsh_option(option)]
    if not command.commands:
        return "\n".join([*lines, "        '*:file:_files'", "}"])
    lines += ["        '1:command:->command' \\", "        '*::argument:->argument'", '    case "$state" in', "        command)",
              "            local -a commands=("]
    lines += [f"                {quoted(f'{word}:{zsh_text(below.summary)}')}" for word, below in words_of(command)]
    lines += ["            )", "            _describe command commands ;;", "        argument)", '            case "$words[1]" in']
    lines += [f"                {word}) {function_name(below.path)} ;;" for word, below in words_of(command)]
    return "\n".join([*lines, "            esac ;;", "    esac", "}"])


def zsh(program):
    functions = [zsh_command(program, command) for command in program.walk()]
    return "\n\n".join([f"#compdef {' '.join([program.path[0], *aliases(program.path[0])])}\n{header('#', program)}", *functions, f'{function_name(program.path)} "$@"\n'])


# ---- fish

def fish_option(name):
    if name.startswith("--"):
        return f"-l {name[2:]}"
    return f"-s {name[1:]}" if len(name) == 2 else f"-o {name[1:]}"


def fish(program):
    name = program.path[0]
    at = "_" + function_name(program.path) + "_at"
    known = [command for command in program.walk() if len(command.path) > 1]
    lines = [header("#", program) + f"function {at} -d 'The words before the cursor lead to this command'", "    set -l path"]
    if known:
        lines += ["    for word in (commandline -opc)[2..]", '        switch (string join " " $path $word)']
        lines += [f"            case {' '.join(map(quoted, spellings(command)))}\n                set path {' '.join(command.path[1:])}"
                  for command in known]
        lines += ["        end", "    end"]
    lines += ['    test "$path" = "$argv"', "end", ""]
    for command in program.walk():
        condition = f"-n {quoted(' '.join([at, *command.path[1:]]))}"
        for option in inherited(program, command):
            names = " ".join(map(fish_option, option.names))
            values = f"-x -a {quoted(' '.join(choices(option)))} " if choices(option) else "-r " if option.value else ""
            lines.append(f"complete -c {name} {condition} {names} {values}-d {quoted(option.help)}")
        for word, below in words_of(command):
            lines.append(f"complete -c {name} {condition} -f -a {word} -d {quoted(below.summary)}")
    return "\n".join([*lines, ""])


def fish_alias(program, alias):
    """The file of another name for it."""
    return f"{header('#', program)}complete -c {alias} -w {program.path[0]}\n"


def bash_alias(program):
    """The same: bash looks for a file of the name that is typed."""
    name = program.path[0]
    return (f"{header('#', program)}declare -F {function_name(program.path)} > /dev/null ||\n"
            f'    source "${{BASH_SOURCE[0]%/*}}/{name}"\n')
