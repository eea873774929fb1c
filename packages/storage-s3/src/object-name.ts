import type { Key, KeyRange } from "@foretile/storage";

/*
 * Keys inside object names. Slashes, dots and backslashes mean something to some servers, proxies and tools on the way
 * (`a` and `a/b` cannot both be files, `..` goes up, `\` is a slash). They are written as two characters each, of which
 * the first is the character just below and itself written as two, so that names sort exactly as their keys do:
 *
 *     .  ->  .0     /  ->  .1     [  ->  [0     \  ->  [1
 */
const escapes: Readonly<Record<string, string>> = { ".": ".0", "/": ".1", "[": "[0", "\\": "[1" };
const unescapes: Readonly<Record<string, string>> = {
  ".0": ".",
  ".1": "/",
  "[0": "[",
  "[1": "\\",
};

/** The part of an object's name that stands for `text`, a key or an end of a range. Order is kept. */
export function escapeKey(text: string): string {
  return text.replace(/[./[\\]/g, (character) => escapes[character] ?? character);
}

/** The key of an escaped name; `undefined` when no key is written like that. */
export function unescapeKey(name: string): Key | undefined {
  if (!/^(?:[\x21-\x2d\x30-\x5a\x5d-\x7e]|\.[01]|\[[01])+$/.test(name)) return undefined;
  return name.replace(/[.[][01]/g, (pair) => unescapes[pair] ?? pair) as Key;
}

/** What to ask a server for, to get the names of a range and as few others as possible. */
export interface ListBounds {
  /** Names start with this. */
  readonly prefix: string;
  /** Names are above this; `undefined` for all. */
  readonly startAfter: string | undefined;
}

/** @param folder what the names of all objects of the kind start with */
export function listBounds(folder: string, { gte = "", lt }: KeyRange): ListBounds {
  const prefix = escapeKey(lt === undefined ? "" : commonStart(gte, lt));
  const start = escapeKey(gte);
  return {
    prefix: folder + prefix,
    // A name that starts with the prefix is not below it.
    startAfter: start === prefix ? undefined : folder + justBelow(start),
  };
}

/**
 * The highest text that is below `start` and below every name from `start` on. Names have no space, which is their
 * lowest neighbour, and no 0x7f, the highest; controls below them must not be in a request.
 */
function justBelow(start: string): string {
  const odd = start.search(/[\x20\x7f]/);
  if (odd !== -1) return start.slice(0, start.charAt(odd) === "\x7f" ? odd + 1 : odd);
  const last = start.charCodeAt(start.length - 1);
  return `${start.slice(0, -1)}${String.fromCharCode(last - 1)}\x7f`;
}

function commonStart(left: string, right: string): string {
  let length = 0;
  while (length < left.length && left.charAt(length) === right.charAt(length)) length += 1;
  // What is odd in an end of a range is in no name.
  return left.slice(0, length).replace(/[\x20\x7f].*$/, "");
}
