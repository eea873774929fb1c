import { createPredictions } from "@foretile/app-kit";
import { expect, test } from "vitest";

import { runForetile } from "../../support/run-foretile.ts";
import { catalogCommandSuite } from "./catalog-suite.ts";

catalogCommandSuite("a catalog in the store", async () => "store");

test("for people there are tables, and what to do next", async () => {
  const url = "memory:catalog-commands";
  await using opened = await createPredictions(url);
  expect(opened.library).toBeDefined();
  const run = async (...argv: string[]): Promise<string> =>
    (await runForetile([...argv, "--store", url, "--catalog", "store"])).output;
  expect(await run("catalog", "init")).toBe("the catalog is there and knows 0 miners\n");
  expect(await run("catalog", "taper")).toBe(
    "LABEL  THINNED REQUESTS\nlow                   0\nhigh                  0\nnothing was changed; add --yes to do it\n",
  );
  expect(await run("catalog", "free", "--label", "low")).toBe("nothing to free\n");
});

test.each([
  [[], "no catalog given", 2],
  [["--catalog", "store"], "no catalog", 5],
  [["--catalog", "postgres://a:b@c/d"], "must not hold a password", 2],
] as const)("with %j it is said what is missing", async (argv, message, exitCode) => {
  const store = ["--store", "memory:no-catalog-there"];
  const run = await runForetile(["catalog", "requests", ...store, ...argv]);
  expect(run.errors).toContain(message);
  expect(run.exitCode).toBe(exitCode);
});
