#!/usr/bin/env python3
"""The checks themselves: each finds what it should in a small tree, and nothing else."""
import tempfile
import unittest
from pathlib import Path

import tidy
from source_text import functions, without_literals


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def found(self):
        return [f"{path}:{line}: {what}" for path, line, what in tidy.findings(self.root)]

    def test_arrows_point_down(self):
        self.write("core/base/a.h", "")
        self.write("core/net/b.h", '#include "base/a.h"\n#include <vector>\n')
        self.write("core/broker/c.cpp", '#include "base/a.h"\n#include "net/b.h"\n')
        self.write("core/auth/d.cpp", '#include "base/a.h"\n#include "net/b.h"\n')
        self.write("tools/nsc/e.cpp", '#include "base/a.h"\n#include "net/b.h"\n')
        self.assertEqual(self.found(), [
            'core/auth/d.cpp:2: core/auth may not include core/net ("net/b.h")',
            'tools/nsc/e.cpp:2: tools/nsc may not include core/net ("net/b.h")'])

    def test_includes_in_quotes_are_ours(self):
        self.write("core/net/a.h", '#include "sodium.h"\n')
        self.assertEqual(len(self.found()), 1)

    def test_plugins_do_not_know_the_core(self):
        self.write("core/account/a.h", "")
        self.write("plugins/abi/t.h", "")
        self.write("plugins/host/h.cpp", '#include "account/a.h"\n#include "abi/t.h"\n')
        self.write("plugins/resolver-x/x.cpp", '#include "account/a.h"\n#include "abi/t.h"\n')
        self.assertEqual(self.found(), [
            'plugins/resolver-x/x.cpp:1: plugins/resolver-x may not include core/account ("account/a.h")'])

    def test_a_folder_of_the_same_name_elsewhere_is_not_meant(self):
        self.write("plugins/common/files.h", "")
        self.write("tools/common/files.h", "")
        self.write("tools/nsc/a.cpp", '#include "common/files.h"\n')
        self.assertEqual(self.found(), [])

    def test_file_length(self):
        self.write("core/base/a.cpp", "\n" * 501)
        self.write("tests/unit/b.cpp", "\n" * 800)
        self.assertEqual(self.found(), ["core/base/a.cpp:500: 501 lines, at most 500"])

    def test_function_length(self):
        self.write("core/base/a.cpp", "int f() {\n" + "g();\n" * 59 + "}\nvoid g() {\n" + "f();\n" * 58 + "}\n")
        self.assertEqual(self.found(), ["core/base/a.cpp:1: f has 61 lines, at most 60"])

    def test_platform_ifdefs(self):
        self.write("core/base/a.cpp", '// #ifdef _WIN32\n#if defined(_WIN32)\n#endif\n')
        self.write("plugins/abi/b.h", '#ifdef _WIN32\n#endif\n')
        self.assertEqual(len(self.found()), 1)
        self.assertTrue(self.found()[0].startswith("core/base/a.cpp:2:"))

    def test_leftovers_and_machines(self):
        self.write("README.md", "TO" + "DO later\nmktemp -d x.XXXXXX\n")
        self.write("scripts/a.sh", "cd /ro" + "ot/x\ncp ~/root/x build/work/\n")
        self.assertEqual([line.split(" ")[0] for line in self.found()], ["README.md:1:", "scripts/a.sh:1:"])

    def test_citations_name_a_page_and_its_headings(self):
        pages = "docs/proto" + "col"
        self.write(f"{pages}/login.md", "# Logins\n\n## Users\n\n## Deny rules\n")
        self.write("core/base/a.h", f"// Who ({pages}/login.md, Users, Deny\n// rules): and {pages}/login.md, which has more.\n"
                                    f"int a;  // {pages}/login.md, Users; {pages}/login.md, Deny rules\nint Users;\n")
        self.write("core/base/b.h", f"\n// Who ({pages}/login.md, Users,\n// Groups), as in {pages}/user.md, Users.\n")
        self.write("README.md", f"as `{pages}/login.md, Roles`; or [logins]({pages}/login.md)\n")
        self.assertEqual(self.found(), [
            f'README.md:1: {pages}/login.md has no heading "Roles"',
            f'core/base/b.h:2: {pages}/login.md has no heading "Groups"',
            f"core/base/b.h:3: {pages}/user.md is not in the tree"])

    def test_citations_name_no_sheet(self):
        self.write("core/base/a.h", "// One (sp" + "ec config.md 9), two (sp" + "ec\n// config.md 9), three (sp" + "ec 2.5),\n"
                                    "// four (sp" + "ec section 1). What the spec says.\nf(spec, 5);\n")
        self.assertEqual([line.split(" ")[0] for line in self.found()], [
            "core/base/a.h:1:", "core/base/a.h:1:", "core/base/a.h:2:", "core/base/a.h:3:"])

    def test_build_folders_are_skipped(self):
        self.write("build/dev/x.cpp", "#ifdef _WIN32\n")
        self.assertEqual(self.found(), [])


class SourceText(unittest.TestCase):
    def lengths(self, text):
        return [(name, lines) for name, first, lines in functions(text)]

    def test_literals_and_comments_are_blanked(self):
        self.assertEqual(without_literals('a("{//" /*}*/); b(\'{\'); c(R"x(})x"); 1\'000; // {'),
                         'a("   "      ); b(" "); c("      "); 1\'000;     ')

    def test_functions_in_namespaces_and_classes(self):
        self.assertEqual(self.lengths("namespace a {\nclass B : C {\n int f() const {\n return 1;\n }\n};\nvoid g() {}\n}\n"),
                         [("f", 3), ("g", 1)])

    def test_data_is_no_function(self):
        self.assertEqual(self.lengths("constexpr int x[] = {\n1,\n2};\nconst Row rows[]{\n{1},\n};\nint f() {\n}\n"), [("f", 2)])

    def test_constructors_with_member_initialisers(self):
        self.assertEqual(self.lengths("A::A(int b) : b_{b}, c_{1} {\n f();\n}\n")[-1][1], 3)

    def test_lambdas_count_as_their_function(self):
        self.assertEqual(self.lengths("int f() {\n auto g = [] {\n };\n if (x) {\n }\n}\nint h() {}\n"), [("f", 6), ("h", 1)])

    def test_macros_do_not_unbalance(self):
        self.assertEqual(self.lengths("#define X { \\\n {\nint f() {\n}\n"), [("f", 2)])


if __name__ == "__main__":
    unittest.main()
