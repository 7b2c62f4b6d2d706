"""Random expressions of mmq, each with what it must be of an event, computed in Python.

The rules are those of the reference (Values.md): 64 bits that wrap, a result is signed if either side is,
a subtraction always, a literal takes the sign of the other side, C's division, 1 where it is by zero.
"""
import fnmatch, re, struct

MASK = (1 << 64) - 1
NUMBERS = [0, 1, 2, 3, 7, 8, 63, 64, 65, 100, 127, 128, 255, 256, 1000, 1024, 32767, 32768, 65535, 10**6,
           2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**62, 2**63 - 1]
LARGE = [2**63, 2**64 - 2, 2**64 - 1]
WORDS = ["", "a", "load", "sh", "kswapd0", "trace-cmd", "x y"]
GLOBS = ["*a*", "s*", "*d", "[k-s]*", "*[0-9]*", "l*d", "*", ""]
TYPES = [(bits, signed) for bits in (8, 16, 32, 64) for signed in (True, False)]


def cut(value, bits, signed):
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def divide(a, b):
    """C's division: toward zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def type_name(bits, signed):
    return f"{'int' if signed else 'uint'}{bits}"


class Expression:
    """`value` takes an event; `signed` is None for what is no number."""

    def __init__(self, text, value, signed=None, bits=64, literal=False):
        self.text, self.value = text, value
        self.signed, self.bits, self.literal = signed, bits, literal

    def cast(self, bits, signed):
        return Expression(f"({type_name(bits, signed)})({self.text})",
                          lambda event: cut(self.value(event), bits, signed), signed, bits)


def binary(operator, a, b):
    """`a operator b`, one of them at least no literal."""
    sides = [b.signed if a.literal else a.signed, a.signed if b.literal else b.signed]
    signed = {"<<": a.signed, ">>": a.signed, "-": True}.get(operator, any(sides))

    def value(event):
        x, y = (cut(side.value(event), 64, signed) for side in (a, b))
        return cut(OPERATORS[operator](x, y), 64, signed)
    return Expression(f"({a.text} {operator} {b.text})", value, signed)


OPERATORS = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y,
    "/": lambda x, y: divide(x, y) if y else 1, "%": lambda x, y: x - y * divide(x, y) if y else 1,
    "&": lambda x, y: x & y, "|": lambda x, y: x | y, "^": lambda x, y: x ^ y,
    "<<": lambda x, y: x << (y & 63), ">>": lambda x, y: x >> (y & 63)}
COMPARISONS = {
    "<": lambda x, y: x < y, "<=": lambda x, y: x <= y, ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y, "==": lambda x, y: x == y, "!=": lambda x, y: x != y}


class Event:
    """A record, as expressions see it; `variables` are those of the block that runs."""

    def __init__(self, time, cpu, payload, layout, origin):
        self.time, self.cpu, self.payload, self.layout = time, cpu, payload, layout
        self.elapsed, self.variables = time - origin, {}
        self.thread, = struct.unpack_from("<i", payload, 4)


def fields(layout):
    """The event's numbers and its strings. Where the kernel prints names, the cast asks for the number."""
    numbers, strings = [], []
    named = set(re.findall(r"__print_\w+\(.*?REC->(\w+)", layout.text, re.S))
    for name, (kind, _, size, signed) in layout.fields.items():
        value = lambda event, name=name: event.layout.value(event.payload, name)
        if kind.startswith("__data_loc char") or kind == "char" and size > 1:
            strings.append(Expression(f"args.{name}", lambda event, value=value: value(event).encode()))
        elif kind != "bool" and size in (1, 2, 4, 8) and not kind.startswith(("__data_loc", "struct")):
            number = Expression(f"args.{name}", value, signed and "*" not in kind, 8 * size)
            numbers.append(number.cast(64, True) if name in named else number)
    return numbers, strings


class Expressions:
    """Makes expressions over the fields of one event."""

    def __init__(self, random, layout, variables=()):
        self.random, self.variables = random, list(variables)
        self.numbers, self.strings = fields(layout)
        self.numbers += [
            Expression("tid", lambda event: event.thread, True, 32),
            Expression("cpu", lambda event: event.cpu, False),
            Expression("nsecs", lambda event: event.time, False),
            Expression("elapsed", lambda event: event.elapsed, False)]

    def number(self, depth):
        """No literal, so that its sign is known."""
        while True:
            made = self.any_number(depth)
            if not made.literal:
                return made

    def any_number(self, depth):
        makers = [self.operation] * 5 + [self.unary, self.narrowed, self.choice, self.swapped, self.length]
        if depth == 0 or self.random.random() < 0.2:
            makers = [self.field] * 6 + [self.literal, self.large, self.negative, self.variable]
        return self.random.choice(makers)(depth)

    def field(self, _):
        return self.random.choice(self.numbers)

    def variable(self, _):
        return self.random.choice(self.variables or self.numbers)

    def literal(self, _):
        number = self.random.choice(NUMBERS)
        text = self.random.choice([str, hex, "{:_}".format, "{}ull".format])(number)
        return Expression(text, lambda _: number, True, literal=True)

    def large(self, _):
        number = self.random.choice(LARGE)
        return Expression(hex(number), lambda _: number, False)

    def negative(self, _):
        number = -self.random.choice(NUMBERS[1:])
        return Expression(f"({number})", lambda _: number, True)

    def operation(self, depth):
        a, b = self.number(depth - 1), self.any_number(depth - 1)
        if self.random.random() < 0.5:
            a, b = b, a
        return binary(self.random.choice(list(OPERATORS)), a, b)

    def unary(self, depth):
        a = self.number(depth - 1)
        # A large number alone has no negative.
        a = a.cast(64, a.signed) if a.text[0].isdigit() else a
        if self.random.random() < 0.5:
            return Expression(f"(-({a.text}))", lambda event: cut(-a.value(event), 64, True), True)
        return Expression(
            f"(~{a.text})", lambda event: cut(~a.value(event), 64, a.signed), a.signed)

    def narrowed(self, depth):
        return self.number(depth - 1).cast(*self.random.choice(TYPES))

    def choice(self, depth):
        condition = self.condition(depth - 1)
        a, b = (self.number(depth - 1).cast(64, True) for _ in range(2))
        return Expression(
            f"({condition.text} ? {a.text} : {b.text})",
            lambda event: (a if condition.value(event) else b).value(event), True)

    def swapped(self, depth):
        a = self.number(depth - 1).cast(64, False)
        return Expression(
            f"bswap({a.text})", lambda event: int.from_bytes(a.value(event).to_bytes(8, "big"), "little"),
            False)

    def length(self, depth):
        a = self.string(depth - 1)
        return Expression(f"strlen({a.text})", lambda event: len(a.value(event)), False)

    def condition(self, depth):
        if depth > 0 and self.random.random() < 0.3:
            a, b = self.condition(depth - 1), self.condition(depth - 1)
            if self.random.random() < 0.5:
                return Expression(
                    f"({a.text} && {b.text})", lambda event: a.value(event) and b.value(event))
            return Expression(f"({a.text} || !{b.text})", lambda event: a.value(event) or not b.value(event))
        if self.random.random() < 0.2:
            a, glob = self.string(depth), self.random.choice(GLOBS)
            pattern = re.compile(fnmatch.translate(glob), re.S)
            return Expression(
                f'({a.text} =~ "{glob}")', lambda event: bool(pattern.match(a.value(event).decode())))
        if self.random.random() < 0.2:
            a, b = self.string(depth), self.string(depth)
            return Expression(f"({a.text} == {b.text})", lambda event: a.value(event) == b.value(event))
        return self.comparison(depth)

    def comparison(self, depth):
        a, b = self.number(max(0, depth)), self.any_number(max(0, depth))
        signed = a.signed or not b.literal and b.signed
        operator = self.random.choice(list(COMPARISONS))
        return Expression(
            f"({a.text} {operator} {b.text})", lambda event: COMPARISONS[operator](
                *(cut(side.value(event), 64, signed) for side in (a, b))))

    def string(self, depth):
        chance = self.random.random() if depth > 0 else 1
        if chance < 0.2:
            return self.part(depth)
        if chance < 0.3:
            a, b = self.string(depth - 1), self.string(depth - 1)
            return Expression(
                f"str_concat({a.text}, {b.text})", lambda event: a.value(event) + b.value(event))
        if chance < 0.4:
            a = self.number(depth - 1)
            return Expression(f"(string)({a.text})", lambda event: str(a.value(event)).encode())
        if self.strings and self.random.random() < 0.7:
            return self.random.choice(self.strings)
        word = self.random.choice(WORDS)
        return Expression(f'"{word}"', lambda _: word.encode())

    def part(self, depth):
        a, start = self.string(depth - 1), self.random.randrange(-4, 6)
        length = self.random.choice([0, 1, 3, 20])

        def value(event):
            whole = a.value(event)
            first = start if start >= 0 else max(0, len(whole) + start)
            return whole[first:first + length]
        return Expression(f"substr({a.text}, {start}, {length})", value)
