"""The includes between files of the tree."""
import collections
import re
from pathlib import Path

# Folders that CMake puts on the include path, for each folder of an including file.
INCLUDE_PATHS = ["core", "plugins", "tools", "service", "tests", "tests/unit", "plugins/abi"]
INCLUDE = re.compile(r'\s*#\s*include\s*"([^"]+)"')


def resolve_include(root, path, name):
    """Returns the included file in the tree, or None."""
    here = Path(path).parent
    area = path.split("/")[0]
    places = [here.as_posix()] + sorted(INCLUDE_PATHS, key=lambda p: p.split("/")[0] != area)
    if len(here.parts) > 2:  # programs have their own folder on the path
        places.insert(1, "/".join(here.parts[:2]))
    for place in places:
        candidate = (root / place / name).resolve()
        if candidate.is_file() and root in candidate.parents:
            return candidate.relative_to(root).as_posix()
    return None


def includes(root, path):
    """Returns the files of the tree that `path` includes directly, in its order. A file that is not text includes none."""
    try:
        lines = (root / path).read_text(encoding="utf-8").splitlines()
    except (UnicodeDecodeError, FileNotFoundError):
        return []
    named = (INCLUDE.match(line) for line in lines)
    found = (resolve_include(root, path, match.group(1)) for match in named if match)
    return [target for target in found if target]


class Arrows:
    """All includes of `files`, paths below `root`."""

    def __init__(self, root, files):
        self.targets = {path: includes(root, path) for path in files}
        self.sources = collections.defaultdict(set)
        for path, targets in self.targets.items():
            for target in targets:
                self.sources[target].add(path)

    @staticmethod
    def _reach(starts, step):
        seen, left = set(starts), list(starts)
        while left:
            for path in step(left.pop()):
                if path not in seen:
                    seen.add(path)
                    left.append(path)
        return seen

    def below(self, path):
        """Returns `path` and all files that it includes, directly or indirectly."""
        return self._reach([path], lambda at: self.targets.get(at, ()))

    def above(self, paths):
        """Returns `paths` and all files that include one of them, directly or indirectly."""
        return self._reach(paths, lambda at: self.sources.get(at, ()))
