#!/usr/bin/env python3
"""Draws the folders of core/ and the includes between them as SVG, for docs/adr.

    tests/tidy/structure.py [REVISION] > picture.svg

A box is a folder; its size grows with its lines. An arrow runs from a folder to one that it includes, as wide as the
number of includes, and an arrow that runs up is red. A box names the files that include each other in a circle.
"""
import math
import re
import subprocess
import sys
from collections import defaultdict

INCLUDE = re.compile(r'^#include "([a-z_]+)/([a-z_0-9]+\.h)"', re.M)
WIDTH, ROW, TOP = 1100, 104, 46


def read(revision):
    """{folder: {file: (lines, [included 'folder/file'])}} of core/ at a revision."""
    names = subprocess.check_output(['git', 'ls-tree', '-r', '--name-only', revision, 'core'], text=True).split()
    folders = defaultdict(dict)
    for name in names:
        if not name.endswith(('.h', '.cpp')):
            continue
        text = subprocess.check_output(['git', 'show', f'{revision}:{name}'], text=True)
        _, folder, file = name.split('/', 2)
        folders[folder][file] = (text.count('\n'), ['/'.join(m) for m in INCLUDE.findall(text)])
    return folders


def circles(graph):
    """The sets of more than one node that reach each other (Tarjan)."""
    order, low, stack, found = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in graph[node]:
            if other not in order:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == order[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(set(stack[at:]))
            del stack[at:]

    for node in list(graph):
        if node not in order:
            visit(node)
    return found


def unit(name):
    """broker.h, broker.cpp and broker_linux.cpp are one part of a program."""
    return re.sub(r'\.(h|cpp)$', '', name)


def file_circles(folder, files):
    graph = {unit(file): set() for file in files}
    for file, (_, includes) in files.items():
        for included in includes:
            room, name = included.split('/')
            if room == folder and unit(name) in graph and unit(name) != unit(file):
                graph[unit(file)].add(unit(name))
    return sum(len(circle) for circle in circles(graph))


def layers(folders, arrows):
    """Folder -> row, from the bottom; arrows of the smaller number of includes in a circle do not count."""
    down = {pair: n for pair, n in arrows.items() if n >= arrows.get((pair[1], pair[0]), 0)}
    row = {folder: 0 for folder in folders}
    for _ in folders:
        for (above, below) in down:
            row[above] = max(row[above], row[below] + 1)
    return row


def draw(folders, revision):
    arrows = defaultdict(int)
    for folder, files in folders.items():
        for _, includes in files.values():
            for included in includes:
                room = included.split('/')[0]
                if room in folders and room != folder:
                    arrows[folder, room] += 1
    row = layers(folders, arrows)
    rows = defaultdict(list)
    for folder in sorted(folders):
        rows[row[folder]].append(folder)
    height = TOP + ROW * len(rows) + 10
    place = {}
    for number, names in rows.items():
        for index, name in enumerate(names):
            shift = WIDTH / len(names) * 0.1 * (1 if number % 2 else -1)
            place[name] = (WIDTH * (index + 0.5) / len(names) + shift, height - ROW * (number + 0.5))
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
           f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
           f'<text x="20" y="30" font-size="18">core/ at {revision}: folders and their includes</text>']
    for (above, below), count in sorted(arrows.items()):
        (x1, y1), (x2, y2) = place[above], place[below]
        up = row[above] <= row[below]
        colour, opacity = ('#c0392b', 0.9) if up else ('#2c5f8a', 0.35)
        out.append(f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="{colour}" '
                   f'stroke-opacity="{opacity}" stroke-width="{0.6 + math.log2(count):.1f}">'
                   f'<title>{above} includes {below} {count} times</title></line>')
    for name, files in folders.items():
        x, y = place[name]
        lines = sum(file[0] for file in files.values())
        half = 72 + lines / 400
        circle = file_circles(name, files)
        note = f', {circle} in circles' if circle else ''
        out.append(f'<rect x="{x - half:.0f}" y="{y - 25:.0f}" width="{2 * half:.0f}" height="50" rx="6" '
                   f'fill="{"#f6ddd9" if circle else "#e8f0f7"}" stroke="#456"/>')
        out.append(f'<text x="{x:.0f}" y="{y - 5:.0f}" font-size="15" text-anchor="middle">{name}</text>')
        out.append(f'<text x="{x:.0f}" y="{y + 12:.0f}" font-size="10" text-anchor="middle">'
                   f'{len(files)} files, {lines} lines{note}</text>')
    out.append('</svg>')
    return '\n'.join(out) + '\n'


def main():
    revision = sys.argv[1] if len(sys.argv) > 1 else 'HEAD'
    short = subprocess.check_output(['git', 'rev-parse', '--short', revision], text=True).strip()
    sys.stdout.write(draw(read(revision), short))


if __name__ == '__main__':
    main()
