import { CodecError } from "../codec-error.ts";
import type { ByteCompressor } from "../compress/byte-compressor.ts";
import { ModeCompressor } from "./mode-compressor.ts";
import { bytesOf, panelValueBytes, type PanelBody } from "./panel-body.ts";
import { Scratch } from "./scratch.ts";

/** The `lz4` mode: the values' bytes in four planes (all first bytes, all second bytes, …), compressed. */
export function createLz4Panel(compressor: ByteCompressor | undefined): PanelBody {
  const scratch = new Scratch();
  const lz4 = new ModeCompressor("lz4", "@foretile/codecs/lz4", compressor);
  return {
    id: 1,
    // The length prefix and one token.
    minBytes: () => 5,
    maxBytes: (simulations, steps) => {
      // LZ4's worst case (one more byte per 255 literals, and 16), behind the length prefix.
      const length = panelValueBytes(simulations, steps);
      return 4 + length + Math.floor(length / 255) + 16;
    },
    encode: (words, _simulations, _steps, target) => {
      const planes = scratch.take(words.byteLength);
      shuffle(bytesOf(words), planes);
      const compressed = lz4.compress(planes);
      if (compressed.length > target.length) {
        throw new CodecError(
          "invalid-argument",
          `compressor made more than an lz4 block can be most=${target.length} found=${compressed.length}`,
        );
      }
      target.set(compressed);
      return compressed.length;
    },
    decode: (bytes, simulations, steps, { from }, words) => {
      const planes = lz4.decompress(bytes, panelValueBytes(simulations, steps));
      unshuffle(planes, from * simulations, bytesOf(words));
    },
  };
}

function shuffle(values: Uint8Array, planes: Uint8Array): void {
  const count = values.length >>> 2;
  for (let index = 0, at = 0; index < count; index += 1, at += 4) {
    planes[index] = values[at] as number;
    planes[count + index] = values[at + 1] as number;
    planes[2 * count + index] = values[at + 2] as number;
    planes[3 * count + index] = values[at + 3] as number;
  }
}

/** @param first the value that `values` begin with */
function unshuffle(planes: Uint8Array, first: number, values: Uint8Array): void {
  const count = planes.length >>> 2;
  for (let index = first, at = 0; at < values.length; index += 1, at += 4) {
    values[at] = planes[index] as number;
    values[at + 1] = planes[count + index] as number;
    values[at + 2] = planes[2 * count + index] as number;
    values[at + 3] = planes[3 * count + index] as number;
  }
}
