import { createTileCodec, type TileCodec, type TileMode } from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { zstdCompressor } from "@foretile/codecs/zstd";
import { KernelMemory } from "@foretile/kernels";
import type { Random } from "@foretile/resilience";
import { createSeededRandom } from "@foretile/testkit";

import { codecErrorOf } from "../helpers/codec-error-of.ts";
import { misaligned } from "../helpers/misaligned.ts";
import { pricePaths } from "../helpers/price-paths.ts";
import { resealFrame } from "../helpers/reseal-frame.ts";
import type { FuzzOptions, FuzzOutcomes } from "./fuzz-outcomes.ts";
import { below, mutateBytes, pick } from "./mutate-bytes.ts";

const modes: readonly TileMode[] = ["raw", "lz4", "pack", "decimal", "split"];
const shapes = [
  { simulations: 1, steps: 1 },
  { simulations: 3, steps: 34 },
  { simulations: 5, steps: 7 },
  { simulations: 130, steps: 3 },
];
const options = {
  compressor: lz4Compressor,
  zstd: zstdCompressor,
  limits: { maxFrameBytes: 65_536 },
};

/** A frame as it was written, and its panels' bytes. */
interface Sample {
  readonly frame: Uint8Array;
  readonly panels: readonly Uint8Array[];
}

/**
 * Decodes changed frames, most of them with hashes that fit the changes: a hostile writer's. The kernel and the plain
 * code must agree on each, typed errors included, wherever the bytes lie and whatever lies around them.
 *
 * @throws {Error} with the case's number when one does not hold
 */
export async function fuzzTileFrames({ seed, cases }: FuzzOptions): Promise<FuzzOutcomes> {
  const random = createSeededRandom(seed);
  const kernel = await createTileCodec(options);
  // There is no room for the kernel in so little memory.
  const plain = await createTileCodec({ ...options, memory: new KernelMemory(16) });
  const samples = takeSamples(kernel);
  const outcomes = new Map<string, number>();
  for (let number = 0; number < cases; number += 1) {
    const bytes = hostileFrame(random, pick(random, samples), pick(random, samples));
    const first = outcomeOf(kernel, misaligned(bytes, below(random, 5)));
    const second = outcomeOf(plain, bytes);
    if (first.what !== second.what || first.values !== second.values) {
      throw new Error(`twins differ case=${number} kernel=${first.what} plain=${second.what}`);
    }
    outcomes.set(first.what, (outcomes.get(first.what) ?? 0) + 1);
  }
  return outcomes;
}

function takeSamples(codec: TileCodec): Sample[] {
  return modes.flatMap((mode) =>
    shapes.flatMap((shape) =>
      [undefined, 2].map((decimals) => {
        const tile = pricePaths(
          decimals === undefined
            ? { ...shape, seed: 1 }
            : { ...shape, seed: 1, start: 652.31, decimals },
        );
        const frame = codec.encode(tile, shape, { mode }).bytes;
        const panels = codec
          .readHeader(frame)
          .entries.map(({ offset, byteLength }) => frame.slice(offset, offset + byteLength));
        return { frame, panels };
      }),
    ),
  );
}

function hostileFrame(random: Random, sample: Sample, other: Sample): Uint8Array {
  // One in eight with hashes that do not fit, one in eight with another frame's header.
  if (below(random, 8) === 0) return mutateBytes(random, sample.frame, other.frame);
  const changedPanel = below(random, sample.panels.length);
  const panels = sample.panels.map((panel, index) =>
    index === changedPanel ? mutateBytes(random, panel, pick(random, other.panels)) : panel,
  );
  const header = below(random, 8) === 0 ? other.frame : sample.frame;
  return resealFrame(header, panels, (view) => {
    if (below(random, 8) !== 0) return;
    const at = 6 + below(random, 22);
    view.setUint8(at, below(random, 256));
  });
}

function outcomeOf(codec: TileCodec, bytes: Uint8Array): { what: string; values: string } {
  let values = "";
  const error = codecErrorOf(() => {
    const decoded = codec.decode(bytes).values;
    values = Buffer.from(decoded.buffer, decoded.byteOffset, decoded.byteLength).toString("latin1");
  });
  return { what: error?.code ?? "decoded", values };
}
