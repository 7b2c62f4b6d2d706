"""Maps of random programs: what a script does to them, and how mmq must print them."""
import math

from expected import bar_width
from random_expressions import cut, divide

UNITS = ["", "K", "M", "G", "T", "P", "E"]


# ---------------------------------------------------------------- aggregations

class Aggregation:
    """`call` is the argument's place in the script; a cell starts as `empty()`."""
    call, readable = "{}", True

    def empty(self):
        return 0

    def is_row(self):
        """One line, not the rows of a histogram."""
        return True

    def order(self, cell):
        return cell

    def show(self, cell, divisor):
        return str(divide(cell, divisor))


class Set(Aggregation):
    def take(self, cell, value):
        return value


class Count(Aggregation):
    call = "count()"

    def take(self, cell, value):
        return cell + 1


class Sum(Aggregation):
    call = "sum({})"

    def __init__(self, signed):
        self.signed = signed

    def take(self, cell, value):
        return cut(cell + value, 64, self.signed)


class Extreme(Aggregation):
    def __init__(self, name, choose):
        self.call, self.choose = name + "({})", choose

    def empty(self):
        return None

    def take(self, cell, value):
        return value if cell is None else self.choose(cell, value)

    def order(self, cell):
        return cell or 0

    def show(self, cell, divisor):
        return str(divide(cell or 0, divisor))


class Average(Aggregation):
    call = "avg({})"

    def __init__(self, signed):
        self.signed = signed

    def empty(self):
        return 0, 0

    def take(self, cell, value):
        return cell[0] + 1, cut(cell[1] + value, 64, self.signed)

    def order(self, cell):
        return divide(cell[1], cell[0]) if cell[0] else 0

    def show(self, cell, divisor):
        return str(divide(self.order(cell), divisor))


class Stats(Average):
    call, readable = "stats({})", False

    def show(self, cell, divisor):
        average = super().show(cell, divisor)
        return f"{{ .count = {cell[0]}, .average = {average}, .total = {cell[1]} }}"


class Quantile(Aggregation):
    """All results that are shown are exact below 128."""
    call, readable = "quantile({}, 0, 50, 99.9)", False

    def empty(self):
        return ()

    def take(self, cell, value):
        return (*cell, value % 128)

    def order(self, cell):
        return len(cell)

    def show(self, cell, divisor):
        ranks = [sorted(cell)[max(1, math.ceil(len(cell) * p / 100)) - 1] if cell else None
                 for p in (0, 50, 99.9)]
        shown = ["-" if rank is None else str(divide(rank, divisor)) for rank in ranks]
        return "{ .p0 = %s, .p50 = %s, .p99.9 = %s }" % tuple(shown)


class Buckets(Aggregation):
    """A cell is {bucket: count}; buckets are numbered from the one of the smallest values."""
    readable, divides = False, True

    def empty(self):
        return {}

    def is_row(self):
        return False

    def take(self, cell, value):
        index = self.index(value)
        return {**cell, index: cell.get(index, 0) + 1}

    def order(self, cell):
        return sum(cell.values())

    def rows(self, cell, divisor):
        divisor = divisor if self.divides else 1
        largest = max(cell.values(), default=0) // divisor
        for index in range(min(cell, default=0), max(cell, default=-1) + 1):
            count = cell.get(index, 0) // divisor
            bar = "@" * bar_width(count, largest) if largest else ""
            yield f"{self.label(index):<16}{count:>8} |{bar:<52}|"


class Histogram(Buckets):
    """Each power of two in 2^k parts. Bucket 0 is for negative values."""

    def __init__(self, k):
        self.k, self.call = k, "hist({}, %d)" % k

    def index(self, value):
        if value < 0:
            return 0
        power = value.bit_length() - 1
        if power < self.k or value < 2:
            return value + 1
        return 1 + ((power - self.k + 1) << self.k) + ((value >> (power - self.k)) & ((1 << self.k) - 1))

    def label(self, index):
        if index == 0:
            return "(..., 0)"
        if index - 1 < 2 << self.k:
            return f"[{index - 1}]"
        return f"[{self.bound(index - 1)}, {self.bound(index)})"

    def bound(self, index):
        parts, power = 1 << self.k, (index >> self.k) - 1
        return str((1 << power % 10) * (parts + index % parts)) + UNITS[power // 10]


class Linear(Buckets):
    """lhist(): from `low` in `count` steps."""
    divides = False

    def __init__(self, low, step, count):
        self.low, self.step, self.count = low, step, count
        self.call = "lhist({}, %d, %d, %d)" % (low, low + step * count, step)

    def index(self, value):
        return 0 if value < self.low else 1 + min((value - self.low) // self.step, self.count)

    def label(self, index):
        if index == 0:
            return f"(..., {self.bound(1)})"
        if index > self.count:
            return f"[{self.bound(index)}, ...)"
        if self.step == 1:
            return f"[{self.bound(index)}]"
        return f"[{self.bound(index)}, {self.bound(index + 1)})"

    def bound(self, index):
        number = self.low + (index - 1) * self.step
        if self.step % 1024 or number % 1024 or number == 0:
            return str(number)
        return f"{number >> 20}M" if number % (1 << 20) == 0 else f"{number >> 10}K"


def aggregation(random, signed):
    """Any of them."""
    low, step = random.choice([-1000, -10, 0, 5]), random.choice([1, 3, 10, 1024])
    return random.choice([
        Set(), Count(), Sum(signed), Average(signed), Stats(signed), Quantile(),
        Extreme("min", min), Extreme("max", max), Histogram(random.randrange(6)),
        Linear(low, step, random.randrange(1, 12))])


# ---------------------------------------------------------------- maps

def key_text(key):
    return ", ".join(
        part.decode() if isinstance(part, bytes) else str(part).lower() for part in key)


class Map:
    """Its cells by key; a key is a tuple of numbers, strings and bools."""

    def __init__(self, random, name):
        self.name, self.cells = name, {}
        self.signed = random.random() < 0.6
        self.aggregation = aggregation(random, self.signed)
        self.parts = [random.choice(["int64", "uint64", "string", "bool"])
                      for _ in range(random.choice([0, 1, 1, 2, 3]))]

    def argument(self, value):
        """The value as the script writes it behind `=`."""
        text = value.cast(64, self.signed).text
        return self.aggregation.call.format(
            text if not isinstance(self.aggregation, Quantile) else f"({text} & 127)")

    def take(self, key, value):
        value = cut(value, 64, self.signed)
        self.cells[key] = self.aggregation.take(self.cells.get(key, self.aggregation.empty()), value)

    def zero(self):
        self.cells = {key: self.aggregation.empty() for key in self.cells}

    def read(self, key):
        """In an expression: as an order, it is the number that shows."""
        return self.aggregation.order(self.cells.get(key, self.aggregation.empty()))

    def lines(self, top=0, divisor=1):
        keys = sorted(self.cells, key=lambda key: (self.aggregation.order(self.cells[key]), key))
        for key in keys[-top:]:
            head = self.name + (f"[{key_text(key)}]" if self.parts else "") + ":"
            if self.aggregation.is_row():
                yield f"{head} {self.aggregation.show(self.cells[key], divisor)}"
            else:
                yield from (head, *self.aggregation.rows(self.cells[key], divisor), "")
