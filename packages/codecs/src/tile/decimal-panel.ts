import { checkLattice, LATTICE_BYTES } from "./lattice-head.ts";
import { leastPackedBytes, mostPackedBytes } from "./packed-layout.ts";
import type { PanelBody } from "./panel-body.ts";
import type { PanelPacker } from "./panel-packer.ts";

/**
 * The `decimal` mode: as `pack`, but of prices as whole multiples of a power of ten, where all values of a panel are
 * and where that takes fewer bytes; a panel of others is packed by its float bits. Every bit pattern comes back exactly:
 * an integer stands for a value only if the decoder's own expression gives the value's bits.
 */
export function createDecimalPanel(packer: PanelPacker): PanelBody {
  return {
    id: 3,
    minBytes: (_simulations, steps) => LATTICE_BYTES + leastPackedBytes(steps),
    maxBytes: (simulations, steps) => LATTICE_BYTES + mostPackedBytes(simulations, steps),
    encode: (words, simulations, steps, target, decimals) => {
      const room = target.subarray(LATTICE_BYTES);
      const { lattice, byteLength } = packer.packLattice(words, simulations, steps, room, decimals);
      target.set([lattice, 0, 0, 0]);
      return LATTICE_BYTES + byteLength;
    },
    decode: (bytes, simulations, steps, wanted, words) => {
      const lattice = checkLattice(bytes);
      packer.unpack(bytes.subarray(LATTICE_BYTES), lattice, simulations, steps, wanted, words);
    },
  };
}
