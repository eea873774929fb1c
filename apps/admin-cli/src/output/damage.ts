import { styleText } from "node:util";

import type { OutputStream } from "@foretile/app-kit";
import type { DamagedEvent } from "@foretile/prediction-store";

/** One damaged thing as a JSON document. */
export function damageDocument(event: DamagedEvent): Record<string, unknown> {
  return {
    type: "damaged",
    what: event.what,
    symbol: event.symbol,
    version: event.version,
    miner_id: event.minerId,
    key: event.key,
    message: event.message,
  };
}

/** The same on one line: `damaged tile symbol=… version=1 miner_id=7 key=…: MESSAGE`. */
export function damageText(event: DamagedEvent, stdout: OutputStream): string {
  const { what, message, symbol, version, minerId, key } = event;
  const place = Object.entries({ symbol, version, miner_id: minerId, key })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
  const damaged = styleText("red", "damaged", { stream: stdout });
  return `${[damaged, what, ...place].join(" ")}: ${message}`;
}
