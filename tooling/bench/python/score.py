#!/usr/bin/env python3
"""Scores requests for the benchmarks: a line of JSON in, a line of JSON with the scores out, until the input ends.

The first argument says how: `numpy` sorts all columns of an interval at once; `numba` is the algorithm of properscoring
(crps_ensemble without weights, Apache-2.0), compiled, and called for each column as the network's validator does;
`postgres-json` is the same on answers that are JSON in Postgres. Needs Debian's python3-numpy, python3-numba and, for
the last, python3-psycopg2; the URL and the table are the next arguments.
"""

import json
import sys

import numpy as np
from numba import guvectorize


@guvectorize(["void(float64[:], float64[:], float64[:])"], "(),(n)->()", nopython=True)
def integral_of_squares(observation, members, result):
    """The integral of the squared distance between the members' distribution and the observation's; members sorted."""
    seen = observation[0]
    count = len(members)
    before = 0.0
    share = 0.0
    is_past = 0.0
    total = 0.0
    for member in members:
        if is_past == 0.0 and seen < member:
            total += (seen - before) * share**2
            total += (member - seen) * (share - 1.0) ** 2
            is_past = 1.0
        else:
            total += (member - before) * (share - is_past) ** 2
        share += 1.0 / count
        before = member
    if is_past == 0.0:
        total += seen - before
    result[0] = total


def crps_of_each(members, observation):
    """As the validator: column by column, each sorted and integrated."""
    return sum(
        float(integral_of_squares(seen, np.sort(column)))
        for column, seen in zip(members, observation)
    )


def crps_of_all(members, observation):
    """All columns at once: mean |x - y| less the mean over pairs, from sorted members."""
    count = members.shape[1]
    ranks = 2 * np.arange(1, count + 1) - count - 1
    spread = np.sort(members, axis=1) @ ranks / (count * count)
    return float(np.sum(np.mean(np.abs(members - observation[:, None]), axis=1) - spread))


def values_of(paths, name, stride):
    """Prices or changes in basis points of paths [steps, ...], as the interval of that name has them."""
    if name.endswith("_abs"):
        stride = max(1, min(stride, len(paths) - 1))
        return paths[stride::stride]
    points = paths[::stride]
    if name.endswith("_gaps"):
        points = points[:2]
    return np.diff(points, axis=0) / points[:-1] * 10_000


def score(tile, realized, increment, intervals, crps):
    total = 0.0
    for name, seconds in intervals.items():
        stride = seconds // increment
        observed = values_of(realized, name, stride)
        part = crps(np.ascontiguousarray(values_of(tile, name, stride)), observed)
        total += part / realized[-1] * 10_000 if name.endswith("_abs") else part
    return total


def tiles_of_file(job):
    """Tiles [steps, simulations] of a file of float32."""
    shape = (job["answers"], job["steps"], job["simulations"])
    for tile in np.memmap(job["file"], dtype=np.float32, mode="r", shape=shape):
        yield tile.astype(np.float64)


def tiles_of_json(connection, table, job):
    """Tiles of a column of JSON, [start, increment, path, ...] in each row."""
    with connection.cursor(name="answers") as rows:
        rows.itersize = 10
        rows.execute(f"select prediction from {table} where request = %s order by miner", [job["request"]])
        for (prediction,) in rows:
            paths = np.array(prediction[2:], dtype=np.float32)
            yield np.ascontiguousarray(paths.T).astype(np.float64)
    connection.commit()


def main():
    how = sys.argv[1]
    crps = crps_of_all if how == "numpy" else crps_of_each
    connection = None
    if how == "postgres-json":
        import psycopg2

        connection = psycopg2.connect(sys.argv[2])
    for line in sys.stdin:
        job = json.loads(line)
        tiles = tiles_of_file(job) if connection is None else tiles_of_json(connection, sys.argv[3], job)
        realized = np.array(job["realized"])
        scores = [score(tile, realized, job["increment"], job["intervals"], crps) for tile in tiles]
        print(json.dumps(scores), flush=True)


if __name__ == "__main__":
    main()
