import { hash } from "node:crypto";

/**
 * What a subject gave, so that all of them can be held against the truth: a checksum of every part, in whatever order
 * the parts came.
 */
export class OutputCheck {
  /** @type {Map<string, string>} */
  #parts = new Map();

  /**
   * @param {string} name of the part; each comes once
   * @param {ArrayBufferView} values
   */
  add(name, values) {
    if (this.#parts.has(name)) throw new Error(`a part came twice part=${name}`);
    this.#parts.set(name, hash("sha256", asBytes(values)));
  }

  /** One text for all parts: equal exactly when the same parts held the same bytes. */
  digest() {
    const lines = [...this.#parts].map(([name, sum]) => `${name} ${sum}`).sort();
    return `${lines.length} parts ${hash("sha256", lines.join("\n"))}`;
  }
}

function asBytes(values) {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
