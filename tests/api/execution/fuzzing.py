"""Random schemas, data that may be faulty, and queries: the same for the same seed."""

import asyncio
import dataclasses
import enum
import random
from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types.field import StrawberryField

from api.execution.limits import Limits
from api.execution.schema import Schema

LIMITS = Limits(depth=99, aliases=99_999, tokens=99_999, cost=10**12)
LEAVES = ("str", "int", "float", "bool", "id", "colour", "when", "json")


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


class Guarded(StrawberryField):
    """A field that says no to some contexts, as a scope does."""

    def get_result(self, source, info, args, kwargs):
        if not info.context.open:
            raise PermissionError("closed")
        return super().get_result(source, info, args, kwargs)

    @property
    def is_basic_field(self):
        return False

    @property
    def guard(self):
        return lambda context: context.open


class Raised:
    """Stands in the data for an exception that the resolver raises."""

    def __init__(self, message):
        self.error = ValueError(message)


class Later:
    """A value that has to be awaited; unlike a coroutine, as often as it is asked for."""

    def __init__(self, value):
        self.value = value

    def __await__(self):
        return _later(self.value).__await__()


@dataclasses.dataclass
class Context:
    open: bool = True
    operation: str | None = None
    caller: Any = dataclasses.field(default_factory=lambda: Anyone())  # noqa: PLW0108 - it is defined below


class Anyone:
    scopes = frozenset()


def _told(value):
    if isinstance(value, Raised):
        raise value.error
    if isinstance(value, Later):
        return _later(value.value)
    return value


async def _later(value):
    await asyncio.sleep(0)
    return value


def _resolver(name, how):
    def plain(self):
        return _told(self.held[name])

    def with_arguments(self, size: int = 3, words: list[str] | None = None):
        held = _told(self.held[name])
        words = words or []
        # a list of one's own may be changed
        words.append("mine")
        if len(words) > 2:
            raise ValueError(f"somebody else's: {len(words)}")
        return held[:size] if type(held) is list else held

    def with_info(self, info: strawberry.Info):
        return _told(self.held[name])

    async def waiting(self):
        held = _told(self.held[name])
        return await held if asyncio.iscoroutine(held) else held

    async def called(self, info: strawberry.Info, size: int = 3, words: list[str] | None = None):
        if not info.context.open and size == 1:
            raise PermissionError("closed")
        held = with_arguments(self, size, words)
        return await held if asyncio.iscoroutine(held) else held

    known = {
        "argument": with_arguments,
        "info": with_info,
        "async": waiting,
        "call": called,
    }
    return known.get(how, plain)


class World:
    """One random schema with everything drawn for it."""

    def __init__(self, seed: int, *, faults: float) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - to be the same for the same seed
        self.faults = faults
        self.shapes: dict[str, dict[str, Any]] = {}
        self.classes: dict[str, type] = {}
        enumeration = strawberry.enum(enum.Enum("Colour", {"RED": "r", "BLUE": "b"}))
        self.colours = enumeration
        self.when = strawberry.scalar(name="When", serialize=lambda at: at.isoformat())
        self.json = strawberry.scalar(name="Json", serialize=lambda value: value)
        self.stamp, self.anything = type("Stamp", (), {}), type("Anything", (), {})
        self._make()

    # the schema

    def _make(self) -> None:
        common = {f"c{n}": self._kind(leaf=True) for n in range(self.draw.randint(1, 2))}
        self.common = common
        names = [f"T{n}" for n in range(self.draw.randint(3, 5))]
        # a type refers to later ones only: data ends
        self.names = names
        for place in reversed(range(len(names))):
            later = names[place + 1 :]
            fields = dict(common) if place >= len(names) - 2 else {}
            for n in range(self.draw.randint(2, 5)):
                # the last two are what is abstract, so they hold nothing abstract
                leaf = place >= len(names) - 2 or self.draw.random() < 0.5
                fields[f"f{place}{n}"] = self._kind(leaf=leaf, of=later)
            self.shapes[names[place]] = fields
        interface = type("I", (), {"__annotations__": {}})
        for name, kind in common.items():
            interface.__annotations__[name] = self._annotation(kind)
            setattr(interface, name, strawberry.field(name=name))
        self.interface = strawberry.interface(interface, name="Shared")
        for name in reversed(names):
            self.classes[name] = self._class(name)
        root = self._class("Query", self.shapes[names[0]])
        self.schema = Schema(
            root,
            limits=LIMITS,
            types=[self.classes[name] for name in names],
            config=StrawberryConfig(
                auto_camel_case=False, scalar_map={self.stamp: self.when, self.anything: self.json}
            ),
        )
        self.shapes["Query"] = self.shapes[names[0]]
        self.classes["Query"] = root

    def _kind(self, *, leaf: bool, of=()) -> dict[str, Any]:
        draw = self.draw
        if leaf or not of:
            base = draw.choice(LEAVES)
        else:
            base = draw.choice([*of, *of, "Shared", "Either"])
        return {
            "base": base,
            "lists": draw.choice([0, 0, 0, 1, 2] if base in LEAVES else [0, 1, 1]),
            "required": [draw.random() < 0.4 for _ in range(3)],
            "how": draw.choice(
                ["attribute"] * 4
                + ["sync"] * 3
                + ["argument"] * 3
                + ["guarded"] * 2
                + ["async", "info", "call", "call"]
            ),
        }

    def _annotation(self, kind) -> Any:
        leaves = {
            "str": str,
            "int": int,
            "float": float,
            "bool": bool,
            "id": strawberry.ID,
            "colour": self.colours,
            "when": self.stamp,
            "json": self.anything,
        }
        base = kind["base"]
        if base in leaves:
            found: Any = leaves[base]
        elif base == "Shared":
            found = self.interface
        elif base == "Either":
            one, other = (self.classes[name] for name in self.names[-2:])
            found = Annotated[one | other, strawberry.union("Either")]
        else:
            found = self.classes[base]
        for level in range(kind["lists"] + 1):
            if not kind["required"][level]:
                found = found | None
            if level < kind["lists"]:
                found = list[found]
        return found

    def _class(self, name: str, shape=None) -> type:
        shape = shape or self.shapes[name]
        bases = (self.interface,) if name in self.names[-2:] else ()
        made = type(name, bases, {"__annotations__": {"held": strawberry.Private[dict]}})
        for field, kind in shape.items():
            self._field(made, field, kind, owner=name)
        return strawberry.type(made)

    def _field(self, made, name, kind, owner) -> None:
        annotation = self._annotation(kind)
        how = "attribute" if name in self.common and owner in self.names[-2:] else kind["how"]
        if owner == "Query" and how == "attribute":
            how = "sync"
        if how == "attribute":
            made.__annotations__[name] = annotation
            setattr(made, name, strawberry.field(name=name))
            return
        resolver = _resolver(name, how)
        resolver.__annotations__["return"] = annotation
        field = strawberry.field(resolver, name=name)
        if how == "guarded":
            field = Guarded(python_name=name, graphql_name=name, base_resolver=field.base_resolver)
        setattr(made, name, field)

    # the data

    def root(self):
        return self._object("Query")

    def _object(self, name: str):
        shape = self.shapes[name]
        cls = self.classes[name]
        made = cls.__new__(cls)
        made.held = {}
        for field, kind in shape.items():
            # a fault right below the root would often be the whole answer
            value = self._value(kind) if name != "Query" else self._sound(kind)
            made.held[field] = value
            if isinstance(value, Raised):
                value = None
            if self.draw.random() >= self.faults / 5:
                setattr(made, field, value)
        return made

    def _sound(self, kind):
        faults, self.faults = self.faults, self.faults / 10
        try:
            return self._value(kind)
        finally:
            self.faults = faults

    def _value(self, kind, level: int | None = None):
        level = kind["lists"] if level is None else level
        draw = self.draw
        if draw.random() < self.faults:
            return self._fault(kind, level)
        if not kind["required"][level] and draw.random() < 0.2:
            return None
        if level:
            items = [self._value(kind, level - 1) for _ in range(draw.randint(0, 3))]
            # what a list holds is not raised
            items = [item for item in items if not isinstance(item, Raised)]
            return tuple(items) if draw.random() < 0.1 else items
        return self._single(kind["base"])

    def _single(self, base: str):
        draw = self.draw
        leaf = {
            "str": lambda: draw.choice(["", "a", "Ada"]),
            "int": lambda: draw.choice([0, -1, 2**31 - 1]),
            "float": lambda: draw.choice([0.5, 2, -1.25]),
            "bool": lambda: draw.choice([True, False]),
            "id": lambda: draw.choice(["x1", 7]),
            "colour": lambda: draw.choice(list(self.colours)),
            "when": lambda: datetime(2026, 1, draw.randint(1, 28), tzinfo=UTC),
            "json": lambda: draw.choice([1, "a", {"k": [1]}, [1, 2]]),
        }
        if base in leaf:
            return leaf[base]()
        if base in {"Shared", "Either"}:
            base = draw.choice(self.names[-2:])
        return self._object(base)

    def _fault(self, kind, level):
        draw = self.draw
        usual = [
            lambda: None,
            lambda: ValueError("returned"),
            lambda: Raised("raised"),
            lambda: Later(self._value(kind, level)),
        ]
        rare = [
            lambda: object,
            lambda: "text",
            lambda: 2**40,
            lambda: 1.5,
            lambda: True,
            lambda: {1: 2},
            lambda: [None],
            lambda: (),
            lambda: float("nan"),
            lambda: self._object(draw.choice(self.names)),
        ]
        if level and draw.random() < 0.4:
            return draw.choice(["text", {"k": 1}, {1: 2}, 7])
        return draw.choice(draw.choice([usual, rare]))()

    # the query

    def query(self) -> str:
        self.fragments: list[str] = []
        self.aliases = 0
        body = self._selection("Query", 0)
        head = "query Q($on: Boolean!, $off: Boolean = false, $size: Int, $words: [String!])"
        used = "w0: __typename @include(if: $on) w1: __typename @skip(if: $off) "
        text = f"{head} {{ {used} {body} }} {' '.join(self.fragments)}"
        for name, alone in (("size", "Int"), ("words", "[String!]")):
            if text.count(f"${name}") == 1:
                text = text.replace(f", ${name}: {alone}", "")
        return text

    def _selection(self, name: str, depth: int) -> str:
        draw = self.draw
        parts = []
        fields = self.common if name == "Shared" else self.shapes.get(name, {})
        for field, kind in fields.items():
            times = draw.choice([0, 1, 1, 1, 2])
            parts += [self._asked(name, field, kind, depth) for _ in range(times)]
        if name in {"Shared", "Either"}:
            narrowed = [each for each in self.names[-2:] if draw.random() < 0.7]
            parts += [f"... on {it} {{ {self._selection(it, depth + 1)} }}" for it in narrowed]
        if draw.random() < 0.4:
            parts.append("__typename")
        if name not in {"Shared", "Either"} and draw.random() < 0.3:
            parts.append(self._fragment(name, depth))
        draw.shuffle(parts)
        return " ".join(parts or ["__typename"])

    def _fragment(self, name: str, depth: int) -> str:
        inner = self._selection(name, depth + 1) if depth < 5 else "__typename"
        if self.draw.random() < 0.5:
            return f"... {self._directive()} {{ {inner} }}"
        called = f"F{len(self.fragments)}_{depth}_{self.draw.randint(0, 10**9)}"
        self.fragments.append(f"fragment {called} on {name} {{ {inner} }}")
        return f"...{called} {self._directive()}"

    def _asked(self, owner: str, field: str, kind, depth: int) -> str:
        draw = self.draw
        plain = field in self.common and owner in {*self.names[-2:], "Shared"}
        arguments = ""
        if kind["how"] in {"argument", "call"} and not plain:
            arguments = draw.choice(
                ["", "(size: 1)", "(size: $size)", '(words: ["a"])', "(words: $words, size: 2)"]
            )
        alias = ""
        if arguments or draw.random() < 0.3:
            self.aliases += 1
            alias = f"a{self.aliases}: "
        below = ""
        if kind["base"] not in LEAVES:
            below = f" {{ {self._selection(kind['base'], depth + 1)} }}"
        return f"{alias}{field}{arguments} {self._directive()}{below}"

    def _directive(self) -> str:
        return self.draw.choice(
            ["", "", "", "", "@include(if: $on)", "@skip(if: $off)", "@skip(if: $on)"]
        )

    def variables(self) -> dict[str, Any]:
        draw = self.draw
        found: dict[str, Any] = {"on": draw.random() < 0.7}
        if draw.random() < 0.3:
            found["off"] = draw.random() < 0.5
        if draw.random() < 0.5:
            found["size"] = draw.choice([0, 1, 2])
        if draw.random() < 0.5:
            found["words"] = ["w"]
        return found
