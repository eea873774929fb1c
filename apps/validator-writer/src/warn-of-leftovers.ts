import type { Logger } from "pino";

import type { Published } from "./session/published.ts";

/** What a publication says that could not tidy up behind itself. It is published all the same. */
export const LEFTOVERS = "published, but blobs that no version refers to could not be removed";

/** Logs why a publication could not be tidied up, if that is so. */
export function warnOfLeftovers(logger: Logger, { id, result }: Published): void {
  if (result === undefined) return;
  const { key, version, cleanupError } = result;
  if (cleanupError !== undefined) logger.warn({ id, key, version, err: cleanupError }, LEFTOVERS);
}
