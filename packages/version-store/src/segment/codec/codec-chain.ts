import { VersionStoreError } from "../../version-store-error.ts";
import type { Compressor, Filter } from "./codec.ts";
import type { CodecRegistry } from "./codec-registry.ts";

/** Most codecs of a chain. */
const MAX_CHAIN_CODECS = 8;

/** Codecs in the order in which they encode: filters, then one compressor; or none at all. */
export interface CodecChain {
  readonly names: readonly string[];
  readonly filters: readonly Filter[];
  /** Absent when the chain is empty. */
  readonly compressor: Compressor | undefined;
}

/**
 * Finds the codecs of a chain.
 *
 * @throws {VersionStoreError} `unsupported-capability` for a codec that the registry does not have, and for an order of
 *   codecs that cannot work
 */
export function resolveChain(names: readonly string[], registry: CodecRegistry): CodecChain {
  if (names.length > MAX_CHAIN_CODECS) {
    throw unusable(names, `has more than ${MAX_CHAIN_CODECS} codecs; leave some out`);
  }
  const filters: Filter[] = [];
  let compressor: Compressor | undefined;
  for (const name of names) {
    const codec = registry.get(name);
    if (codec === undefined) {
      throw unusable(
        names,
        `has an unknown codec; upgrade, or register it codec=${JSON.stringify(name)} ` +
          `known=${[...registry.keys()].join(",")}`,
      );
    }
    if (compressor !== undefined) {
      throw unusable(names, "has a codec after its compressor; put one compressor, at the end");
    }
    if (codec.kind === "filter") filters.push(codec);
    else compressor = codec;
  }
  if (filters.length > 0 && compressor === undefined) {
    throw unusable(names, "has filters alone, which save nothing; add a compressor at the end");
  }
  return { names, filters, compressor };
}

function unusable(names: readonly string[], why: string): VersionStoreError {
  return new VersionStoreError(
    "unsupported-capability",
    `codec chain ${why} chain=${JSON.stringify(names)}`,
    { details: { chain: names.join(",") } },
  );
}
