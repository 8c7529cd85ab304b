"""Man pages: prose from a template, lists from the programs' help."""
import re


def escaped(text):
    """As roff prints it literally."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga").replace("^", "\\(ha").replace(
        "~", "\\(ti")
    return re.sub(r"(?m)^\.", "\\&.", text)


def option_list(options):
    """A .TP for each option, with a subsection for each section of the help."""
    out = []
    section = None
    for option in options:
        if option.section != section:
            section = option.section
            if section not in ("", "Options"):
                out.append(f'.SS "{escaped(section)}"')
        names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in option.names)
        value = f" \\fI{escaped(option.value)}\\fR" if option.value else ""
        out += [".TP", names + value, escaped(option.help) or "\\&"]
    return "\n".join(out)


def literal(text):
    return f".nf\n.RS 4\n{escaped(text)}\n.RE\n.fi"


def command_section(command):
    """Everything about one command that does something."""
    out = [f'.SS "{escaped(" ".join(command.path[1:]))}"', f"{escaped(command.summary)}."]
    for name, text in command.arguments:
        out += [".TP", f"\\fI{escaped(name)}\\fR", escaped(text) or "\\&"]
    # Titles of sections of the help would be subsections of the page.
    out += [line for line in option_list([o for o in command.options if "--help" not in o.names]).splitlines()
            if not line.startswith(".SS")]
    # A group shows the examples of the program.
    spellings = [" ".join([*command.path[:-1], name]) for name in [command.path[-1], *command.aliases]]
    examples = [line for line in command.footer.splitlines() if any(f" {words} " in f" {line} " for words in spellings)]
    if examples:
        out += [".PP", "Example:", ".PP", literal("\n".join(line.strip() for line in examples))]
    return "\n".join(out)


def command_list(program):
    """All commands that do something, in the order of the help."""
    return "\n".join(command_section(command) for command in program.walk() if not command.commands and len(command.path) > 1)


def settings_list(sections):
    """A subsection for each section of the help."""
    out = []
    for title, settings in sections:
        out.append(f'.SS "{escaped(title)}"')
        for names, lines in settings:
            out += [".TP", f"\\fB{escaped(names)}\\fR"] if names else []
            out.append("\n.br\n".join(escaped(line) for line in lines))
    return "\n".join(out)


def footer_text(program):
    """The examples of the help."""
    return literal("\n".join(line for line in program.footer.splitlines() if line.startswith(" ")))


def fill(template, values):
    """Replaces each line @NAME@, and @NAME@ within lines; what has no value is a mistake in the template."""
    def value_of(match):
        if match[1] not in values:
            raise RuntimeError(f"@{match[1]}@ is none of {', '.join(values)}")
        return values[match[1]]

    return re.sub(r"@([A-Z_]+)@", value_of, template)
