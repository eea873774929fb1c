import { PassThrough, Writable } from "node:stream";

import { expect, test } from "vitest";

import { writeJsonLine, writeText } from "../../src/index.ts";

test("a value is one line of JSON, without members that are undefined", async () => {
  const stream = new PassThrough();
  await writeJsonLine(stream, { a: 1, b: undefined });
  expect(String(stream.read())).toBe('{"a":1}\n');
});

test("a stream that fails rejects", async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error("gone")) });
  broken.on("error", () => undefined);
  await expect(writeText(broken, "x")).rejects.toThrow("gone");
});
