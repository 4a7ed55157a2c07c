"""A YAML file with the line of every value kept, and its faults gathered.

PyYAML's own loader keeps the last of two equal keys and forgets where a value
stood. Here the nodes are composed first, so that a doubled key is refused and a
fault can name its line.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hwb_analysis.errors import RegistryError

Path_ = tuple[str | int, ...]

# libyaml is ten times faster; without it the same nodes come slowly.
LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 30
NAMES = ("id", "slug", "key", "code", "label")


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: where it is broken, what was expected and came, what to do."""

    path: Path_
    rule: str
    remedy: str


@dataclass(slots=True)
class Document:
    """The data of a file, the line of every path in it, and the faults of reading it."""

    file: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path_) -> int:
        """Return the line of a path, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1

    def key(self, path: Path_) -> str:
        """Return a path as a person would say it: ``measures[BSL-FCD-02].direction``."""
        text, here = "", self.data
        for step in path:
            here = _inside(here, step)
            if isinstance(step, int):
                text += f"[{_name(here, step)}]"
            else:
                text += f".{step}" if text else step
        return text or "(whole file)"

    def items(self, *path: str | int) -> Iterator[tuple[Path_, dict[str, Any]]]:
        """Yield each mapping of the list or mapping at a path, with its own path."""
        here = self.data
        for step in path:
            here = _inside(here, step)
        pairs: Any = here.items() if isinstance(here, dict) else ()
        if isinstance(here, list):
            pairs = enumerate(here)
        for step, item in pairs:
            if isinstance(item, dict):
                yield (*path, step), item


def read_document(path: Path) -> Document:
    """Read a YAML file and keep the line of every value.

    Raises
    ------
    RegistryError
        When the file cannot be read or is not YAML; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=LOADER)
    except OSError as error:
        raise RegistryError(
            f"the registry cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="name an existing YAML file, or unset HWB_STRATEGY",
        ) from error
    except UnicodeDecodeError as error:
        raise RegistryError(
            "the registry is not UTF-8 text", where=str(path), remedy="save it as UTF-8"
        ) from error
    except yaml.YAMLError as error:
        raise _syntax(error, path) from error
    document = Document(path.name, None)
    document.data = _Builder(document).build(node, ()) if node is not None else {}
    return document


def _syntax(error: yaml.YAMLError, path: Path) -> RegistryError:
    mark = getattr(error, "problem_mark", None)
    place = f"{path.name} line {mark.line + 1}, column {mark.column + 1}" if mark else path.name
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return RegistryError(
        f"the registry is not valid YAML: {problem}",
        where=place,
        remedy="indent with spaces, never tabs; put texts with a colon or a quote in quotes",
    )


class _Builder:
    """Turns nodes into plain data, and notes lines and doubled keys on the way."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._scalars = yaml.constructor.SafeConstructor()

    def build(self, node: yaml.Node, path: Path_) -> Any:
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        if len(path) > DEEPEST:
            self._fault(path, "the file is nested too deeply", "remove the anchor to itself")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self._scalar(key_node, path)
            inner = (*path, key)
            if key in out:
                first = self._document.lines[inner]
                rule = f"the key '{key}' stands twice (first in line {first})"
                self._document.lines[(*inner, "again")] = key_node.start_mark.line + 1
                self._fault((*inner, "again"), rule, "remove or rename one of the two")
                continue
            self._document.lines[inner] = key_node.start_mark.line + 1
            out[key] = self.build(value_node, inner)
        return out

    def _scalar(self, node: yaml.Node, path: Path_) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            self._fault(path, "a key must be a word", "write a plain key")
            return str(node.start_mark.line)
        try:
            value = self._scalars.construct_object(node)
        except yaml.YAMLError:
            self._fault(path, f"the tag '{node.tag}' is not read here", "write a plain value")
            return node.value
        except ValueError:
            # A day that does not exist is left as text: the field it stands in refuses it.
            return node.value
        return value if isinstance(value, Hashable) else node.value

    def _fault(self, path: Path_, rule: str, remedy: str) -> None:
        self._document.faults.append(Fault(path, rule, remedy))


def _inside(here: Any, step: str | int) -> Any:
    if isinstance(here, dict):
        return here.get(step)
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return here[step]
    return None


def _name(item: Any, step: int) -> str:
    names = (item.get(n) for n in NAMES) if isinstance(item, dict) else iter(())
    return next((str(n) for n in names if n), str(step))
