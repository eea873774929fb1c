#!/usr/bin/env python3
"""Reads typed values out of a dump of a library, to check docs/formats by hand.

Written from docs/formats/{document,library,segment,values}-v1.md and from nothing else of this repository: goes from a
symbol's head to its version, manifest and segments. Lengths, content ids and the content hash are checked; the XXH3
hashes of documents and segments are only compared with each other, since Python's standard library cannot compute them.

usage:
  read_value.py DUMP.json [SYMBOL ...] [--version N]

  DUMP       what dumpStore of @foretile/testkit gives: {"blobs": {key: base64}, "refs": {key: base64}}; made with the
             preset `plain`, as there is no LZ4 or Zstandard here
  SYMBOL     default: all symbols with values
  --version  default: the newest. It must be one of the up to 64 that the head itself lists

Prints one JSON object by symbol: {"version", "handler", "rows", "value"}. A frame is {"index", "columns"}, an array
{"type", "shape", "values"} with its values nested. What JSON cannot say is text: "NaN", "Infinity", "-Infinity"; bytes
are {"hex": digits}. Needs Python 3.9 or newer and nothing else.
"""

import argparse
import base64
import hashlib
import json
import math
import struct
import sys

# Letters of the struct module; booleans are bytes of 0 and 1.
ELEMENTS = {
    "int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q",
    "float32": "f", "float64": "d", "bool": "B",
}
MISSING = {"string": "", "bool": False, "float32": math.nan, "float64": math.nan}


def check(holds, what):
    if not holds:
        raise ValueError(what)


# msgpack


class Unpacker:
    """Takes canonical msgpack apart: no float 32, no extensions."""

    NUMBERS = {
        0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
    }
    LENGTHS = {
        0xC4: ("bytes", ">B"), 0xC5: ("bytes", ">H"), 0xC6: ("bytes", ">I"), 0xD9: ("text", ">B"), 0xDA: ("text", ">H"),
        0xDB: ("text", ">I"), 0xDC: ("list", ">H"), 0xDD: ("list", ">I"), 0xDE: ("map", ">H"), 0xDF: ("map", ">I"),
    }

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        check(self.at + count <= len(self.data), "msgpack is cut off")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def value(self):
        token = self.number(">B")
        if token < 0x80:
            return token
        if token >= 0xE0:
            return token - 0x100
        if token < 0xC0:
            kind = "text" if token >= 0xA0 else "list" if token >= 0x90 else "map"
            return self.sized(kind, token & (0x1F if kind == "text" else 0x0F))
        if token in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[token]
        if token in self.NUMBERS:
            return self.number(self.NUMBERS[token])
        check(token in self.LENGTHS, f"msgpack has an unknown token {token:#x}")
        kind, form = self.LENGTHS[token]
        return self.sized(kind, self.number(form))

    def sized(self, kind, length):
        if kind == "bytes":
            return self.take(length)
        if kind == "text":
            return self.take(length).decode("utf-8")
        if kind == "list":
            return [self.value() for _ in range(length)]
        return {self.value(): self.value() for _ in range(length)}


def unpack(data):
    unpacker = Unpacker(data)
    value = unpacker.value()
    check(unpacker.at == len(data), "msgpack goes on after its value")
    return value


def pack(value):
    """Canonical msgpack of what identities consist of: no fractions, no negative numbers."""
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return sized(value, 0x80, 0x00, [0xCC, 0xCD, 0xCE, 0xCF])
    if isinstance(value, bytes):
        return sized(len(value), 0, 0, [0xC4, 0xC5, 0xC6]) + value
    if isinstance(value, str):
        text = value.encode("utf-8")
        return sized(len(text), 32, 0xA0, [0xD9, 0xDA, 0xDB]) + text
    if isinstance(value, list):
        return sized(len(value), 16, 0x90, [None, 0xDC, 0xDD]) + b"".join(map(pack, value))
    pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-8"))
    return sized(len(pairs), 16, 0x80, [None, 0xDE, 0xDF]) + b"".join(pack(name) + pack(item) for name, item in pairs)


def sized(number, short, base, tokens):
    """A number in its shortest form: within the token when it is below `short`, else after it in 1, 2, 4 or 8 bytes."""
    if number < short:
        return bytes([base + number])
    for token, (form, bits) in zip(tokens, ((">B", 8), (">H", 16), (">I", 32), (">Q", 64))):
        if token is not None and number < 1 << bits:
            return bytes([token]) + struct.pack(form, number)
    raise ValueError("too large for msgpack")


# library-v1.md and document-v1.md


def document(kind, sealed):
    """The value of a sealed document."""
    magic, found, version, envelope, length = struct.unpack_from("<4s4sHHI", sealed)
    check((magic, found, version, envelope) == (b"FTDC", kind, 1, 0), f"no {kind} document of version 1")
    check(len(sealed) == 16 + length + 16, f"{kind} document of another length")
    return unpack(sealed[16 : 16 + length])


def follow(blobs, kind, pointer):
    sealed = blobs[pointer["key"]]
    check(len(sealed) == pointer["length"] and sealed[-16:] == pointer["hash"], f"{pointer['key']} is another document")
    return document(kind, sealed)


def read_version(blobs, head, number):
    """The version document that a head leads to; None for a deleted symbol."""
    entries = head["recent"]
    if not entries["versions"]:
        return None
    check(number is None or number in entries["versions"], f"the head of {head['symbol']} does not list {number}")
    at = -1 if number is None else entries["versions"].index(number)
    hashes = [entries["document_hashes"][start : start + 16] for start in range(0, len(entries["document_hashes"]), 16)]
    pointer = {"key": entries["document_keys"][at], "length": entries["document_lengths"][at], "hash": hashes[at]}
    version = follow(blobs, b"VERS", pointer)
    check(version["symbol"] == head["symbol"] and version["version"] == entries["versions"][at], "another version")
    return version


def read_manifest(blobs, stored):
    """A manifest's handler, body and segment entries."""
    root = stored["root"] if "root" in stored else follow(blobs, b"MANI", stored["pointer"])
    segments = []
    for page in root["pages"]:
        entries = list(entries_of(follow(blobs, b"SEGP", page["page"])))
        check(len(entries) == page["count"], "page of another length")
        segments += entries
    return root["handler"], root["body"], segments + list(entries_of(root["tail"]))


def entries_of(page):
    for at, position in enumerate(page["segment_transactions"]):
        transaction = page["transactions"][position]
        yield {
            "key": f"s/{transaction[-2:]}/{transaction}/{page['segment_ordinals'][at]:08d}",
            "length": page["segment_lengths"][at],
            "hash": page["segment_hashes"][16 * at : 16 * at + 16],
            "facts": page["segment_facts"] and page["segment_facts"][at],
        }


# segment-v1.md


def read_segment(blobs, entry):
    """The parts of a segment: pairs of element size and bytes."""
    data = blobs[entry["key"]]
    check(len(data) == entry["length"] and data[-16:] == entry["hash"], f"{entry['key']} is another segment")
    magic, version, length = struct.unpack_from("<4sHH", data)
    check((magic, version) == (b"FTSG", 1), f"{entry['key']} is no segment of version 1")
    header = unpack(data[8 : 8 + length])
    parts, at = [], aligned(8 + length)
    for size, raw, stored in zip(header["element_bytes"], header["raw_lengths"], header["stored_lengths"]):
        check(raw == stored, f"{entry['key']} is encoded with {header['codecs']}; only plain segments are read here")
        parts.append((size, data[at : at + stored]))
        at += aligned(stored)
    check(at + 16 == len(data), f"{entry['key']} has another length than its parts")
    description = pack([[size, len(part)] for size, part in parts])
    content = hashlib.sha256(description + b"".join(part for _, part in parts)).digest()[:16]
    check(content == entry["facts"]["content"], f"{entry['key']} has another content id")
    check(sum(len(part) for _, part in parts) == entry["facts"]["raw_bytes"], f"{entry['key']} has other raw bytes")
    return parts


def aligned(length):
    return (length + 15) // 16 * 16


# values-v1.md


def blocks_of(segments):
    """Blocks as pairs of rows and segment entries by lane. Lane 0 begins a block."""
    blocks = []
    for entry in segments:
        lane, rows = entry["facts"]["lane"], entry["facts"]["rows"]
        if lane == 0:
            blocks.append((rows, {}))
        check(blocks and blocks[-1][0] == rows and all(before < lane for before in blocks[-1][1]), "block is broken")
        blocks[-1][1][lane] = entry
    return blocks


def content_hash(handler, body, segments):
    identity = {
        "handler": handler,
        "schema": body["schema"],
        "lanes": body["lanes"],
        "segment_lanes": [entry["facts"]["lane"] for entry in segments],
        "contents": b"".join(entry["facts"]["content"] for entry in segments),
    }
    return hashlib.sha256(pack(identity)).digest()


def numbers(part, kind, count):
    size, data = part
    form = f"<{count}{ELEMENTS[kind]}"
    check(size == struct.calcsize("<" + ELEMENTS[kind]) and len(data) == struct.calcsize(form), f"part is no {kind}")
    values = struct.unpack(form, data)
    return [value != 0 for value in values] if kind == "bool" else list(values)


def texts(lengths, part, rows):
    values, at = [], 0
    for length in numbers(lengths, "uint32", rows):
        values.append(part[1][at : at + length].decode("utf-8"))
        at += length
    check(at == len(part[1]), "lengths of texts do not add up")
    return values


def read_frame(blobs, body, blocks):
    schema = body["schema"]
    types = {column["name"]: column["type"] for column in schema["columns"]}
    index, columns = [], {name: [] for name in types}
    for rows, entries in blocks:
        for lane, place in enumerate(body["lanes"]):
            if lane not in entries:
                for name in place["columns"]:
                    columns[name] += [MISSING.get(types[name], 0)] * rows
                continue
            parts = iter(read_segment(blobs, entries[lane]))
            if place["index"]:
                index += numbers(next(parts), schema["index"]["type"], rows)
            for name in place["columns"]:
                if types[name] == "string":
                    columns[name] += texts(next(parts), next(parts), rows)
                else:
                    columns[name] += numbers(next(parts), types[name], rows)
            check(next(parts, None) is None, "lane has more parts than columns")
    return {"index": schema["index"] and {**schema["index"], "values": index}, "columns": columns}


def read_array(blobs, body, blocks):
    kind, axes = body["schema"]["type"], body["schema"]["shape"]
    row_length = math.prod(axes)
    flat = [None] * (body["rows"] * row_length)
    first = 0
    for rows, entries in blocks:
        for lane, tile in enumerate(body["lanes"]):
            (part,) = read_segment(blobs, entries[lane])
            values = numbers(part, kind, rows * math.prod(tile["shape"]))
            for at, value in enumerate(values):
                # From the last axis to the rows: where in the tile, and so in the array, the element is.
                target, stride = 0, 1
                for start, extent, length in zip(reversed(tile["from"]), reversed(tile["shape"]), reversed(axes)):
                    at, within = divmod(at, extent)
                    target += (start + within) * stride
                    stride *= length
                flat[(first + at) * row_length + target] = value
        first += rows
    shape = [body["rows"], *axes]
    return {"type": kind, "shape": shape, "values": nested(flat, shape)}


def nested(flat, shape):
    if len(shape) == 1:
        return flat
    step = math.prod(shape[1:])
    return [nested(flat[row * step : (row + 1) * step], shape[1:]) for row in range(shape[0])]


def read_opaque(blobs, body, blocks):
    ((_, entries),) = blocks
    ((_, data),) = read_segment(blobs, entries[0])
    return unpack(data)


READERS = {"frame": read_frame, "array": read_array, "value": read_opaque}


def read_value(blobs, version):
    handler, body, segments = read_manifest(blobs, version["manifest"])
    check(handler in READERS, f"{version['symbol']} holds no typed value but {handler}")
    blocks = blocks_of(segments)
    check(sum(rows for rows, _ in blocks) == body["rows"], "blocks have another number of rows")
    check(content_hash(handler, body, segments) == version["content_hash"], "another content hash")
    value = READERS[handler](blobs, body, blocks)
    return {"version": version["version"], "handler": handler, "rows": version["rows"], "value": plain(value)}


def plain(value):
    """The value with what JSON cannot say as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump")
    parser.add_argument("symbols", nargs="*", metavar="symbol")
    parser.add_argument("--version", type=int)
    arguments = parser.parse_args()
    with open(arguments.dump, encoding="utf-8") as file:
        dump = json.load(file)
    blobs, refs = ({key: base64.b64decode(text) for key, text in dump[name].items()} for name in ("blobs", "refs"))
    # The whole name stands in the head, so that nothing needs to be escaped here.
    heads = [document(b"HEAD", ref) for key, ref in sorted(refs.items()) if key.startswith(("h/", "H/"))]
    by_symbol = {head["symbol"]: head for head in heads}
    values = {}
    for symbol in arguments.symbols or by_symbol:
        check(symbol in by_symbol, f"there is no symbol {symbol}")
        version = read_version(blobs, by_symbol[symbol], arguments.version)
        if version is not None and version["manifest"] is not None:
            values[symbol] = read_value(blobs, version)
    json.dump(values, sys.stdout, ensure_ascii=False, allow_nan=False)
    print()


if __name__ == "__main__":
    main()
