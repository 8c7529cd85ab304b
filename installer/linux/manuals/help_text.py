"""What programs tell of themselves with --help, as data: the only source of man pages' option lists and of shell completion."""
import re
import subprocess
from dataclasses import dataclass, field

HELP_SECONDS_MAX = 60
COMMAND_DEPTH_MAX = 4
HELP_COLUMN = 30  # of CLI11


@dataclass
class Option:
    """A flag with its spellings ("-n", "--name"), the kind of value it takes ("" for none), and its section's title."""

    names: list
    value: str
    help: str
    section: str


@dataclass
class Command:
    """A program, or a command of it: `path` is ["midge-nsc", "add", "user"]."""

    path: list
    aliases: list = field(default_factory=list)
    summary: str = ""
    usage: str = ""
    options: list = field(default_factory=list)
    arguments: list = field(default_factory=list)  # (name, help)
    commands: list = field(default_factory=list)
    footer: str = ""

    def walk(self):
        """This command and all below it."""
        yield self
        for command in self.commands:
            yield from command.walk()


def output_of(words):
    """What a program prints; fails if it fails."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=HELP_SECONDS_MAX)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def indent_of(line):
    return len(line) - len(line.lstrip())


def head_and_help(line, is_followed):
    """Two columns; the first one may fill its width but for one blank, or, with the help in the lines that follow, be longer."""
    text = line.strip()
    if re.search(r"\S\s{2,}\S", text):
        return re.split(r"\s{2,}", text, maxsplit=1)
    if is_followed or len(line) <= HELP_COLUMN:
        return [text, ""]
    return [line[:HELP_COLUMN].strip(), line[HELP_COLUMN:].strip()]


def joined(lines):
    """Entries whose help stands in one or more lines: (head, help), by the indentation of the entries."""
    entries = []
    indent = min(map(indent_of, lines))

    def continues(line):
        return indent_of(line) > indent and not line.strip().startswith("-")

    for line, following in zip(lines, [*lines[1:], ""]):
        if continues(line) and entries:
            entries[-1][1] = f"{entries[-1][1]} {line.strip()}".strip()
        else:
            entries.append(head_and_help(line, continues(following)))
    return entries


def sections(text):
    """(title, lines) of each block of indented lines below a "Title:"; what comes before the first has the title ""."""
    found = [("", [])]
    for line in text.splitlines():
        if re.fullmatch(r"[A-Z][A-Za-z ]*:", line):
            found.append((line[:-1], []))
        elif line.strip():
            found[-1][1].append(line)
    return found


# ---- CLI11: midge and midge-nsc

CLI11_NOTES = re.compile(r"\bREQUIRED\b|\b(?:Excludes|Needs):.*$|\(Env:\w+\)")
CLI11_VALUE = re.compile(r"(?P<kind>\w[\w:]*?)(?::\{(?P<choices>[^}]*)\}|:\w+ in \[(?P<range>[^]]*)\])?(?:=(?P<default>.*?))?(?P<list> \.\.\.)?")


def cli11_option(head, text, section):
    names, _, rest = re.sub(r"\{\w+\}", "", head, count=1).partition(" ") if "{" in head.split(" ")[0] else head.partition(" ")
    value = CLI11_NOTES.sub("", rest).strip()
    parts = CLI11_VALUE.fullmatch(value)
    notes = []
    if parts:
        value = (parts["choices"] or parts["kind"]).replace(",", "|") + (parts["list"] or "")
        notes += [f"{parts['range']}"] if parts["range"] else []
        notes += [f"default: {parts['default']}"] if parts["default"] else []
    if environment := re.search(r"\(Env:(\w+)\)", rest):
        notes.append(f"environment: {environment[1]}")
    if "REQUIRED" in rest:
        notes.append("required")
    return Option(names.split(","), value, f"{text} ({'; '.join(notes)})" if notes else text, section)


def read_cli11(program, path, aliases=()):
    """The command `path[1:]` of the program, with all below it."""
    if len(path) > COMMAND_DEPTH_MAX:
        raise RuntimeError(f"{' '.join(path)}: more than {COMMAND_DEPTH_MAX} words")
    text = output_of([program, *path[1:], "--help"])
    # The programs say how NATS calls them; packages call them by their own names.
    text = re.sub(rf"(?m)(?<=[\s'`])nsc(?= )", path[0], text) if path[0] == "midge-nsc" else text
    command = Command(path, list(aliases))
    head, _, rest = text.partition("Usage: ")
    command.summary = head.strip()
    command.usage, _, rest = rest.partition("\n")
    body, separator, footer = re.split(r"(?m)^(Examples?:)", rest, maxsplit=1) if re.search(r"(?m)^Examples?:", rest) else (rest, "", "")
    command.footer = (separator + footer).rstrip()
    for title, lines in sections(body):
        if title == "Subcommands":
            for names, _ in joined(lines):
                name, *others = names.split(", ")
                command.commands.append(read_cli11(program, [*path, name], others))
        elif title == "Positionals":
            command.arguments = [(entry.split(" ")[0], help_text) for entry, help_text in joined(lines)]
        elif title:
            command.options += [cli11_option(entry, help_text, title) for entry, help_text in joined(lines)]
    return command


# ---- midged and midge-account-server

def flag(head, text, section):
    """ "-c, --config <file>" or "-creds"."""
    value = re.search(r"<[^>]*>|\[[^\]]*\]", head)
    spellings = head[: value.start()] if value else head
    return Option([word for word in re.split(r"[,\s]+", spellings) if word.startswith("-")], head[value.start():] if value else "",
                  text, section)


def read_flags(program, name):
    """A program without commands, whose help lists its flags."""
    command = Command([name])
    for title, lines in sections(output_of([program, "--help"])):
        flags = [line for line in lines if re.match(r"\s+\S", line)]
        if title.startswith("Example"):
            command.footer = "\n".join([title + ":", *lines]).replace("nats-account-server", name)
        elif flags:
            command.options += [flag(head, text, title) for head, text in joined(flags)]
    return command


# ---- the settings of midged's configuration

def read_settings(midged):
    """The sections of the help, and those of the plugins beside the program: (title, [(names, lines of help) of each setting])."""
    found = []
    for line in output_of([midged, "--help-config"]).splitlines():
        if heading := re.fullmatch(r"== (.*) ==", line):
            found.append((heading[1], []))
        elif line.startswith(" "):
            settings = found[-1][1] or found[-1][1].append(("", [])) or found[-1][1]
            settings[-1][1].append(line.strip())
        elif line:
            found[-1][1].append((line, []))
    return found


def read_programs(folder):
    """The Command of each of our programs that is built in `folder`."""
    programs = [read_flags(folder / "midged", "midged"), read_flags(folder / "midge-account-server", "midge-account-server"),
                read_cli11(folder / "midge-nsc", ["midge-nsc"])]
    if (folder / "midge").exists():  # needs the NATS C client
        programs.append(read_cli11(folder / "midge", ["midge"]))
    return programs
