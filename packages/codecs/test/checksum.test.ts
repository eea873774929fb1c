import { HASH_BYTES, loadChecksum } from "@foretile/codecs";
import { expect, test } from "vitest";

import { toHex } from "./helpers/hex.ts";
import { misaligned } from "./helpers/misaligned.ts";

const checksum = await loadChecksum();

// From the reference implementation (python-xxhash, xxh3_128_hexdigest), over lengths that take its different paths.
const vectors: readonly (readonly [number, string])[] = [
  [0, "99aa06d3014798d86001c324468d497f"],
  [1, "a6cd5e9392000f6ac44bdff4074eecdb"],
  [3, "656e81c56e41fe02c3489259e968ad9e"],
  [8, "e4b9dd0b66ff3c50ebabbd0695002ff6"],
  [16, "ddf6c1254d70f76794eaa17b20756f46"],
  [17, "263f67af63088041735fe434ded90c3c"],
  [128, "dd9e5aa9bd51cc9cc6bd21ecc865f29f"],
  [129, "00433635cf8d872e7f4accb76587485b"],
  [240, "89e3a0a2ee355d25d10beb4e0599e4b3"],
  [241, "75f4da43f23cce5a541b19226f0052e8"],
  [1024, "8bbb9f7af37f2f52dc5acf0b043c445b"],
  [1025, "20609de0583fad86e1d9cd946277ae26"],
  [16384, "1c2e4c0cf94b139fd1e7e3ec05a84aab"],
  [16385, "638f296a2e694048654a35bfb1c7d6d8"],
  [70000, "ae63055728a0366bca0ee3680cd64c48"],
];

test.each(vectors)("bytes 0, 7, 14, … of length %i hash to %s", (length, hex) => {
  const bytes = Uint8Array.from({ length }, (_, index) => (7 * index) % 256);
  const hash = checksum.hash128(bytes);
  expect(toHex(hash)).toBe(hex);
  expect(hash).toHaveLength(HASH_BYTES);
  expect(checksum.hash128(misaligned(bytes, 3))).toEqual(hash);
});

test("a hash stays as it is when the next is made", () => {
  const first = checksum.hash128(Uint8Array.of(1));
  const before = toHex(first);
  checksum.hash128(Uint8Array.of(2));
  expect(toHex(first)).toBe(before);
});
