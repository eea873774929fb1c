import { loadChecksum } from "@foretile/codecs";
import { beforeAll, describe, test } from "vitest";

import { contentId } from "../src/segment/content-id.ts";
import { createCodecRegistry } from "../src/segment/codec/codec-registry.ts";
import { createSegmentCodec } from "../src/segment/create-segment-codec.ts";
import type { Part } from "../src/segment/part.ts";
import { randomWalks } from "./random-walks.ts";

const chains = [
  [],
  ["lz4"],
  ["shuffle", "lz4"],
  ["delta", "shuffle", "lz4"],
  ["shuffle", "zstd"],
  ["xor", "shuffle", "zstd"],
];
const checksum = await loadChecksum();
const registry = createCodecRegistry();
const codecs = chains.map((chain) => createSegmentCodec({ checksum, codecs: registry, chain }));

/** 1 MiB of float32. */
function floats(steps: number, members: number): Part[] {
  const values = randomWalks(steps, members, 1);
  return [{ bytes: new Uint8Array(values.buffer), elementBytes: 4 }];
}

const data = [
  { name: "one walk of 262,144 steps", parts: floats(262_144, 1) },
  { name: "1,024 walks of 256 steps, side by side", parts: floats(256, 1024) },
];

function nameOf(chain: readonly string[]): string {
  return chain.length === 0 ? "plain" : chain.join(" ");
}

beforeAll(() => {
  for (const { name, parts } of data) {
    for (const codec of codecs) {
      const stored = codec.encode(parts).bytes.length / 2 ** 20;
      console.log(`${name}, ${nameOf(codec.chain)}: stored per raw byte ${stored.toFixed(4)}`);
    }
  }
});

// One call is 1 MiB: 1,000 calls a second are 1.05 GB/s.
describe.each(data)("$name", ({ parts }) => {
  test("encode", async ({ bench }) => {
    await bench.compare(
      ...codecs.map((codec) =>
        bench(nameOf(codec.chain), () => {
          codec.encode(parts);
        }),
      ),
    );
  });

  test("decode", async ({ bench }) => {
    await bench.compare(
      ...codecs.map((codec) => {
        const { bytes, hash } = codec.encode(parts);
        return bench(nameOf(codec.chain), () => {
          codec.decode(bytes, hash);
        });
      }),
    );
  });

  test("name", async ({ bench }) => {
    await bench("content id", () => {
      contentId(parts);
    }).run();
  });
});
