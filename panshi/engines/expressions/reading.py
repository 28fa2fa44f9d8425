"""Reads an expression into nodes: a closed grammar with limits on length, parts, depth and numbers.

The engine's own grammar holds more (closures, templates, assignment, member access, regular expressions); what is not
read here never reaches it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from panshi.engines.expressions.kinds import MOST_DIGITS, MOST_PLACES, BadExpression
from panshi.engines.expressions.nodes import (
    Binary,
    Call,
    Choice,
    Constant,
    Items,
    Name,
    Node,
    Number,
    Span,
    Text,
    Unary,
    Within,
)

MOST_LENGTH: Final = 2_000
MOST_TOKENS: Final = 400
MOST_DEPTH: Final = 24
MOST_EXPONENT: Final = 6

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.(?!\.)\d+)?)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<name>[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*(?:\.[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*)*)
    |(?P<mark>\.\.|==|!=|<=|>=|[-+*/%^<>()\[\],?:]))""",
    re.VERBOSE,
)
_BLANK: Final = re.compile(r"\s*\Z")
_WORDS: Final = frozenset({"and", "or", "not", "in", "true", "false", "null"})
_COMPARE: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: `form` is number, text, name, mark or end."""

    form: str
    text: str
    at: int


def is_name(text: str) -> bool:
    """Whether `text` can be a name in expressions: Chinese characters, letters, digits, underscore, dots between."""
    match = _TOKEN.match(text)
    return bool(
        match
        and match.lastgroup == "name"
        and match.group("name") == text
        and text not in _WORDS
        and not _is_inner(text)
    )


def _is_inner(name: str) -> bool:
    """Names that belong to programming languages; refused although nothing could come of them."""
    return any(part.startswith("__") for part in name.split("."))


def read(expression: str) -> Node:
    """The expression as nodes. Raises `BadExpression`."""
    if len(expression) > MOST_LENGTH:
        raise BadExpression("too_long", {"most": MOST_LENGTH})
    return _Reader(tokens(expression)).whole()


def tokens(expression: str) -> list[Token]:
    """The pieces of an expression, the last one its end. Raises `BadExpression`."""
    found: list[Token] = []
    place = 0
    while not _BLANK.match(expression, place):
        match = _TOKEN.match(expression, place)
        if match is None or match.lastgroup is None:
            rest = expression[place:].lstrip()
            raise BadExpression("character", {"part": rest[:1], "at": len(expression) - len(rest) + 1})
        form = match.lastgroup
        text = match.group(form)
        if form == "name" and _is_inner(text):
            raise BadExpression("unknown_name", {"name": text})
        found.append(Token("mark" if text in _WORDS else form, text, match.start(form) + 1))
        if len(found) > MOST_TOKENS:
            raise BadExpression("too_many_parts", {"most": MOST_TOKENS})
        place = match.end()
    if not found:
        raise BadExpression("empty")
    return [*found, Token("end", "", len(expression) + 1)]


class _Reader:
    """A recursive reader; the depth counts every bracket, so the recursion is bounded."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self.expression()
        if self.now.form != "end":
            raise self.unexpected()
        return node

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def unexpected(self) -> BadExpression:
        token = self.now
        if token.form == "end":
            return BadExpression("unfinished")
        return BadExpression("unexpected", {"part": token.text[:20], "at": token.at})

    def take(self, *marks: str) -> str | None:
        token = self.now
        if token.form == "mark" and token.text in marks:
            self.place += 1
            return token.text
        return None

    def need(self, mark: str) -> None:
        if self.take(mark) is None:
            raise self.unexpected()

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise BadExpression("too_deep", {"most": MOST_DEPTH})
        node = self.either()
        if self.take("?"):
            yes = self.expression()
            self.need(":")
            node = Choice(node, yes, self.expression())
        self.depth -= 1
        return node

    def either(self) -> Node:
        node = self.both()
        while self.take("or"):
            node = Binary("or", node, self.both())
        return node

    def both(self) -> Node:
        node = self.negation()
        while self.take("and"):
            node = Binary("and", node, self.negation())
        return node

    def negation(self) -> Node:
        negated = False
        while self.take("not"):
            negated = not negated
        return Unary("not", self.comparison()) if negated else self.comparison()

    def comparison(self) -> Node:
        node = self.sum()
        if operator := self.take(*_COMPARE):
            return Binary(operator, node, self.sum())
        if self.take("in"):
            return Within(node, self.holder(), negated=False)
        if self.take("not"):
            self.need("in")
            return Within(node, self.holder(), negated=True)
        return node

    def sum(self) -> Node:
        node = self.product()
        while operator := self.take("+", "-"):
            node = Binary(operator, node, self.product())
        return node

    def product(self) -> Node:
        node = self.signed()
        while operator := self.take("*", "/", "%"):
            node = Binary(operator, node, self.signed())
        return node

    def signed(self) -> Node:
        negated = False
        while self.take("-"):
            negated = not negated
        return Unary("-", self.power()) if negated else self.power()

    def power(self) -> Node:
        node = self.atom()
        if not self.take("^"):
            return node
        token = self.now
        if token.form != "number" or not token.text.isdigit() or int(token.text[:9]) > MOST_EXPONENT:
            raise BadExpression("exponent", {"most": MOST_EXPONENT})
        self.place += 1
        return Binary("^", node, Number(Decimal(token.text)))

    def holder(self) -> Node:
        """What stands after `in`: a list, a range, or a name."""
        if self.now.form == "mark" and self.now.text in "([":
            return self.bracket(spans=True)
        return self.atom()

    def bracket(self, *, spans: bool) -> Node:
        """`[1, 2]`, and after `in` also `[1..10]`, `(0..5]`."""
        opening = self.take("[", "(")
        if opening == "[" and self.take("]"):
            return Items(())
        first = self.expression()
        if spans and self.take(".."):
            high = self.expression()
            closing = self.take("]", ")")
            if closing is None:
                raise self.unexpected()
            return Span(first, high, low_open=opening == "(", high_open=closing == ")")
        if opening == "(":
            self.need(")")
            return first
        items = [first]
        while self.take(","):
            items.append(self.expression())
        self.need("]")
        return Items(tuple(items))

    def atom(self) -> Node:
        token = self.now
        if token.form == "mark":
            return self.marked(token)
        self.place += 1
        if token.form == "number":
            return Number(_number(token.text))
        if token.form == "text":
            return Text(token.text[1:-1])
        if token.form == "name":
            return self.call(token) if self.take("(") else Name(token.text, token.at)
        self.place -= 1
        raise self.unexpected()

    def marked(self, token: Token) -> Node:
        if token.text in "([":
            return self.bracket(spans=False)
        if word := self.take("true", "false", "null"):
            return Constant({"true": True, "false": False, "null": None}[word])
        raise self.unexpected()

    def call(self, token: Token) -> Node:
        arguments: list[Node] = []
        while not self.take(")"):
            if arguments:
                self.need(",")
            arguments.append(self.expression())
        return Call(token.text, tuple(arguments))


def _number(text: str) -> Decimal:
    whole, _point, places = text.partition(".")
    if len(whole.lstrip("0")) > MOST_DIGITS:
        raise BadExpression("number_size", {"digits": MOST_DIGITS})
    if len(places) > MOST_PLACES:
        raise BadExpression("number_places", {"places": MOST_PLACES})
    return Decimal(text)
