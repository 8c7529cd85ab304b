#!/usr/bin/env python3
"""House rules that a machine can check: include arrows, lengths, platform #ifdefs, leftovers, citations.

usage: tidy.py SOURCE_TREE
Prints one line per finding, `file:line: what`, and fails if there is any.
"""
import re
import sys
from pathlib import Path

from arrows import INCLUDE, resolve_include
from source_text import functions, without_literals

FILE_LINES_MAX = 500
TEST_FILE_LINES_MAX = 800
FUNCTION_LINES_MAX = 60
# Longer functions that are accepted for now: {(file, function): lines}. The list may only shrink.
FUNCTION_RATCHET = {
    ("core/protocol/parser.h", "parse_commands"): 80,  # the loop that every byte goes through, one case per operation
}

# The folders that a folder may include, in addition to itself. A folder that is not listed may include no others.
ARROWS = {
    "core/base": [],
    "core/net": ["core/base"],
    "core/websocket": ["core/base", "core/net"],
    "core/protocol": ["core/base"],
    "core/subject": ["core/base"],
    "core/event": ["core/base"],
    "core/config": ["core/base", "core/subject"],  # docs/adr/0003
    "core/auth": ["core/base", "core/subject"],  # docs/adr/0003
    "core/account": ["core/base", "core/auth", "core/subject", "core/event"],
    "core/monitor": ["core/base", "core/event"],
    # The following ones are the rooms of the broker from bottom to top: docs/adr/0005
    "core/routing": ["core/base", "core/net", "core/protocol", "core/subject", "core/auth", "core/account", "core/event", "core/config"],
    "core/exchange": ["core/routing", "core/base", "core/protocol", "core/subject", "core/auth", "core/account", "core/event", "core/config"],
    "core/login": ["core/base", "core/protocol", "core/subject", "core/auth", "core/account", "core/config"],
    "core/connection": ["core/routing", "core/base", "core/net", "core/websocket", "core/config"],
    "core/client": ["core/connection", "core/login", "core/routing", "core/base", "core/net", "core/protocol", "core/subject", "core/auth",
                    "core/account", "core/event", "core/monitor", "core/config"],
    "core/services": ["core/client", "core/connection", "core/login", "core/exchange", "core/routing", "core/base", "core/net",
                      "core/protocol", "core/subject", "core/auth", "core/account", "core/event", "core/monitor", "core/config"],
    "core/broker": ["core"],
    "plugins/abi": [],
    "plugins/common": ["plugins/abi", "core/base"],
    "plugins/host": ["plugins/abi", "plugins/common", "core/base", "core/account", "core/event"],  # docs/adr/0001
    "plugins": ["plugins/abi", "plugins/common", "core/base"],  # each plugin
    "service": ["core", "plugins/host", "plugins/abi"],
    "tools": ["tools/common", "core/base", "core/auth", "core/subject", "core/config", "plugins/host", "plugins/abi"],
    "tools/account-server": ["tools", "core/base", "core/auth", "core/account", "core/config", "plugins/host"],  # docs/adr/0001
    "examples": ["plugins/abi"],
    "tests": ["core", "plugins", "service", "tools", "tests"],
}

# Code for operating systems is in files with their names. Only the C tables of the plugin ABI must know how to export a symbol.
PLATFORM_FILES = ("plugins/abi/",)
PLATFORM = re.compile(r"_WIN32|_WIN64|__linux|__unix|__APPLE__|__FreeBSD__|_MSC_VER|__MINGW|\bWIN32\b|POCO_OS")

SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", ".cache"}
CODE = {".h", ".hpp", ".c", ".cpp"}
TEXT = CODE | {".py", ".sh", ".js", ".mjs", ".cmake", ".txt", ".md", ".json", ".yml", ".conf", ".wire", ".in", ""}
LEFTOVER = re.compile(r"\b(?:FIX" + r"ME|TO" + r"DO|XX" + r"X)\b")
# Traces of a developer's machine.
MACHINE = re.compile("(?<![\\w.~])/(?:work|root)/|registry[.]npm" + "js|[.]debian[.]org")
# Test data that quotes documentation.
MACHINE_ALLOWED = ("tests/tidy/", "tests/unit/config/", "tests/fuzz/")

# What comments cite: a page and some of its headings, "docs/protocol/login.md, Credentials, Permissions". A heading
# begins with a capital letter, and may go on in the next line of a comment.
LINE_BREAK = r"\n[ \t]*(?://|#)"
BLANK = rf"(?:[ \t]|{LINE_BREAK})+"
PAGE_CITED = re.compile(rf"docs/protocol/([\w-]+\.md)((?:,{BLANK}[A-Z](?:[^,.;:()`\"'\n]|{LINE_BREAK})*)*)")
SHEET_CITED = re.compile(rf"\bspec{BLANK}(?:\(?[\w-]+\.md|(?:section{BLANK})?\d)")


def folder_of(path):
    """The part of the tree that has arrows: core/<x>, plugins/<x>, or the first folder."""
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] in ("core", "plugins", "tools") and len(parts) > 2 else parts[0]


def allowed_targets(folder):
    return ARROWS.get(folder, ARROWS.get(folder.split("/")[0], []))


def is_allowed(folder, target):
    return folder == target or any(target == a or target.startswith(a + "/") for a in allowed_targets(folder))


def check_includes(root, path, text):
    folder = folder_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = resolve_include(root, path, match.group(1))
        if target is None:
            yield number, f'"{match.group(1)}" is not in the tree; system headers are included with <>'
        elif not is_allowed(folder, folder_of(target)):
            yield number, f"{folder} may not include {folder_of(target)} (\"{match.group(1)}\")"


def check_file_length(path, text):
    limit = TEST_FILE_LINES_MAX if path.startswith("tests/") else FILE_LINES_MAX
    lines = text.count("\n")
    if lines > limit:
        yield limit, f"{lines} lines, at most {limit}"


def check_function_length(path, text):
    for name, first, lines in functions(text):
        limit = max(FUNCTION_LINES_MAX, FUNCTION_RATCHET.get((path, name), 0))
        if lines > limit:
            yield first, f"{name} has {lines} lines, at most {limit}"


def check_platform(path, text):
    if path.startswith(PLATFORM_FILES):
        return
    for number, line in enumerate(without_literals(text).splitlines(), 1):
        if re.match(r"\s*#\s*(?:if|ifdef|ifndef|elif)\b", line) and PLATFORM.search(line):
            yield number, "a platform #ifdef; make it a pair of files chosen by CMake"


def check_leftovers(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        leftover = LEFTOVER.search(line)
        if leftover:
            yield number, f"{leftover.group()} is left over"
        machine = MACHINE.search(line)
        if machine and not path.startswith(MACHINE_ALLOWED):
            yield number, f"\"{machine.group()}\" belongs to somebody's machine"


def read_pages(root):
    """{page of docs/protocol: its headings}"""
    return {page.name: set(re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.M))
            for page in (root / "docs/protocol").glob("*.md")}


def check_citations(pages, text):
    for match in SHEET_CITED.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, "cites a sheet that is not in the tree; cite a page of docs/protocol"
    for match in PAGE_CITED.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        page, headings = match.groups()
        if page not in pages:
            yield line, f"docs/protocol/{page} is not in the tree"
            continue
        for heading in re.sub(BLANK, " ", headings).split(",")[1:]:
            if heading.strip() not in pages[page]:
                yield line, f"docs/protocol/{page} has no heading \"{heading.strip()}\""


def findings(root):
    """(path, line, what) of the whole tree."""
    pages = read_pages(root)
    for file in sorted(root.rglob("*")):
        relative = file.relative_to(root)
        if SKIPPED_FOLDERS & set(relative.parts) or not file.is_file() or file.suffix not in TEXT:
            continue
        path = relative.as_posix()
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            if file.suffix in CODE:
                yield path, 1, "not UTF-8"
            continue
        checks = [check_leftovers(path, text), check_citations(pages, text)] if path != "LICENSE" else []
        if file.suffix in CODE | {".py", ".sh", ".js", ".mjs", ".cmake"} or file.name == "CMakeLists.txt":
            checks.append(check_file_length(path, text))
        if file.suffix in CODE:
            checks += [check_includes(root, path, text), check_function_length(path, text), check_platform(path, text)]
        for check in checks:
            for line, what in check:
                yield path, line, what


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: tidy.py SOURCE_TREE")
    found = list(findings(Path(sys.argv[1]).resolve()))
    for path, line, what in found:
        print(f"{path}:{line}: {what}")
    print(f"{len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
