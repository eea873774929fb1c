import { expect, test } from "vitest";

import {
  EXIT,
  createCommandLine,
  exitCodeHelp,
  runCommandLine,
  runMain,
  storeUrlOf,
  type ProgramContext,
} from "../../src/index.ts";
import { testContext } from "../support/test-context.ts";

const main = async (context: ProgramContext): Promise<void> => {
  const program = createCommandLine(context, { description: "A tool", version: "1.2.3" });
  program
    .command("tile")
    .command("show")
    .argument("<key>")
    .option("--version <number>")
    .action((_key, options, command) => {
      context.stdout.write(
        storeUrlOf(command.optsWithGlobals(), context) + (options.version ?? ""),
      );
    });
  await runCommandLine(program, context);
};

const run = async (argv: string[], env: Record<string, string> = {}) => {
  const context = testContext(argv, { env });
  const exitCode = await runMain(main, context);
  return { exitCode, output: context.output(), errors: context.errors() };
};

test.each([
  [["--store", "memory:", "tile", "show", "k"], {}],
  [["tile", "--store", "memory:", "show", "k"], {}],
  [["tile", "show", "k", "--store", "memory:"], { FORETILE_STORE: "lmdb:other" }],
  [["tile", "show", "k"], { FORETILE_STORE: "memory:" }],
])("%j with %j finds the store", async (argv, env) => {
  expect(await run(argv, env)).toStrictEqual({ exitCode: 0, output: "memory:", errors: "" });
});

test("no store is wrong usage and says how to name one", async () => {
  const { exitCode, errors } = await run(["tile", "show", "k"], { FORETILE_STORE: "" });
  expect(exitCode).toBe(EXIT.usage);
  expect(errors).toBe(
    "tool: no store given\nhint: pass --store URL or set FORETILE_STORE; known: lmdb:PATH, bigtable://PROJECT/INSTANCE/PREFIX, s3://BUCKET/PREFIX, memory:[NAME], hybrid:REFS_URL,BLOBS_URL\n",
  );
});

test.each([
  [["tlie"], "tool: unknown command 'tlie'\nhint: did you mean tile?\n"],
  [
    ["tile", "show", "k", "--stor", "x"],
    "tool: unknown option '--stor'\nhint: did you mean --store?\n",
  ],
  [["tile", "show"], "tool: missing required argument 'key'\nhint: see --help\n"],
])("%j is wrong usage with a suggestion", async (argv, errors) => {
  expect(await run(argv)).toStrictEqual({ exitCode: EXIT.usage, output: "", errors });
});

test("no command prints the help as an error", async () => {
  const { exitCode, output, errors } = await run([]);
  expect(exitCode).toBe(EXIT.usage);
  expect(output).toBe("");
  expect(errors).toContain("Usage: tool");
});

test.each([["--help"], ["help"]])(
  "%s goes to standard output with the exit codes",
  async (argument) => {
    const { exitCode, output, errors } = await run([argument]);
    expect({ exitCode, errors }).toStrictEqual({ exitCode: 0, errors: "" });
    expect(output).toContain(exitCodeHelp());
  },
);

test("the help of a command names the common options", async () => {
  const { output } = await run(["tile", "show", "--help"]);
  expect(output).toContain("--store <url>");
});

test("the list of commands tells operands that may be left out", async () => {
  const context = testContext(["--help"]);
  const program = createCommandLine(context, { description: "A tool", version: "1.2.3" });
  program.command("read").argument("<key>").argument("[file]");
  await runCommandLine(program, context);
  expect(context.output()).toContain("  read <key> [file]");
});

test("the version is printed", async () => {
  expect(await run(["--version"])).toStrictEqual({ exitCode: 0, output: "1.2.3\n", errors: "" });
});

test("a command may have an option of the program's name", async () => {
  const { output } = await run(["tile", "show", "k", "--version", "3", "--store", "memory:"]);
  expect(output).toBe("memory:3");
});
