import { createTileCodec } from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { createDocumentCodec, documentHash } from "@foretile/codecs/msgpack";
import { zstdCompressor } from "@foretile/codecs/zstd";
import { describe, expect, test } from "vitest";

import { readGolden, readGoldenFile } from "./golden/read-golden.ts";
import { bitsOf, tileFromHex } from "./helpers/float-bits.ts";
import { toHex } from "./helpers/hex.ts";
import { untag } from "./helpers/tagged-document.ts";

const { frames, documents } = readGolden();
const tileCodec = await createTileCodec({ compressor: lz4Compressor, zstd: zstdCompressor });
const documentCodec = await createDocumentCodec();

test.each(frames)("$file is read as what it means", (golden) => {
  const { mode, simulations, steps, panels, frameHash } = golden;
  const { header, values } = tileCodec.decode(readGoldenFile(golden.file));
  const start = panels.first * 32 * simulations;
  const length = Math.min(steps - 32 * panels.first, 32 * panels.count) * simulations;
  expect(header).toMatchObject({ mode, shape: { simulations, steps }, panels, panelSteps: 32 });
  expect(toHex(header.hash)).toBe(frameHash);
  expect(bitsOf(values)).toEqual(
    bitsOf(tileFromHex(golden.tileBytes)).slice(start, start + length),
  );
});

// The bytes inside an lz4 block and a Zstandard frame are the compressor's choice; only reading them is frozen.
test.each(frames.filter(({ mode }) => mode !== "lz4" && mode !== "split"))(
  "$file is written again",
  (golden) => {
    const { mode, simulations, steps, panels, frameHash } = golden;
    const tile = tileFromHex(golden.tileBytes);
    const { bytes, hash } = tileCodec.encode(tile, { simulations, steps }, { mode, panels });
    expect(toHex(bytes)).toBe(toHex(readGoldenFile(golden.file)));
    expect(toHex(hash)).toBe(frameHash);
  },
);

describe.each(documents)("$file", ({ file, kind, version, hash, content }) => {
  const value = untag(content);
  const frozen = readGoldenFile(file);

  test("is read as what it means", () => {
    const opened = documentCodec.open(kind, { maxVersion: version, maxBytes: 10_000 }, frozen);
    expect(opened).toStrictEqual({ version, value });
    expect(toHex(documentHash(frozen))).toBe(hash);
  });

  test("is written again, byte for byte", () => {
    expect(toHex(documentCodec.seal(kind, version, value))).toBe(toHex(frozen));
  });
});
