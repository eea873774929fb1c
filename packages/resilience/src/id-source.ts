import type { Clock, Random } from "./clock.ts";

/** Where unique ids come from. */
export interface IdSource {
  /**
   * A new 128-bit id as 26 characters of Crockford base32: 48 bits of wall-clock milliseconds, then 80 random bits.
   * Ids of later milliseconds sort after earlier ones as text; the time is a hint and never decides anything.
   */
  nextId(): string;
}

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

function base32(value: number, characters: number): string {
  let text = "";
  let rest = value;
  for (let index = 0; index < characters; index += 1) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Ids in the layout of ULID (lower case) from an injected clock and randomness. */
export function createIdSource(clock: Clock, random: Random): IdSource {
  return {
    nextId: () => {
      let text = base32(clock.nowMs(), 10);
      for (let index = 0; index < 16; index += 1) {
        text += alphabet.charAt(random.nextUint32() % 32);
      }
      return text;
    },
  };
}

/** The wall-clock milliseconds in an id, `undefined` for text that is none: a hint, as good as its maker's clock. */
export function timeOfId(id: string): number | undefined {
  if (id.length !== 26) return undefined;
  let timeMs = 0;
  for (const character of id.slice(0, 10)) {
    const digit = alphabet.indexOf(character);
    if (digit === -1) return undefined;
    timeMs = timeMs * 32 + digit;
  }
  return timeMs;
}
