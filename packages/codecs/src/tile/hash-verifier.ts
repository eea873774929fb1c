import type { Checksum } from "../checksum.ts";
import { equalBytes } from "../equal-bytes.ts";
import type { PanelKernel } from "./panel-kernel.ts";

/** Holds bytes against the hash that they should have: in the kernel where they lie in its memory, and elsewhere not. */
export class HashVerifier {
  readonly #checksum: Checksum;
  readonly #kernel: PanelKernel | undefined;

  constructor(checksum: Checksum, kernel: PanelKernel | undefined) {
    this.#checksum = checksum;
    this.#kernel = kernel;
  }

  matches(bytes: Uint8Array, hash: Uint8Array): boolean {
    const found = this.#kernel?.hash128(bytes) ?? this.#checksum.hash128(bytes);
    return equalBytes(found, hash);
  }
}
