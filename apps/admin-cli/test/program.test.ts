import { expect, test } from "vitest";

import { runForetile } from "./support/run-foretile.ts";

const commands = [
  ["init"],
  ["request", "list"],
  ["request", "show"],
  ["tile", "show"],
  ["label", "list"],
  ["verify"],
  ["stats"],
  ["library", "show"],
  ["symbol", "list"],
  ["symbol", "show"],
  ["symbol", "delete"],
  ["symbol", "undelete"],
  ["version", "list"],
  ["version", "show"],
  ["version", "restore"],
  ["version", "delete"],
  ["snapshot", "list"],
  ["snapshot", "create"],
  ["snapshot", "show"],
  ["snapshot", "delete"],
  ["prune"],
  ["collect"],
  ["fsck"],
  ["audit"],
  ["copy"],
  ["provision"],
  ["probe"],
  ["upstream", "list"],
  ["upstream", "show"],
  ["upstream", "import"],
  ["import"],
  ["trace", "query"],
  ["trace", "show"],
  ["trace", "plot"],
  ["trace", "params"],
  ["trace", "same"],
  ["trace", "list"],
  ["trace", "tiles"],
  ["trace", "rebuild"],
  ["trace", "compact"],
  ["trace", "delete"],
  ["trace", "expire"],
  ["trace", "undelete"],
];

/** What stands for each command's arguments and required options. */
const operands: Readonly<Record<string, readonly string[]>> = {
  "tile show": ["a/b#1", "1"],
  "request show": ["a/b#1"],
  "symbol show": ["a"],
  "symbol delete": ["a"],
  "symbol undelete": ["a"],
  "version list": ["a"],
  "version show": ["a"],
  "version restore": ["a", "--as-of", "1"],
  "version delete": ["a", "1"],
  "snapshot create": ["a"],
  "snapshot show": ["a"],
  "snapshot delete": ["a"],
  prune: ["--keep-last", "1"],
  copy: ["--to", "memory:"],
  "upstream list": ["--table", "low"],
  "upstream show": ["BTC#1", "--table", "low", "--label", "low"],
  "trace delete": ["a=b"],
  "trace expire": ["--before", "1"],
  "trace undelete": ["1"],
  "upstream import": ["--table", "low", "--label", "low"],
};

test.each(commands.map((command) => [command]))(
  "%j has a help with an example",
  async (command) => {
    const { exitCode, output, errors } = await runForetile([...command, "--help"]);
    expect({ exitCode, errors }).toStrictEqual({ exitCode: 0, errors: "" });
    expect(output).toMatch(/Examples:\n {2}\$ foretile (?:--store|copy --from) /);
    expect(output).toContain(command.join(" "));
    expect(output).toContain("--json");
  },
);

test.each(commands.map((command) => [command]))("%j needs a store", async (command) => {
  const argv = [...command, ...(operands[command.join(" ")] ?? [])];
  const { exitCode, errors } = await runForetile(argv);
  expect(exitCode).toBe(2);
  expect(errors).toContain("no store given");
});

test.each([
  ["gopher:hole", "no such kind of store scheme=gopher\nhint: known: lmdb:PATH, bigtable://"],
  ["s3:bucket", "hint: for example s3://my-bucket/forecasts"],
  ["./forecasts", "did you mean lmdb:./forecasts?"],
])("the store URL %s is wrong usage", async (url, message) => {
  const { exitCode, errors } = await runForetile(["stats", "--store", url]);
  expect(exitCode).toBe(2);
  expect(errors).toContain(message);
});

test("a mistyped command is wrong usage with a suggestion", async () => {
  const { exitCode, errors } = await runForetile(["verfiy"]);
  expect(exitCode).toBe(2);
  expect(errors).toBe("foretile: unknown command 'verfiy'\nhint: did you mean verify?\n");
});
