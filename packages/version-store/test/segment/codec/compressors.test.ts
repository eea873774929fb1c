import { once } from "node:events";
import { constants, createZstdCompress, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lz4Compressor } from "../../../src/segment/codec/lz4-compressor.ts";
import { zstdCompressor } from "../../../src/segment/codec/zstd-compressor.ts";

/** How many bytes come back; `undefined` when it fails. */
function lengthOf(run: () => Uint8Array): number | undefined {
  try {
    return run().length;
  } catch {
    return undefined;
  }
}

describe.each([lz4Compressor, zstdCompressor])("$name", (compressor) => {
  test("gives back what it was given, however long and however random", () => {
    const lengths = fc.constantFrom(1, 2, 63, 64, 65, 1023, 1024, 1025, 65_536, 200_001);
    fc.assert(
      fc.property(lengths, fc.uint8Array({ minLength: 1, maxLength: 400 }), (length, pattern) => {
        const bytes = Uint8Array.from(
          { length },
          (_, index) => pattern[index % pattern.length] ?? 0,
        );
        const compressed = compressor.compress(bytes);
        expect(new Uint8Array(compressor.decompress(compressed, length))).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  test("gives nothing when the length is another one", () => {
    const compressed = compressor.compress(new Uint8Array(5000));
    for (const length of [1, 64, 4999, 5001]) {
      // Fewer bytes than declared may also come back as they are: the caller compares lengths.
      expect(lengthOf(() => compressor.decompress(compressed, length))).not.toBe(length);
    }
  });
});

/** Zeros whose frame does not know its length when it starts, and so declares the whole window. */
async function streamedFrame(length: number, windowLog: number): Promise<Uint8Array> {
  const stream = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: windowLog } });
  const chunks: Uint8Array[] = [];
  stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  stream.write(new Uint8Array(length / 2));
  stream.flush();
  stream.end(new Uint8Array(length / 2));
  await once(stream, "end");
  return Buffer.concat(chunks);
}

describe("zstd", () => {
  test("does not decompress more than was declared", () => {
    // A small window, so that only the output is too much.
    const params = { [constants.ZSTD_c_windowLog]: 10 };
    const bomb = zstdCompressSync(new Uint8Array(5_000_000), { params });
    expect(bomb.length).toBeLessThan(20_000);
    expect(() => zstdCompressor.decompress(bomb, 1000)).toThrow(
      expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }),
    );
  });

  test("does not allocate a window that is larger than the content", async () => {
    expect(zstdCompressor.decompress(await streamedFrame(2000, 11), 2000)).toHaveLength(2000);
    const greedy = await streamedFrame(2000, 27);
    expect(() => zstdCompressor.decompress(greedy, 2000)).toThrow(
      expect.objectContaining({ code: "ZSTD_error_frameParameter_windowTooLarge" }),
    );
  });

  test("reads frames of other levels", () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    for (const level of [-5, 1, 9, 22]) {
      const frame = zstdCompressSync(bytes, {
        params: { [constants.ZSTD_c_compressionLevel]: level },
      });
      expect(new Uint8Array(zstdCompressor.decompress(frame, bytes.length))).toEqual(bytes);
    }
  });
});
