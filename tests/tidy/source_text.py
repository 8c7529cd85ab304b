"""C and C++ source for the tidy checks: without comments and literals, and split into functions."""
import re

# In this order, because the beginning of a token determines its rest. Numbers are first because of digit separators.
_TOKEN = re.compile(
    r"""(?P<number>\b\d(?:'?[\w.])*)
      | (?P<raw>R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)")
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>'(?:\\.|[^'\\\n])*')""",
    re.VERBOSE | re.DOTALL)


def _blank(text):
    return "".join(c if c == "\n" else " " for c in text)


def without_literals(text):
    """Returns the same text and lines, with blanks in place of comments and the content of literals."""
    def replace(match):
        if match.group("number"):
            return match.group()
        if match.group("comment"):
            return _blank(match.group())
        return '"' + _blank(match.group()[1:-1]) + '"'
    return _TOKEN.sub(replace, text)


def _without_directives(text):
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: _blank(m.group()), text, flags=re.MULTILINE)


_SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum)\b|\bextern\s*\"")
_NAME = re.compile(r"([~\w:]+|operator[^\w\s(]+)\s*\(")


def _opens_scope(head):
    """Whether `head`, the text before a brace, begins a namespace or type and not a function or data."""
    keyword = _SCOPE.search(head)
    return bool(keyword) and "(" not in head[keyword.end():] and not head.endswith("=")


def _opens_data(head):
    return head.endswith(("=", "]")) or (head != "" and "(" not in head and not head.startswith(","))


def functions(text):
    """Returns (name, first line, number of lines) of each function body with its braces. Nested lambdas count as a part of
    their function."""
    text = _without_directives(without_literals(text))
    stack = []  # True for scopes
    inside_since = None  # (depth, position, name) of the body being read
    head_start = 0
    name = "?"
    for match in re.finditer(r"[{};]", text):
        at = match.start()
        if match.group() == ";":
            if inside_since is None:
                head_start = at + 1
            continue
        if match.group() == "{":
            head = text[head_start:at].strip()
            is_scope = inside_since is None and _opens_scope(head)
            if inside_since is None and not is_scope:
                named = _NAME.search(head)
                name = named.group(1) if named else name
                inside_since = (len(stack), at, None if _opens_data(head) else name)
            stack.append(is_scope)
        elif stack:
            stack.pop()
            if inside_since is not None and inside_since[0] == len(stack):
                if inside_since[2] is not None:
                    first = text.count("\n", 0, inside_since[1]) + 1
                    yield inside_since[2], first, text.count("\n", inside_since[1], at) + 1
                inside_since = None
        if inside_since is None:
            head_start = at + 1
