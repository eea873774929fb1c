import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { createLibrary } from "@foretile/version-store";
import { round } from "./counted-library.mjs";

const versions = 16;

/** Time and memory of fsck over very many small segments on LMDB. */
export async function measureCheck({ segments }) {
  const folder = await mkdtemp(join(tmpdir(), "foretile-bench-"));
  const store = await openLmdbStore({ path: join(folder, "store"), mode: "create" });
  try {
    const library = await createLibrary({ store });
    const writtenMs = await timed(() => fill(library, Math.ceil(segments / versions)));
    const rows = [
      { what: `write ${segments} segments`, value: round(writtenMs / 1000), unit: "s" },
    ];
    for (const level of [0, 1, 2]) {
      const peak = watchHeap();
      let report;
      const ms = await timed(async () => {
        report = await library.fsck({ level, verifiers: new Map([["bench", () => {}]]) });
      });
      if (!report.healthy) throw new Error(`fsck found ${report.counts.error} errors`);
      rows.push({
        what: `fsck level ${level} of ${segments} segments`,
        value: round(ms / 1000),
        unit: "s",
      });
      rows.push({
        what: `fsck level ${level} of ${segments} segments, heap above start`,
        value: peak.stop(),
        unit: "MiB",
      });
    }
    return rows;
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

async function fill(library, perVersion) {
  const bytes = new Uint8Array(64);
  const hash = new Uint8Array(16);
  for (let version = 0; version < versions; version += 1) {
    await using transaction = await library.begin(`symbol ${version}`);
    const segments = [];
    for (let start = 0; start < perVersion; start += 1000) {
      const some = Math.min(1000, perVersion - start);
      segments.push(
        ...(await Promise.all(
          Array.from({ length: some }, () => transaction.putSegment(bytes, hash)),
        )),
      );
    }
    await transaction.commit(() => ({
      manifest: { handler: "bench", body: null, segments },
      identity: bytes,
      rawBytes: bytes.length * segments.length,
    }));
  }
}

async function timed(action) {
  const startedMs = performance.now();
  await action();
  return performance.now() - startedMs;
}

function usedBytes() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The highest heap and buffer use from now on, above now, in MiB. */
function watchHeap() {
  globalThis.gc?.();
  const start = usedBytes();
  let peak = start;
  const timer = setInterval(() => {
    peak = Math.max(peak, usedBytes());
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return round((Math.max(peak, usedBytes()) - start) / 2 ** 20);
    },
  };
}
