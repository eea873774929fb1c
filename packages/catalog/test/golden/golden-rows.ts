import { openMemoryStore } from "@foretile/storage/memory";
import type { RowStore } from "@foretile/storage";
import { createRowCatalog } from "../../src/index.ts";
import { highRequest, invalid, lowRequest, NOON, score, valid } from "../../src/conformance/samples.ts";
import { fixedParts } from "../rows/open-memory-catalog.ts";

/** A cell as one line of the fixture. */
export interface GoldenCell {
  readonly key: string;
  readonly column: string;
  readonly timestampMicros: number;
  /** Base64. */
  readonly value: string;
}

/** A catalog with one of everything, the same each time it is made. */
export async function sampleRows(): Promise<RowStore> {
  const rows = openMemoryStore().table("catalog");
  const catalog = await createRowCatalog({ rows, ...fixedParts() });
  const miners = await catalog.registerMiners([
    { uid: 12, coldkey: "cold/1", hotkey: "hot#1" },
    { uid: 240, coldkey: "cold2", hotkey: "hot2" },
  ]);
  const [a = 0, b = 0] = miners.map(({ id }) => id);
  const saved = await catalog.saveRequest({
    request: lowRequest("BTC", NOON),
    requestedUnixSeconds: NOON - 110,
    version: 2,
    predictions: [valid(a, 12), invalid(b, 240)],
  });
  await catalog.writeScores({
    requestId: saved.requestId,
    requestVersion: 2,
    scores: [score(a, 0.5), { ...score(b, 90), totalCrps: undefined, intervals: {} }],
    realizedPrices: [104_856.23, Number.NaN, 104_857],
  });
  const deleted = await catalog.saveRequest({
    request: highRequest("A#/~ B".replace(" ", "_"), NOON + 60),
    version: 1,
    predictions: [valid(a, 12)],
  });
  await catalog.softDelete([deleted.requestId], { reason: "thinned", atMs: NOON * 1_000 });
  const claim = { label: "high", deletedBeforeMs: NOON * 1_000 + 1, atMs: NOON * 1_000 + 2 };
  for await (const batch of catalog.claimDeletions(claim)) await catalog.confirmDeletions(batch);
  await catalog.writeRewards({
    label: "low",
    updatedUnixSeconds: NOON,
    rewards: [{ minerId: a, minerUid: 12, smoothedScore: 1.25, rewardWeight: 0.5 }],
  });
  await catalog.close();
  return rows;
}

export async function cellsOf(rows: RowStore): Promise<GoldenCell[]> {
  const cells: GoldenCell[] = [];
  for await (const batch of rows.readRows({})) {
    for (const { key, cells: own } of batch) {
      for (const { family, qualifier, timestampMicros, value } of own) {
        const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        const column = `${family}:${qualifier}`;
        cells.push({ key, column, timestampMicros, value: bytes.toString("base64") });
      }
    }
  }
  return cells;
}
