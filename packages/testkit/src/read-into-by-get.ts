/** The part of a blob store that is needed; test code may not depend on the storage package, which depends on it. */
interface Gettable<Key, Options> {
  get(key: Key, options?: Options): Promise<Uint8Array | undefined>;
}

interface Piece<Key> {
  readonly key: Key;
  readonly offset: number;
  readonly into: Uint8Array;
}

/** `readInto` for a blob store that lacks it: asks for every blob whole. */
export function readIntoByGet<Key, Options>(
  blobs: Gettable<Key, Options>,
): (pieces: readonly Piece<Key>[], options?: Options) => Promise<readonly (number | undefined)[]> {
  return (pieces, options) =>
    Promise.all(
      pieces.map(async ({ key, offset, into }) => {
        const bytes = await blobs.get(key, options);
        into.set(bytes?.subarray(offset, offset + into.length) ?? []);
        return bytes && Math.max(0, bytes.length - offset);
      }),
    );
}
