#!/usr/bin/env python3
"""docs/plugins.md against the tree: its plugin in C is the example that is built, and its limits are those of the host.

usage: plugins_doc_test.py
"""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")


def constants(*files):
    """Returns {name: value} for the numbers in headers."""
    found = {}
    for file in files:
        for name, value in re.findall(r"inline constexpr \w+ (\w+_max) = ([^;]+);", (ROOT / file).read_text(encoding="utf-8")):
            value = re.sub(r"size_t\{(\w+)\}", r"\1", value.replace("'", ""))
            found[name] = eval(value, {"__builtins__": {}}, found)  # products of numbers and earlier constants
    return found


def numbers(text):
    """Returns all numbers of a text in order, with units."""
    found = re.findall(r"([\d,]+)( MiB)?", text)
    return [int(digits.replace(",", "")) * (1024 * 1024 if unit else 1) for digits, unit in found if digits.strip(",")]


class PluginsDoc(unittest.TestCase):
    def test_the_plugin_in_c_is_the_example(self):
        block = DOC.split("```c\n")[1].split("```")[0]
        self.assertEqual(block, (ROOT / "examples/resolver-minimal/minimal_resolver.c").read_text(encoding="utf-8"))

    def test_limits_are_those_of_the_host(self):
        known = constants("plugins/common/limits.h", "plugins/host/limits.h")
        named = set()
        for row in re.findall(r"^\| (`\w+_max`.*)$", DOC.partition("\n## Limits\n")[2], re.M):
            names, value = row.split(" | ")[:2]
            for name, number in zip(re.findall(r"`(\w+)`", names), numbers(value)):
                self.assertEqual(number, known[name], name)
                named.add(name)
        self.assertEqual(set(known) - named, {"list_page_bytes_max"}, "follows from the accounts on a page")


if __name__ == "__main__":
    unittest.main()
