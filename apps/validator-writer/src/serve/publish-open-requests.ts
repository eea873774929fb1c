import type { Logger } from "pino";

import { publishedDocument } from "../session/published-document.ts";
import type { WriterSession } from "../session/writer-session.ts";

/**
 * Publishes every open request, so that nothing that was acknowledged is lost. One that fails does not keep the others
 * from being published.
 *
 * @throws the first failure, after all were tried
 */
export async function publishOpenRequests(session: WriterSession, logger: Logger): Promise<void> {
  const failures: unknown[] = [];
  for (const { id, key } of session.openRequests()) {
    try {
      logger.info(publishedDocument(await session.publish(id)), "request published at the end");
    } catch (error) {
      logger.error({ id, key, err: error }, "request could not be published");
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
