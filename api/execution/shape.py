"""How deep a query is and how much it repeats itself, told from its text alone."""

from collections import Counter
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)

_INTROSPECTION = {"__schema", "__type"}


@dataclass(frozen=True, slots=True)
class Shape:
    """``depth`` counts fields from the root, leaves included; introspection counts as one.

    ``aliases`` counts aliases, and fields named more than once in one selection.
    """

    depth: int = 0
    aliases: int = 0

    def beside(self, other: "Shape") -> "Shape":
        return Shape(max(self.depth, other.depth), self.aliases + other.aliases)


def shape(document: DocumentNode, selected: SelectionSetNode) -> Shape:
    """The shape of a selection, fragments unfolded, each measured once.

    The document need not be valid: unknown fragments count nothing, circles are not followed.
    Raises RecursionError where it is nested beyond what Python follows.
    """
    return _Ruler(document).of(selected)


class _Ruler:
    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._measured: dict[str, Shape] = {}

    def of(self, selected: SelectionSetNode | None) -> Shape:
        found = Shape(aliases=_repeated(selected))
        for selection in selected.selections if selected else ():
            if isinstance(selection, FieldNode):
                found = found.beside(self._field(selection))
            elif isinstance(selection, InlineFragmentNode):
                found = found.beside(self.of(selection.selection_set))
            elif isinstance(selection, FragmentSpreadNode):
                found = found.beside(self._fragment(selection.name.value))
        return found

    def _field(self, node: FieldNode) -> Shape:
        inner = self.of(node.selection_set)
        depth = 0 if node.name.value in _INTROSPECTION else inner.depth
        return Shape(depth + 1, inner.aliases + (node.alias is not None))

    def _fragment(self, name: str) -> Shape:
        if name not in self._measured:
            self._measured[name] = Shape()  # what a circle sees of itself
            fragment = self._fragments.get(name)
            self._measured[name] = self.of(fragment.selection_set if fragment else None)
        return self._measured[name]


def _repeated(selected: SelectionSetNode | None) -> int:
    names = Counter(
        each.name.value
        for each in (selected.selections if selected else ())
        if isinstance(each, FieldNode) and each.alias is None
    )
    return names.total() - len(names)
