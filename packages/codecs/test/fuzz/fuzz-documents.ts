import { loadChecksum, readVarint } from "@foretile/codecs";
import { createDocumentCodec, type DocumentValue, encodeCanonical } from "@foretile/codecs/msgpack";
import { createSeededRandom } from "@foretile/testkit";

import { codecErrorOf } from "../helpers/codec-error-of.ts";
import { toHex } from "../helpers/hex.ts";
import { misaligned } from "../helpers/misaligned.ts";
import type { FuzzOptions, FuzzOutcomes } from "./fuzz-outcomes.ts";
import { below, mutateBytes, pick } from "./mutate-bytes.ts";

const KIND = "FUZZ";
const LENGTH_AT = 12;
const PAYLOAD_AT = 16;
const HASH_BYTES = 16;
const limits = { maxVersion: 3, maxBytes: 600 };

const values: readonly DocumentValue[] = [
  null,
  { a: [1, -1, 127, 128, 65_536, 2 ** 40, 0.1, -0, Number.NaN], b: { c: "text", d: true } },
  ["", "é".repeat(20), "x".repeat(300), Uint8Array.of(1, 2, 3), 2n ** 63n, [[[[[]]]]]],
  Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key ${index}`, index])),
];

/**
 * Opens changed documents, most of them with a hash that fits the change. What opens must be sealed again to the very
 * same payload, and everything else fail typed. Each case's bytes are read as a varint too.
 *
 * @throws {Error} with the case's number when that does not hold
 */
export async function fuzzDocuments({ seed, cases }: FuzzOptions): Promise<FuzzOutcomes> {
  const random = createSeededRandom(seed);
  const codec = await createDocumentCodec();
  const checksum = await loadChecksum();
  const samples = values.map((value) => codec.seal(KIND, 1, value));
  const outcomes = new Map<string, number>();
  for (let number = 0; number < cases; number += 1) {
    const bytes = mutateBytes(random, pick(random, samples), pick(random, samples));
    const hashAt = bytes.length - HASH_BYTES;
    if (hashAt >= PAYLOAD_AT && below(random, 8) > 0) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      view.setUint32(LENGTH_AT, hashAt - PAYLOAD_AT, true);
      bytes.set(checksum.hash128(bytes.subarray(0, hashAt)), hashAt);
    }
    const error = codecErrorOf(() => {
      const { value } = codec.open(KIND, limits, misaligned(bytes, below(random, 5)));
      const payload = bytes.subarray(hashAt - encodeCanonical(value).length, hashAt);
      if (toHex(encodeCanonical(value)) !== toHex(payload)) {
        throw new Error(`document is not written as it was read case=${number}`);
      }
    });
    codecErrorOf(() => readVarint(bytes, below(random, bytes.length + 1)));
    const what = error?.code ?? "decoded";
    outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
  }
  return outcomes;
}
