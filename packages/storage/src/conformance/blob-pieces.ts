import type { BlobPiece } from "../blob-store.ts";
import { toKey } from "../key.ts";
import { assertBytes, assertEqual, assertRejects } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { bytesOf, patternBytes } from "./sample-data.ts";

const key = toKey("blob");
const other = toKey("blob/other");
const empty = toKey("empty");
const missing = toKey("missing");

/** Of stores that have `readInto`. */
export function blobPieceCases(add: AddCase): void {
  add("pieces arrive where they were asked for, and nothing beside them", async ({ blobs }) => {
    if (blobs.readInto === undefined) return;
    const [bytes, others] = [patternBytes(5_000, 1), patternBytes(3_000, 2)];
    await blobs.putNew(key, bytes);
    await blobs.putNew(other, others);
    const memory = new Uint8Array(10_000).fill(0xa5);
    const found = await blobs.readInto([
      { key: other, offset: 0, into: memory.subarray(1, 3_001) },
      { key, offset: 4_321, into: memory.subarray(3_002, 3_009) },
      { key, offset: 0, into: memory.subarray(4_003, 9_003) },
    ]);
    assertEqual(found, [3_000, 679, 5_000], "lengths");
    const wanted = new Uint8Array(10_000).fill(0xa5);
    wanted.set(others, 1);
    wanted.set(bytes.subarray(4_321, 4_328), 3_002);
    wanted.set(bytes, 4_003);
    assertBytes(memory, wanted, "the memory");
  });

  add("a piece tells what its blob has, whatever room there was", async ({ blobs }) => {
    if (blobs.readInto === undefined) return;
    const bytes = patternBytes(100, 3);
    await blobs.putNew(key, bytes);
    await blobs.putNew(empty, new Uint8Array());
    const pieces: readonly (readonly [BlobPiece, number | undefined])[] = [
      [{ key, offset: 0, into: new Uint8Array(99) }, 100],
      [{ key, offset: 0, into: new Uint8Array(300) }, 100],
      [{ key, offset: 40, into: new Uint8Array() }, 60],
      [{ key, offset: 99, into: new Uint8Array(10) }, 1],
      [{ key, offset: 100, into: new Uint8Array(10) }, 0],
      [{ key, offset: Number.MAX_SAFE_INTEGER, into: new Uint8Array(10) }, 0],
      [{ key: empty, offset: 0, into: new Uint8Array(10) }, 0],
      [{ key: missing, offset: 0, into: new Uint8Array(10) }, undefined],
    ];
    const found = await blobs.readInto(pieces.map(([piece]) => piece));
    assertEqual(
      found,
      pieces.map(([, length]) => length),
      "lengths",
    );
    for (const [{ key: from, offset, into }] of pieces.slice(0, 4)) {
      const there = bytes.subarray(offset, offset + into.length);
      assertBytes(into.subarray(0, there.length), there, `${from} from ${offset}`);
    }
    assertEqual(await blobs.readInto([]), [], "no pieces");
  });

  add("lent memory is the caller's again when the call ends", async ({ blobs }) => {
    if (blobs.readInto === undefined) return;
    const [bytes, others] = [patternBytes(3_000, 4), patternBytes(3_000, 5)];
    await blobs.putNew(key, bytes);
    await blobs.putNew(other, others);
    const [first, second] = [new Uint8Array(3_000), new Uint8Array(3_000)];
    await blobs.readInto([{ key, offset: 0, into: first }]);
    await blobs.readInto([{ key: other, offset: 0, into: second }]);
    await blobs.get(other);
    assertBytes(first, bytes, "what was read first");
    first.fill(0);
    assertBytes(await blobs.get(key), bytes, "the blob");
    assertBytes(second, others, "what was read then");
  });

  add("offsets that are no non-negative integers reject", async ({ blobs }) => {
    if (blobs.readInto === undefined) return;
    const read = blobs.readInto.bind(blobs);
    await blobs.putNew(key, bytesOf("bytes"));
    const into = new Uint8Array(1);
    for (const offset of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      const sound = { key, offset: 0, into: new Uint8Array(1) };
      const call = () => read([sound, { key, offset, into }]);
      await assertRejects(`offset ${offset}`, call, "invalid-argument");
    }
  });

  add("an aborted signal ends a reading of pieces, and so does closing", async (store) => {
    const { blobs } = store;
    if (blobs.readInto === undefined) return;
    const read = blobs.readInto.bind(blobs);
    await blobs.putNew(key, bytesOf("bytes"));
    const pieces = [{ key, offset: 0, into: new Uint8Array(5) }];
    const signal = AbortSignal.abort();
    await assertRejects("readInto", () => read(pieces, { signal }), "aborted");
    await store.close();
    await assertRejects("readInto", () => read(pieces), "closed");
  });
}
