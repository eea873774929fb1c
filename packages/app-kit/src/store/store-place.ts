import type { ProbeFinding, ProvisionStep } from "@foretile/storage";

import type { PlaceOptions, ProbeOptions } from "./store-scheme.ts";
import { parseStoreUrl } from "./store-url.ts";

/**
 * Compares what the place of a URL has with what a store there needs, and changes nothing.
 *
 * @returns the steps to take, in order; none when all is there
 * @throws {AppError} `invalid-store-url`, `unknown-scheme`
 * @throws {StorageError} when the place cannot be looked at
 */
export async function planProvision(
  url: string,
  options?: PlaceOptions,
): Promise<readonly ProvisionStep[]> {
  const { scheme, location } = parseStoreUrl(url);
  return scheme.planProvision(location, options);
}

/**
 * Tries at the place of a URL what a store there needs. What does not work is a finding, and nothing is left changed.
 *
 * @throws {AppError} `invalid-store-url`, `unknown-scheme`
 */
export async function probePlace(
  url: string,
  options: ProbeOptions,
): Promise<readonly ProbeFinding[]> {
  const { scheme, location } = parseStoreUrl(url);
  return scheme.probe(location, options);
}
