#!/usr/bin/env python3
"""Writes man pages and shell completion of the programs in a folder.

usage: make_manuals.py --bin FOLDER --out FOLDER --version V --date YYYY-MM-DD
Into the folder go man/*.gz, bash/NAME, zsh/_NAME and fish/NAME.fish, for the names of NATS as well. Fails if a program's help cannot be read.
"""
import argparse
import gzip
from pathlib import Path

import completion
import help_text
import roff

TEMPLATES = Path(__file__).resolve().parent.parent / "man"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_page(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def write_pages(programs, settings, arguments):
    by_name = {program.path[0]: program for program in programs}
    for template in sorted(TEMPLATES.glob("*.[158].in")):
        page = template.name.removesuffix(".in")
        values = {"VERSION": arguments.version, "DATE": arguments.date}
        program = by_name.get(page.rpartition(".")[0])
        if page == "midged.conf.5":
            values["SETTINGS"] = roff.settings_list(settings)
        elif program is None:
            continue  # not part of this build
        else:
            values |= {"OPTIONS": roff.option_list(program.options), "COMMANDS": roff.command_list(program),
                       "EXAMPLES": roff.footer_text(program)}
        write_page(arguments.out / "man" / f"{page}.gz", roff.fill(template.read_text(encoding="utf-8"), values))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--date", required=True)
    arguments = parser.parse_args()
    programs = help_text.read_programs(arguments.bin)
    write_pages(programs, help_text.read_settings(arguments.bin / "midged"), arguments)
    for program in programs:
        name = program.path[0]
        write(arguments.out / "bash" / name, completion.bash(program))
        write(arguments.out / "zsh" / f"_{name}", completion.zsh(program))
        write(arguments.out / "fish" / f"{name}.fish", completion.fish(program))
        for alias in completion.aliases(name):
            write(arguments.out / "bash" / alias, completion.bash_alias(program))
            write(arguments.out / "fish" / f"{alias}.fish", completion.fish_alias(program, alias))


if __name__ == "__main__":
    main()
