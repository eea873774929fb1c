#!/usr/bin/env python3
"""Scores tiles with numpy, to check the scores of @foretile/scoring by hand.

Written from the definitions in docs/scoring.md and from nothing else of this repository: the CRPS is
mean |x - y| - 1/(2 N^2) sum |x_i - x_j| over all pairs, the second sum taken over sorted members. Totals agree to about
1e-12 relative, not bit for bit, because the sums are taken in another order.

usage:
  crps_numpy.py TILES PRICES.csv --start 2017-12-05T12:00:00Z --increment 300 --length 86400 --intervals INTERVALS

  TILES      a .npy array [simulations, steps], or with --step-major [steps, simulations];
             or a JSON object {"name": [[path], [path], ...], ...} with a row per simulation
  PRICES     rows `timestamp,price` (unix seconds of the minute's opening, close), with or without a heading, in any order;
             the last row of a minute counts
  INTERVALS  a JSON object of seconds by name, or the name of a file with one: {"5min": 300, "24hour_abs": 86400}

Prints one JSON object: {"name": {"crps": total, "intervals": {"5min": sum, ...}}, ...}; "crps" is null for a tile with a
price of 0 or a total that is no finite number. Needs numpy and Python 3.9 or newer.
"""

import argparse
import csv
import json
import os
import sys
from datetime import datetime, timezone

import numpy as np


def crps(members, observation):
    """CRPS of every row of members [evaluations, simulations]; NaN members are left out."""
    scores = np.empty(len(members))
    for row, (x, y) in enumerate(zip(members, observation)):
        x = np.sort(x[~np.isnan(x)])
        n = len(x)
        if n == 0:
            scores[row] = np.nan
            continue
        pairs = 2 * np.dot(2 * np.arange(1, n + 1) - n - 1, x)  # sum of |x_i - x_j| over ordered pairs
        scores[row] = np.mean(np.abs(x - y)) - pairs / (2 * n * n)
    return scores


def values(paths, name, stride):
    """What an interval takes from paths [paths, steps]: prices, or changes in basis points."""
    if name.endswith("_abs"):
        stride = max(1, min(stride, paths.shape[1] - 1))
        return paths[:, stride::stride]
    points = paths[:, ::stride]
    if name.endswith("_gaps"):
        points = points[:, :2]
    return np.diff(points, axis=1) / points[:, :-1] * 10_000


def score(tile, real, increment, intervals):
    """Total and sums by interval of a tile [simulations, steps] against realized prices [steps]."""
    if np.any(tile == 0):
        return {"crps": None, "intervals": {}}
    sums = {}
    for name, seconds in intervals.items():
        stride = int(seconds / increment)
        if stride < 1:
            raise SystemExit(f"interval is shorter than the increment: {name}")
        observed = values(real[np.newaxis, :], name, stride)[0]
        if observed.size == 0:
            continue
        present = ~np.isnan(observed)
        scores = crps(values(tile, name, stride).T[present], observed[present])
        if name.endswith("_abs"):
            scores = scores / real[-1] * 10_000
        sums[name] = float(np.sum(scores))
    total = sum(sums.values())
    if not np.isfinite(total):
        return {"crps": None, "intervals": {}}
    return {"crps": total, "intervals": sums}


def read_prices(path, grid):
    """Realized prices on the grid, NaN where there is no row."""
    by_time = {}
    with open(path, newline="") as rows:
        for row in csv.reader(rows):
            try:
                by_time[int(float(row[0]))] = float(row[1])
            except (ValueError, IndexError):
                if by_time:
                    raise SystemExit(f"not a row of timestamp and price: {row}")
    if not any(time > grid[-1] for time in by_time):
        raise SystemExit("not settled: no price after the last point")
    if grid[-1] not in by_time:
        raise SystemExit("no price at the last point")
    return np.array([by_time.get(time, np.nan) for time in grid])


def read_tiles(path, step_major):
    """Tiles by name, each [simulations, steps] in float64."""
    if path.endswith(".npy"):
        tile = np.load(path).astype(np.float64)
        return {os.path.basename(path): tile.T if step_major else tile}
    with open(path) as text:
        return {name: np.array(rows, dtype=np.float64) for name, rows in json.load(text).items()}


def start_seconds(text):
    """Unix seconds of an ISO 8601 time (UTC without a zone), or of a plain number."""
    if text.isdigit():
        return int(text)
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tiles")
    parser.add_argument("prices")
    parser.add_argument("--start", required=True, type=start_seconds)
    parser.add_argument("--increment", required=True, type=int)
    parser.add_argument("--length", required=True, type=int)
    parser.add_argument("--intervals", required=True)
    parser.add_argument("--step-major", action="store_true")
    args = parser.parse_args()

    steps = args.length // args.increment + 1
    grid = [args.start + step * args.increment for step in range(steps)]
    real = read_prices(args.prices, grid)
    if os.path.exists(args.intervals):
        with open(args.intervals) as text:
            intervals = json.load(text)
    else:
        intervals = json.loads(args.intervals)
    results = {}
    with np.errstate(all="ignore"):  # a hostile tile ends as null, without a warning
        for name, tile in read_tiles(args.tiles, args.step_major).items():
            if tile.ndim != 2 or tile.shape[1] != steps:
                raise SystemExit(f"tile {name} does not have {steps} steps: {tile.shape}")
            results[name] = score(tile, real, args.increment, intervals)
    json.dump(results, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
