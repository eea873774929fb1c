import type { Logger } from "pino";

import { publishedDocument } from "../session/published-document.ts";
import type { WriterSession } from "../session/writer-session.ts";
import { warnOfLeftovers } from "../warn-of-leftovers.ts";

/**
 * Publishes every open request, so that nothing that was acknowledged is lost, and waits for those that a call is
 * publishing. One that fails does not keep the others from being published.
 *
 * @throws the first failure, after all were tried
 */
export async function publishOpenRequests(session: WriterSession, logger: Logger): Promise<void> {
  const failures: unknown[] = [];
  for (const { id, key } of session.openRequests()) {
    try {
      const published = await session.publish(id);
      logger.info(publishedDocument(published), "request published at the end");
      warnOfLeftovers(logger, published);
    } catch (error) {
      logger.error({ id, key, err: error }, "request could not be published");
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
