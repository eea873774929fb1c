import { describeError } from "@foretile/app-kit";
import type { Logger } from "pino";

import { publishedDocument, spilledDocument } from "../session/published-document.ts";
import type { Published } from "../session/published.ts";
import { warnOfLeftovers } from "../warn-of-leftovers.ts";

/** Logs what came of publishing a request, and what of it is not as it should be. */
export function logPublished(logger: Logger, published: Published, when?: string): void {
  const how = when === undefined ? "" : ` ${when}`;
  const { id, key, journalFailure } = published;
  if (journalFailure !== undefined) {
    const { message } = describeError(journalFailure);
    logger.warn({ id, key }, `the journal did not have this request: ${message}`);
  }
  if (published.result === undefined) {
    logger.warn(spilledDocument(published), `request kept in the journal${how}`);
    return;
  }
  const status = published.catalogued?.status ?? "saved";
  const document = publishedDocument(published);
  if (status === "saved") logger.info(document, `request published${how}`);
  else logger.warn(document, `request published${how}, and not in the catalog`);
  warnOfLeftovers(logger, published);
}
