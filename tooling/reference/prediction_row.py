#!/usr/bin/env python3
"""Makes and reads the bytes of prediction rows with numpy, to check those of @foretile/prediction-store from outside.

A row's cell is one answer: float32, little-endian, [simulations, points] row-major, and nothing else. Written from
docs/formats/predictions-v1.md and from nothing else of this repository.

usage:
  prediction_row.py make ANSWER.json OUT.f32           from an answer [start, increment, [path], [path], ...]
  prediction_row.py show FILE.f32 --simulations N      prints shape, the first and the last path, and the mean of each point

`show` prints one JSON object, numbers as float64 of the stored float32. Needs numpy and Python 3.9 or newer.
"""

import argparse
import json
import sys

import numpy as np


def make(answer_path, out_path):
    with open(answer_path, encoding="utf-8") as file:
        answer = json.load(file)
    paths = np.asarray(answer[2:], dtype=np.float64)
    if paths.ndim != 2:
        raise ValueError("paths must all have the same number of points")
    with open(out_path, "wb") as file:
        file.write(paths.astype("<f4").tobytes(order="C"))


def show(path, simulations):
    values = np.fromfile(path, dtype="<f4")
    if simulations < 1 or values.size == 0 or values.size % simulations != 0:
        raise ValueError(f"file is no array of {simulations} paths values={values.size}")
    tile = values.reshape(simulations, -1).astype(np.float64)
    return {
        "shape": list(tile.shape),
        "first_path": tile[0].tolist(),
        "last_path": tile[-1].tolist(),
        "mean": tile.mean(axis=0).tolist(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    make_parser = commands.add_parser("make")
    make_parser.add_argument("answer")
    make_parser.add_argument("out")
    show_parser = commands.add_parser("show")
    show_parser.add_argument("file")
    show_parser.add_argument("--simulations", type=int, required=True)
    arguments = parser.parse_args()
    try:
        if arguments.command == "make":
            make(arguments.answer, arguments.out)
        else:
            print(json.dumps(show(arguments.file, arguments.simulations)))
    except (OSError, ValueError) as error:
        print(f"prediction_row: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
