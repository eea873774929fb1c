import { PassThrough } from "node:stream";

import { createProgress, type ProgramContext } from "@foretile/app-kit";
import { createInstantClock } from "@foretile/testkit";
import { expect, test } from "vitest";

import { createIngestReporter } from "../../src/ingest/ingest-reporter.ts";
import { createProgramLogger } from "../../src/program-logger.ts";
import { announced, openSessionFixture, undeletable } from "../support/session.ts";

test.each([
  [
    "a line",
    false,
    /^published, but blobs that no version refers to .*: nothing can be deleted\n$/,
  ],
  ["a log line", true, /^\{"level":40,.*"id":"r1".*nothing can be deleted.*\}\n$/],
])("what a publish could not tidy up is %s on standard error", async (_name, logged, expected) => {
  const { session } = await openSessionFixture({ wrap: undeletable });
  await session.open(announced("r1"));
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const clock = createInstantClock({ startMs: 0 });
  const context: ProgramContext = {
    name: "foretile-writer",
    argv: [],
    env: {},
    stdin: new PassThrough(),
    stdout,
    stderr,
    signal: new AbortController().signal,
    clock,
    exitCode: 0,
  };
  using progress = createProgress(stderr, { label: "ingest", unit: "bytes", clock });
  const reporter = createIngestReporter(context, {
    json: true,
    progress,
    readBytes: () => 0,
    logger: logged ? createProgramLogger(context) : undefined,
  });
  await reporter.published(await session.publish("r1"));
  expect(String(stderr.read())).toMatch(expected);
  expect(String(stdout.read())).toMatch(/^\{"event":"published","id":"r1"/);
});
