"""Line coverage where no tracer exists: rewrites sources so that each statement notes its line before it runs.

The copy of a file begins with `_hit = _hits.of("its name", its lines)`, and every statement is preceded by
`_hit[its line] = 1`. At exit the VM prints a line `HIT NAME LINE LINE ...` for each file that ran.
"""

import ast
from pathlib import Path

_RUNTIME = """\
import sys
_files = {}
def of(name, lines):
    if name not in _files:
        _files[name] = bytearray(lines + 1)
    return _files[name]
def _print_all():
    for name, hit in _files.items():
        print("HIT", name, *[i for i in range(len(hit)) if hit[i]])
sys.atexit(_print_all)
"""


class _Marker(ast.NodeTransformer):
    """Puts a mark before each statement of every block."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                is_documented = field == "body" and isinstance(
                    node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
                )
                setattr(node, field, _marked(block, is_documented))
        return node


def _marked(block: list[ast.stmt], is_documented: bool) -> list[ast.stmt]:
    marked: list[ast.stmt] = []
    for i, statement in enumerate(block):
        is_docstring = (
            is_documented and i == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        )
        if not is_docstring:
            marked += ast.parse(f"_hit[{statement.lineno}] = 1").body
        marked.append(statement)
    return marked


def instrumented(source: str, name: str) -> str:
    """Return the source with its statements marked; name is what the file is called in the output."""
    tree = _Marker().visit(ast.parse(source))
    head = f"import _hits\n_hit = _hits.of({name!r}, {len(source.splitlines())})\n"
    return head + ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def instrument(package: Path, into: Path) -> None:
    """Write a marked copy of a package, and the module that keeps the marks, into a folder."""
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package.parent)
        copy = into / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(instrumented(path.read_text(), name.as_posix()))
    (into / "_hits.py").write_text(_RUNTIME)


def hits(output: str) -> dict[str, set[int]]:
    """Return the lines that ran, by file name, from what the VM printed."""
    found: dict[str, set[int]] = {}
    for line in output.splitlines():
        if line.startswith("HIT "):
            name, *numbers = line.split()[1:]
            found.setdefault(name, set()).update(int(number) for number in numbers)
    return found
