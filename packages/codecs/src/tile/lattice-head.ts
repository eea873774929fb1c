import { CodecError } from "../codec-error.ts";
import { FLOAT_BITS, MOST_DECIMALS } from "./decimal-lattice.ts";

/** Bytes before a panel whose first says what its integers are. */
export const LATTICE_BYTES = 4;

/**
 * Reads the lattice of a `decimal` panel.
 *
 * @returns decimals, or {@link FLOAT_BITS}
 * @throws {CodecError} `damaged` for another lattice, `not-canonical` for bytes after it
 */
export function checkLattice(bytes: Uint8Array): number {
  const [lattice, second, third, fourth] = bytes as unknown as [number, number, number, number];
  requireLattice(lattice);
  if (second !== 0 || third !== 0 || fourth !== 0) {
    throw new CodecError("not-canonical", "bytes after the lattice are not 0");
  }
  return lattice;
}

/** @throws {CodecError} `damaged` */
export function requireLattice(lattice: number): void {
  if (lattice <= MOST_DECIMALS || lattice === FLOAT_BITS) return;
  throw new CodecError("damaged", `panel has an impossible lattice found=${lattice}`);
}
