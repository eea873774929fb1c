import { FLOAT_BITS } from "./decimal-lattice.ts";
import { leastPackedBytes, mostPackedBytes } from "./packed-layout.ts";
import type { PanelBody } from "./panel-body.ts";
import type { PanelPacker } from "./panel-packer.ts";

/**
 * The `pack` mode: each step minus the step before (the first step is kept whole), minus the step's least difference,
 * in as many bits as the largest rest needs. Widths first, then bases, then the packed steps, so that the place of
 * any step is a sum over the widths.
 *
 * Differences are taken on the float bits as int32 modulo 2^32: neighbouring floats have neighbouring bits, and every
 * pattern (NaN payloads, −0, infinities) comes back exactly.
 */
export function createPackPanel(packer: PanelPacker): PanelBody {
  return {
    id: 2,
    minBytes: (_simulations, steps) => leastPackedBytes(steps),
    maxBytes: mostPackedBytes,
    encode: (words, simulations, steps, target) => packer.pack(words, simulations, steps, target),
    decode: (bytes, simulations, steps, wanted, words) => {
      packer.unpack(bytes, FLOAT_BITS, simulations, steps, wanted, words);
    },
  };
}
