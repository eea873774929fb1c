import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";

/** No more requests come when none has come for so many turns of the event loop. */
const QUIET_TURNS = 10;

/**
 * A double of an empty bucket on a server that takes only so many requests at once and turns the others away. It answers
 * when no more come, so that its clients' speed is of no matter.
 */
export interface ThrottlingServer extends AsyncDisposable {
  readonly endpoint: string;
  /** How many requests it answered, and how many of them by 503. */
  readonly answered: { all: number; turnedAway: number };
}

export async function startThrottlingServer(atOnce: number): Promise<ThrottlingServer> {
  const answered = { all: 0, turnedAway: 0 };
  const taken: ServerResponse[] = [];
  let quiet = 0;

  async function answerTaken(): Promise<void> {
    while (taken.length > 0) {
      for (quiet = 0; quiet < QUIET_TURNS; quiet += 1) await setImmediate();
      taken.shift()?.writeHead(404).end(failure("NoSuchKey"));
    }
  }

  const server = createServer((_request, response) => {
    answered.all += 1;
    quiet = 0;
    if (taken.length === atOnce) {
      answered.turnedAway += 1;
      response.writeHead(503).end(failure("SlowDown"));
    } else if (taken.push(response) === 1) {
      void answerTaken();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    answered,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function failure(code: string): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;
}
