import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { runForetile } from "../../support/run-foretile.ts";
import { createTracedStore } from "../../support/traced-store.ts";

const url = "memory:trace-plot";
const made = createTracedStore(url);

async function plot(argv: readonly string[], options: Parameters<typeof runForetile>[1] = {}) {
  await made;
  return runForetile(["--store", url, "trace", "plot", ...argv], options);
}

const one = ["field=crps,miner=7", "--to", "2017-12-06", "--width", "40", "--height", "4"];

test("a series is a line of dots, without colours where these are not wanted", async () => {
  const plain = await plot(one);
  expect({ ...plain, output: plain.output.split("\n") }).toEqual({
    exitCode: 0,
    errors: "",
    output: [
      "scores: asset=BTC field=crps label=tiny miner=7",
      "   1.5 ┤                        ⢀⣀⡠⠤⠔⠒⠊⠉",
      "1.3333 ┤                ⣀⣀⠤⠤⠒⠒⠊⠉⠁",
      "       │       ⢀⣀⡠⠤⠤⠒⠒⠉⠉",
      "     1 ┤⣀⡠⠤⠔⠒⠊⠉⠁",
      "       └┬──────────────────────────────┬",
      "        12-05 12:00          12-05 13:00",
      "",
    ],
  });
  const wanted = await plot(one, { terminal: true });
  expect(wanted.output).toContain("\u001b[34m");
  const unwanted = await plot(one, { terminal: true, env: { NO_COLOR: "1" } });
  expect(unwanted.output).toBe(plain.output);
});

test("several series differ in letters, or in colours, and have a legend", async () => {
  const argv = ["field=crps,miner=7|9|12", "--width", "60", "--height", "8"];
  const plain = await plot(argv);
  expect(plain.output).toMatch(/\n {2}a miner=12\n {2}b miner=7\n {2}c miner=9\n$/);
  expect(plain.output).toContain("×");
  expect(plain.output).not.toContain("\u001b");
  const coloured = await plot(argv, { terminal: true });
  expect(coloured.output).toContain("\u001b[34m──\u001b[39m miner=12\n");
});

test("an SVG goes to a file or to standard output", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "plot.svg");
  const written = await plot(["field=crps,miner=7", "--svg", file]);
  expect(written).toEqual({ exitCode: 0, output: "", errors: "" });
  const printed = await plot(["field=crps,miner=7", "--svg", "-"]);
  expect(printed.output).toBe(await readFile(file, "utf8"));
  expect(printed.output).toMatch(/^<svg .*<polyline .*<\/svg>\n$/s);
  expect((await plot(["field=crps", "--svg", join(folder.path, "no", "x.svg")])).exitCode).toBe(3);
});

test.each([
  [["--set", "digests"], "only numbers can be drawn"],
  [["asset=BTC"], "more than 8 series cannot be drawn at once"],
  [["field=crps", "--json"], "a drawing is no JSON"],
])("%j is wrong usage", async (argv, message) => {
  const { exitCode, errors } = await plot(argv);
  expect(exitCode).toBe(2);
  expect(errors).toContain(message);
});

test("nothing to draw is said", async () => {
  expect(await plot(["miner=1"])).toMatchObject({ exitCode: 0, output: "no points\n" });
});
