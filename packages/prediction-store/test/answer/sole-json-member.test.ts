import { expect, test } from "vitest";

import { readAnswerJson } from "../../src/answer/read-answer-json.ts";
import { soleJsonMember } from "../../src/answer/sole-json-member.ts";
import { encode } from "./answer-samples.ts";

test("opens an object without looking into its member", () => {
  const value = encode('[1, {"b": "}"}, ] ');
  expect(soleJsonMember(encode(' { "response" : [1, {"b": "}"}, ] } \n'))).toEqual({
    name: "response",
    value,
  });
});

test("refuses what does not open and close like an object of one member", () => {
  const opened = [
    "",
    "{}",
    "[]",
    "{1:2}",
    '{"a"}',
    '{"a":}',
    '{"a":1',
    '"a":1}',
    "null",
    '{"a',
  ].filter((text) => soleJsonMember(encode(text)) !== undefined);
  expect(opened).toEqual([]);
  expect(soleJsonMember(encode(`{"${"n".repeat(70)}":1}`))).toBeUndefined();
});

test("a second member makes the first no value", () => {
  const line = encode('{"response":{"miner_uid":1,"miner_id":2},"publish":"r1"}');
  const value = soleJsonMember(line)?.value ?? new Uint8Array(0);
  expect(readAnswerJson(value).status).toBe("malformed");
  expect(() => JSON.parse(new TextDecoder().decode(value))).toThrow(SyntaxError);
});
