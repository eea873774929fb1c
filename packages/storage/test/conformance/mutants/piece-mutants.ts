import { readIntoByGet } from "@foretile/testkit";
import { StorageError, type BlobPiece, type BlobStore } from "../../../src/index.ts";
import { withBlobs, type Mutant } from "./mutant.ts";

type ReadInto = NonNullable<BlobStore["readInto"]>;

/** A store that reads pieces as it should. */
export const withPieces: Mutant["mutate"] = withPieceReader((read) => read);

function withPieceReader(change: (read: ReadInto) => ReadInto): Mutant["mutate"] {
  return withBlobs((blobs) => {
    const read = readIntoByGet<BlobPiece["key"], object>(blobs);
    const checked: ReadInto = async (pieces, options) => {
      for (const { offset } of pieces) {
        if (Number.isSafeInteger(offset) && offset >= 0) continue;
        throw new StorageError("invalid-argument", `offset is wrong offset=${offset}`);
      }
      return read(pieces, options);
    };
    return { readInto: change(checked) };
  });
}

export const pieceMutants: readonly Mutant[] = [
  {
    defect: "reads every piece from the start of its blob",
    caughtBy: "blob pieces › pieces arrive where they were asked for, and nothing beside them",
    mutate: withPieceReader(
      (read) => (pieces, options) =>
        read(
          pieces.map((piece) => ({ ...piece, offset: 0 })),
          options,
        ),
    ),
  },
  {
    defect: "fills lent memory to the end of its buffer",
    caughtBy: "blob pieces › pieces arrive where they were asked for, and nothing beside them",
    mutate: withPieceReader(
      (read) => (pieces, options) =>
        read(
          pieces.map(({ into, ...piece }) => ({
            ...piece,
            into: new Uint8Array(into.buffer, into.byteOffset),
          })),
          options,
        ),
    ),
  },
  {
    defect: "tells how much there was room for",
    caughtBy: "blob pieces › a piece tells what its blob has, whatever room there was",
    mutate: withPieceReader((read) => async (pieces, options) => {
      const found = await read(pieces, options);
      return found.map(
        (length, index) => length && Math.min(length, pieces[index]?.into.length ?? 0),
      );
    }),
  },
  {
    defect: "takes a missing blob for an empty one",
    caughtBy: "blob pieces › a piece tells what its blob has, whatever room there was",
    mutate: withPieceReader((read) => async (pieces, options) => {
      const found = await read(pieces, options);
      return found.map((length) => length ?? 0);
    }),
  },
  {
    defect: "writes into memory that was lent before",
    caughtBy: "blob pieces › lent memory is the caller's again when the call ends",
    mutate: withPieceReader((read) => {
      let before: readonly BlobPiece[] = [];
      return async (pieces, options) => {
        const found = await read(pieces, options);
        for (const [index, { into }] of before.entries()) {
          into.set(pieces[index]?.into.subarray(0, into.length) ?? []);
        }
        before = pieces;
        return found;
      };
    }),
  },
  {
    defect: "reads pieces from negative offsets",
    caughtBy: "blob pieces › offsets that are no non-negative integers reject",
    mutate: withPieceReader(
      (read) => (pieces, options) =>
        read(
          pieces.map((piece) => ({ ...piece, offset: Math.max(0, piece.offset) })),
          options,
        ),
    ),
  },
  {
    defect: "reads pieces whatever the signal says",
    caughtBy: "blob pieces › an aborted signal ends a reading of pieces, and so does closing",
    mutate: withPieceReader((read) => (pieces) => read(pieces)),
  },
  {
    defect: "finds no pieces after closing",
    caughtBy: "blob pieces › an aborted signal ends a reading of pieces, and so does closing",
    mutate: withPieceReader((read) => async (pieces, options) => {
      try {
        return await read(pieces, options);
      } catch (error) {
        if (options?.signal?.aborted === true) throw error;
        return pieces.map(() => undefined);
      }
    }),
  },
];
