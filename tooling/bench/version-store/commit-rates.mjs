import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { createLibrary, frame } from "@foretile/version-store";
import { createCountedLibrary, round } from "./counted-library.mjs";

/** Appends a second by one process, on one symbol and on 64, with every call delayed. */
export async function measureCommitRates() {
  const rows = [];
  for (const latencyMs of [0, 5, 30, 100]) {
    const { library } = await createCountedLibrary({ latencyMs });
    rows.push(...(await rates(library, `memory, ${latencyMs} ms a call`, latencyMs)));
  }
  const folder = await mkdtemp(join(tmpdir(), "foretile-bench-"));
  const store = await openLmdbStore({ path: join(folder, "store"), mode: "create" });
  try {
    rows.push(...(await rates(await createLibrary({ store }), "lmdb, flushed", 2)));
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
  return rows;
}

async function rates(library, name, latencyMs) {
  const rows = [];
  for (const [what, writers, symbols] of [
    ["1 writer, 1 symbol", 1, 1],
    ["8 writers, 1 symbol", 8, 1],
    ["64 writers, 1 symbol", 64, 1],
    ["64 writers, 64 symbols", 64, 64],
  ]) {
    const perWriter = Math.max(4, Math.ceil((latencyMs === 0 ? 2000 : 200) / writers));
    const startedMs = performance.now();
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        const symbol = `${what} ${writer % symbols}`;
        for (let row = 0; row < perWriter; row += 1) {
          await library.append(symbol, oneRow(writer, row), { validateIndex: false });
        }
      }),
    );
    const seconds = (performance.now() - startedMs) / 1000;
    const value = round((writers * perWriter) / seconds);
    rows.push({ what: `${name}: ${what}`, value, unit: "commits/s" });
  }
  return rows;
}

function oneRow(writer, row) {
  return frame({
    index: { name: "n", values: BigInt64Array.of(BigInt(row)) },
    columns: { writer: Int32Array.of(writer), value: Float64Array.of(row) },
  });
}
