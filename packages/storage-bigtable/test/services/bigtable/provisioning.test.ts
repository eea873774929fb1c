import { expect, test } from "vitest";
import { toKey, type ProbeFinding, type ProvisionStep } from "@foretile/storage";
import { createVirtualClock } from "@foretile/testkit";
import {
  openBigtableStore,
  planBigtableProvision,
  probeBigtable,
  type BigtableProvisionOptions,
} from "../../../src/index.ts";
import { temporaryStores } from "./temporary-stores.ts";

const stores = await temporaryStores();
const DAY_MS = 86_400_000;
const rows = {
  low: { p: { maxAgeMs: 60 * DAY_MS } },
  high: { p: { maxAgeMs: 12 * DAY_MS } },
};

const show = ({ action, what, current, wanted, loses }: ProvisionStep): string =>
  [action, what, current, wanted, loses].filter((part) => part !== undefined).join(" | ");

async function provision(options: BigtableProvisionOptions): Promise<readonly string[]> {
  const steps = await planBigtableProvision(options);
  for (const step of steps) await step.apply();
  return steps.map(show);
}

const problems = (findings: readonly ProbeFinding[]): readonly string[] =>
  findings.flatMap(({ ok, what, found, remedy }) => (ok ? [] : [`${what} | ${found} | ${remedy}`]));

test("an empty place is provisioned for a store that needs no admin rights to open", async () => {
  const place = stores.place();
  const { prefix } = place;
  expect(await provision({ ...place, tables: rows })).toEqual([
    `create | table ${prefix}.blobs | family l that keeps all cells, family p that keeps all cells`,
    `create | table ${prefix}.refs | family r that keeps all cells, family m that keeps all cells`,
    `create | marker in table ${prefix}.refs | says that this is a store, and its format`,
    `create | table ${prefix}_low | family p that keeps what is younger than 60 d`,
    `create | table ${prefix}_high | family p that keeps what is younger than 12 d`,
  ]);
  expect(await planBigtableProvision({ ...place, tables: rows })).toEqual([]);
  expect(problems(await probeBigtable({ ...place, tables: rows }))).toEqual([]);

  await using store = await openBigtableStore({ ...place, mode: "write" });
  await store.blobs.putNew(toKey("k"), new Uint8Array(3));
  expect(await store.table("low").families()).toEqual(new Map([["p", { maxAgeMs: 60 * DAY_MS }]]));
});

test("a rule that became tighter is a change that says what it loses", async () => {
  const place = stores.place();
  await provision({ ...place, tables: { low: { p: { maxAgeMs: 60 * DAY_MS } } } });
  const tables = { low: { p: { maxVersions: 1, maxAgeMs: 12 * DAY_MS }, q: {} } };
  expect(await provision({ ...place, tables })).toEqual([
    `change | family p of table ${place.prefix}_low | keeps what is younger than 60 d | keeps the newest 1 of each column of what is younger than 12 d | all but the newest 1 of each column and cells older than 12 d`,
    `create | family q of table ${place.prefix}_low | keeps all cells`,
  ]);
  const looser = { low: { p: { maxAgeMs: 30 * DAY_MS }, q: {} } };
  expect(await provision({ ...place, tables: looser })).toEqual([
    `change | family p of table ${place.prefix}_low | keeps the newest 1 of each column of what is younger than 12 d | keeps what is younger than 30 d`,
  ]);
  expect(await planBigtableProvision({ ...place, tables: looser })).toEqual([]);
});

test("steps may be applied twice, and a half-made place is completed", async () => {
  const place = stores.place();
  const [blobs, ...rest] = await planBigtableProvision({ ...place, tables: rows });
  await blobs?.apply();
  await blobs?.apply();
  expect((await planBigtableProvision({ ...place, tables: rows })).map(show)).toEqual(
    rest.map(show),
  );
  for (const step of rest) await step.apply();
  for (const step of rest) await step.apply();
  expect(await planBigtableProvision({ ...place, tables: rows })).toEqual([]);
});

test("a probe of an empty place names what is missing and what to do", async () => {
  const place = stores.place();
  const remedy = "table or instance is not there, provision it or correct the address";
  const found = problems(await probeBigtable({ ...place, tables: { low: rows.low } }));
  expect(found).toHaveLength(4);
  for (const problem of found) expect(problem).toContain(`not-a-store`);
  for (const problem of found) expect(problem.endsWith(remedy)).toBe(true);
});

test("a probe names a missing family, a rule that differs and a clock that is wrong", async () => {
  const place = stores.place();
  await provision({ ...place, tables: { low: { p: {} } } });
  const clock = createVirtualClock({ startMs: 1_000 });
  const findings = await probeBigtable({
    ...place,
    tables: { low: { ...rows.low, q: {} } },
    clock,
  });
  expect(problems(findings)).toEqual([
    `family p of table ${place.prefix}_low | keeps all cells, wanted is that it keeps what is younger than 60 d | provision the place, which needs roles/bigtable.admin`,
    `family q of table ${place.prefix}_low | is not there | provision the place, which needs roles/bigtable.admin`,
    expect.stringMatching(
      /^clock \| this machine's is behind the service's by \d+ ms \| set this machine's clock/,
    ),
  ]);
  expect(await probeBigtable({ ...place, mode: "read" })).not.toContainEqual(
    expect.objectContaining({ what: "clock" }),
  );
  await using store = await openBigtableStore({ ...place, mode: "read" });
  for await (const batch of store.refs.list({})) expect(batch).toEqual([]);
});

test("a probe of an endpoint that does not answer stops there", async () => {
  const place = { ...stores.place(), emulatorHost: "127.0.0.1:1" };
  const findings = await probeBigtable(place);
  expect(findings).toEqual([
    expect.objectContaining({
      what: "endpoint 127.0.0.1:1",
      ok: false,
      remedy: "service did not answer, check the endpoint and the network",
    }),
  ]);
});
