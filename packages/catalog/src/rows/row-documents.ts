import {
  createDocumentCodec,
  type DocumentCodec,
  type DocumentValue,
} from "@foretile/codecs/msgpack";
import { CatalogError } from "../catalog-error.ts";
import { DocumentFields } from "./document-fields.ts";

/** The newest version of each kind that this release reads; it writes that one too. */
const VERSION = 1;

/** 4 096 predictions with the longest texts take less than half of it. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Four letters of the documents of a catalog. */
export type DocumentKind =
  | "CFMT" // format of the table
  | "CREQ" // summary of a request
  | "CPRD" // its predictions
  | "CSCO" // one miner's score
  | "CPRI" // realized prices
  | "CMIN" // a miner
  | "CRWD" // a set of rewards
  | "CCNT"; // a counter

/** Values to cells and back, every byte under a hash. */
export class RowDocuments {
  readonly #codec: DocumentCodec;

  private constructor(codec: DocumentCodec) {
    this.#codec = codec;
  }

  static async load(): Promise<RowDocuments> {
    return new RowDocuments(await createDocumentCodec());
  }

  seal(kind: DocumentKind, value: DocumentValue): Uint8Array {
    return this.#codec.seal(kind, VERSION, value);
  }

  /** @throws {CatalogError} `damaged`, `format-too-new` */
  open(kind: DocumentKind, bytes: Uint8Array, where: string): DocumentFields {
    try {
      const options = { maxVersion: VERSION, maxBytes: MAX_BYTES };
      return new DocumentFields(this.#codec.open(kind, options, bytes).value, where);
    } catch (cause) {
      if (cause instanceof CatalogError) throw cause;
      const tooNew =
        cause instanceof Error && "code" in cause && cause.code === "unsupported-version";
      throw tooNew
        ? new CatalogError(
            "format-too-new",
            `document was written by a newer release; upgrade @foretile/catalog key=${where}`,
            { cause },
          )
        : new CatalogError("damaged", `document is damaged key=${where} kind=${kind}`, { cause });
    }
  }
}
