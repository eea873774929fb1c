import { AppError } from "../failure/app-error.ts";

/** The two stores of a hybrid one. */
export interface HybridPlace {
  /** The URL of the store that keeps refs and tables. */
  readonly refs: string;
  /** The URL of the store that keeps blobs. */
  readonly blobs: string;
}

/**
 * Reads `REFS_URL,BLOBS_URL`. The comma is the one that is followed by a scheme: others belong to a URL.
 *
 * @param schemes the names of the schemes that the two may have
 * @throws {AppError} `invalid-store-url` without exactly one such comma
 */
export function parseHybridPlace(location: string, schemes: readonly string[]): HybridPlace {
  const parts = location.split(new RegExp(`,(?=(?:${schemes.join("|")}):)`, "i"));
  const [refs = "", blobs = "", ...rest] = parts;
  if (refs !== "" && blobs !== "" && rest.length === 0) return { refs, blobs };
  const fault =
    rest.length > 0
      ? "names more than two stores"
      : "does not name two stores, one for refs and one for blobs";
  throw new AppError("invalid-store-url", `store URL ${fault} scheme=hybrid`, {
    hint: "for example hybrid:lmdb:./heads,s3://my-bucket/forecasts",
  });
}
