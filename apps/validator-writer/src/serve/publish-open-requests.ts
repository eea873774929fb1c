import type { Logger } from "pino";

import type { WriterSession } from "../session/writer-session.ts";
import { logPublished } from "./log-published.ts";

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
      logPublished(logger, await session.publish(id), "at the end");
    } catch (error) {
      logger.error({ id, key, err: error }, "request could not be published");
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
