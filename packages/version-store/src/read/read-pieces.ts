import type { LibraryContext } from "../library/library-context.ts";
import type { StoredBlock } from "../handler/stored-form.ts";
import { openRead, type ReadOptions } from "./open-read.ts";
import { tellExpiry } from "./tell-expiry.ts";
import { factsOfVersion, type VersionFacts } from "./version-facts.ts";

/** Small blocks are put together until they have so many bytes before encoding. */
const PIECE_BYTES = 1024 * 1024;

/** Consecutive wanted rows of a value. */
export interface ReadPiece<V = unknown> extends VersionFacts {
  /** Belongs to the caller, who may change it. */
  readonly value: V;
  /** Number of the first of its rows in the version's whole value. */
  readonly firstRow: number;
}

/**
 * Reads a value or a part of it piece by piece, in row order: each piece has the wanted rows of one block, or of a few
 * small ones. No more than a bounded number of bytes is fetched ahead of the caller, so that values larger than memory
 * can be read. Ending the iteration early ends the fetching. Nothing wanted gives no piece at all.
 *
 * @throws {VersionStoreError} from the iteration, as `read`
 */
export async function* readPieces(
  context: LibraryContext,
  symbol: string,
  options: ReadOptions = {},
): AsyncGenerator<ReadPiece, void, undefined> {
  const { version, request } = await openRead(context, symbol, options);
  const facts = factsOfVersion(version);
  const fetched = request.fetch(context, options);
  let blocks: StoredBlock[] = [];
  let bytes = 0;
  let firstRow = 0;
  try {
    for (;;) {
      const next = await nextOf(fetched);
      if (blocks.length > 0 && (next === undefined || bytes >= PIECE_BYTES)) {
        yield { ...facts, value: request.assemble(blocks), firstRow };
        blocks = [];
        bytes = 0;
      }
      if (next === undefined) return;
      if (blocks.length === 0) firstRow = next.firstRow;
      blocks.push(next.stored);
      bytes += next.rawBytes;
    }
  } finally {
    await fetched.return();
  }

  async function nextOf<T>(items: AsyncGenerator<T, void, undefined>): Promise<T | undefined> {
    try {
      const next = await items.next();
      return next.done === true ? undefined : next.value;
    } catch (error) {
      throw await tellExpiry(context, version, error, options);
    }
  }
}
