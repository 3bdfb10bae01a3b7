"""`statistics` for programs."""

import math


def mean(data: list[float]) -> float:
    """The average."""
    values = list(data)
    if not values:
        raise ValueError("mean requires at least one data point")
    total = sum(values) / len(values)
    return int(total) if total == int(total) and all(isinstance(v, int) for v in values) else total


def fmean(data: list[float]) -> float:
    """The average as a float."""
    values = list(data)
    if not values:
        raise ValueError("fmean requires at least one data point")
    return sum(values) / len(values)


def median(data: list[float]) -> float:
    """The middle value."""
    values = sorted(data)
    if not values:
        raise ValueError("no median for empty data")
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def mode(data: list[float]) -> float:
    """The most common value; the first of several."""
    counts: dict[float, int] = {}
    for value in data:
        counts[value] = counts.get(value, 0) + 1
    if not counts:
        raise ValueError("no mode for empty data")
    most = max(counts.values())
    return min([(list(counts).index(value), value) for value, count in counts.items() if count == most])[1]


def _squares(values: list[float], least: int) -> float:
    if len(values) < least:
        raise ValueError(f"at least {least} data points are needed")
    middle = sum(values) / len(values)
    return sum([(value - middle) ** 2 for value in values])


def variance(data: list[float]) -> float:
    """The variance of a sample."""
    values = list(data)
    return _squares(values, 2) / (len(values) - 1)


def pvariance(data: list[float]) -> float:
    """The variance of a whole population."""
    values = list(data)
    return _squares(values, 1) / len(values)


def stdev(data: list[float]) -> float:
    """The standard deviation of a sample."""
    return math.sqrt(variance(data))


def pstdev(data: list[float]) -> float:
    """The standard deviation of a whole population."""
    return math.sqrt(pvariance(data))
