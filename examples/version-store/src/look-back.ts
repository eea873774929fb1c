import type { Library } from "@foretile/version-store";
import type { Log } from "./tour.ts";

/** Earlier versions: by number, from the end, by time, by commit. */
export async function lookBack(library: Library, log: Log): Promise<void> {
  for await (const batch of library.listVersions("flights/f1")) {
    for (const { version, operation, rows } of batch) log(version, operation, rows);
  }

  const second = await library.read("flights/f1", { asOf: 2 });
  const beforeLast = await library.read("flights/f1", { asOf: -2 });
  const then = await library.read("flights/f1", { asOf: { timestamp: second.committedAtMs } });
  const thatOne = await library.read("flights/f1", { asOf: { commitId: second.commitId } });
  log(second.version, beforeLast.version, then.version, thatOne.version);

  const info = await library.getInfo("flights/f1", { asOf: 2 });
  log(info.handler, info.rows, info.rawBytes, info.index);

  const { metadata } = await library.readMetadata("flights/f1", { asOf: -2 });
  log(metadata, await library.hasSymbol("flights/f9"));

  for await (const batch of library.listSymbols({ prefix: "flights/" })) {
    for (const { symbol } of batch) log(symbol);
  }
}
