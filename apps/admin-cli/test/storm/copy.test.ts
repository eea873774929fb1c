import { once } from "node:events";
import { existsSync } from "node:fs";

import { createPredictions, openPredictions } from "@foretile/app-kit";
import { createSegmentVerifiers } from "@foretile/prediction-store";
import { systemClock } from "@foretile/resilience/system";
import { createSeededRandom, temporaryFolder } from "@foretile/testkit";
import { frame, type Library } from "@foretile/version-store";
import { expect, test } from "vitest";

import { jsonLines } from "../support/run-foretile.ts";
import { spawnForetile, startForetile } from "../support/spawn-foretile.ts";

const SEED = Number(process.env["STORM_SEED"] ?? 20_171_205);
const SYMBOLS = 30;

/** Symbols of four versions, that share some segments and have others of their own. */
async function fill(library: Library): Promise<void> {
  const random = createSeededRandom(SEED);
  const noise = () =>
    frame({ columns: { x: Float64Array.from({ length: 4000 }, () => random.nextUint32()) } });
  for (let number = 0; number < SYMBOLS; number += 1) {
    const symbol = `symbol/${number}`;
    await library.write(symbol, noise(), { metadata: { number } });
    await library.append(symbol, noise());
    await library.write(symbol, noise(), { user: "ops" });
    await library.restoreVersion(symbol, 2);
  }
  await library.snapshot("all");
}

async function versionsOf(library: Library): Promise<Map<string, readonly string[]>> {
  const versions = new Map<string, readonly string[]>();
  for await (const symbols of library.listSymbols()) {
    for (const { symbol } of symbols) {
      if (symbol === undefined) throw new Error("a head is damaged");
      const commits: string[] = [];
      for await (const batch of library.listVersions(symbol)) {
        commits.push(...batch.map(({ version, commitId }) => `${version} ${commitId}`));
      }
      versions.set(symbol, commits.toReversed());
    }
  }
  return versions;
}

test(`a copy that is killed again and again ends as one that was not, seed ${SEED}`, async () => {
  await using folder = await temporaryFolder();
  const from = `lmdb:${folder.path}/source`;
  const path = `${folder.path}/target`;
  const argv = ["copy", "--from", from, "--to", `lmdb:${path}`, "--versions", "all", "--json"];
  await using source = await createPredictions(from);
  await fill(source.library);
  const originals = await versionsOf(source.library);

  const random = createSeededRandom(SEED);
  let kills = 0;
  for (let life = 0; ; life += 1) {
    const copy = startForetile(argv);
    const closed = once(copy, "close") as Promise<[number | null]>;
    const ended = closed.then(() => true);
    while (
      !existsSync(path) &&
      !(await Promise.race([ended, systemClock.sleep(5).then(() => false)]))
    );
    // Longer and longer lives: the copy comes to its end at last, however slow the machine is.
    const patienceMs = (random.nextUint32() / 2 ** 32) * 100 * 1.3 ** life;
    if (!(await Promise.race([ended, systemClock.sleep(patienceMs).then(() => false)]))) {
      copy.kill("SIGKILL");
    }
    const [code] = await closed;
    if (code === 0) break;
    expect(code).toBeNull();
    kills += 1;
    await using target = await openPredictions(`lmdb:${path}`, "read").catch(() => undefined);
    if (target === undefined) continue;
    for (const [symbol, commits] of await versionsOf(target.library)) {
      expect(commits).toEqual(originals.get(symbol)?.slice(0, commits.length));
    }
  }
  expect(kills).toBeGreaterThan(2);

  const verified = await spawnForetile([...argv, "--snapshots", "--verify"]);
  expect(verified).toMatchObject({ exitCode: 0, errors: "" });
  const total = 1 + SYMBOLS * 4;
  expect(jsonLines(verified.output)).toMatchObject([
    { ok: true, versions: { copied: 0, present: total, verified: total } },
  ]);
  await using target = await openPredictions(`lmdb:${path}`, "read");
  expect(await versionsOf(target.library)).toEqual(originals);
  const verifiers = await createSegmentVerifiers();
  const { counts } = await target.library.fsck({ level: 2, verifiers });
  expect(counts.error).toBe(0);
});
