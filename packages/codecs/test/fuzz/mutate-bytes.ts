import type { Random } from "@foretile/resilience";

/** Bytes and words at which decoders have borders. */
const hostileBytes = [0, 1, 2, 9, 10, 31, 32, 33, 127, 128, 254, 255];
const hostileWords = [0, 1, 16, 32, 33, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** A whole number below `limit`. */
export function below(random: Random, limit: number): number {
  return random.nextUint32() % limit;
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] as T;
}

/**
 * Changes some bytes, cuts some off, repeats some, or puts in a piece of `other`.
 *
 * @returns fresh bytes
 */
export function mutateBytes(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let changed: Uint8Array = bytes.slice();
  for (let change = below(random, 4); change >= 0; change -= 1) {
    changed = changeOnce(random, changed, other);
  }
  return changed;
}

function changeOnce(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = below(random, bytes.length + 1);
  // Heads are short and decide everything: half of the changes go there.
  const place = Math.min(random.nextUint32() % 2 === 0 ? at % 48 : at, bytes.length - 1);
  switch (below(random, 7)) {
    case 0:
      if (place >= 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << below(random, 8));
      return bytes;
    case 1:
      if (place >= 0) bytes[place] = pick(random, hostileBytes);
      return bytes;
    case 2: {
      if (place < 0 || place + 4 > bytes.length) return bytes;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      view.setUint32(place, pick(random, hostileWords), true);
      return bytes;
    }
    case 3:
      return bytes.slice(0, at);
    case 4:
      return join(bytes, bytes.subarray(at));
    case 5:
      return join(bytes, new Uint8Array(1 + below(random, 16)).fill(below(random, 256)));
    default:
      return join(bytes.subarray(0, at), other.subarray(below(random, other.length + 1)));
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
