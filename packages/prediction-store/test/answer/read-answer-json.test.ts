import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { judgeAnswer } from "../../src/answer/judge-answer.ts";
import { readAnswerJson } from "../../src/answer/read-answer-json.ts";
import { answerWithPrice, encode, smallRequest } from "./answer-samples.ts";

const decoder = new TextDecoder();
const good = answerWithPrice("2.5");

/** The prediction's text of an envelope, or the word `malformed`. */
function predictionOf(text: string): string {
  const outcome = readAnswerJson(encode(text));
  return outcome.status === "envelope" ? decoder.decode(outcome.envelope.prediction) : "malformed";
}

test("finds every part", () => {
  const bytes = encode(
    `{"request":"r1","miner_uid":12,"miner_id":1012,"process_time":3.21,"prediction":${good}}`,
  );
  expect(readAnswerJson(bytes)).toEqual({
    status: "envelope",
    envelope: {
      requestId: "r1",
      minerUid: 12,
      minerId: 1012,
      processTimeSeconds: 3.21,
      format: "json",
      prediction: encode(good),
    },
  });
});

test("finds every part in any order and with any whitespace", () => {
  const members = [
    ["request", '"r\\u0031 ]},"'],
    ["miner_uid", "12"],
    ["miner_id", "1012"],
    ["process_time", "3.21"],
    ["prediction", answerWithPrice('"]}"')],
  ];
  const space = fc.constantFrom("", " ", "\n\t\r ");
  fc.assert(
    fc.property(fc.shuffledSubarray(members, { minLength: 5 }), space, (order, gap) => {
      const inside = order.map(([name, value]) => `${gap}"${name}"${gap}:${gap}${value}${gap}`);
      const outcome = readAnswerJson(encode(`${gap}{${inside.join(",")}}${gap}`));
      expect(outcome).toMatchObject({
        status: "envelope",
        envelope: { requestId: "r1 ]},", minerUid: 12, minerId: 1012, processTimeSeconds: 3.21 },
      });
      const { prediction } = (outcome as Extract<typeof outcome, { status: "envelope" }>).envelope;
      expect(decoder.decode(prediction).trim()).toBe(answerWithPrice('"]}"'));
    }),
  );
});

test("request, process time and prediction may be missing or null", () => {
  for (const text of [
    '{"miner_uid":1,"miner_id":2}',
    '{"request":null,"miner_uid":1,"miner_id":2,"process_time":null,"prediction":null}',
  ]) {
    expect(readAnswerJson(encode(text))).toMatchObject({
      status: "envelope",
      envelope: { requestId: undefined, processTimeSeconds: undefined, prediction: encode("null") },
    });
  }
});

describe("no envelope", () => {
  test.each([
    "",
    " ",
    "[]",
    "null",
    "{}",
    "{",
    "}",
    "{,}",
    '{"miner_uid":1}',
    '{"miner_uid":1,"miner_id":2,}',
    '{"miner_uid":1,,"miner_id":2}',
    '{"miner_uid":1 "miner_id":2}',
    '{"miner_uid":1,"miner_id":2}}',
    '{"miner_uid":1,"miner_id":2} {}',
    '{"miner_uid":1,"miner_uid":1,"miner_id":2}',
    '{"miner_uid":1,"miner_id":2,"prediction":1,"prediction":2}',
    '{"miner_uid":1,"miner_id":2,"processtime":1}',
    '{"miner_uid":1,"miner_id":2,"__proto__":1}',
    '{"miner_uid":"1","miner_id":2}',
    '{"miner_uid":1.5,"miner_id":2}',
    '{"miner_uid":-1,"miner_id":2}',
    '{"miner_uid":65536,"miner_id":2}',
    '{"miner_uid":1,"miner_id":1e300}',
    '{"miner_uid":1,"miner_id":true}',
    '{"miner_uid":1,"miner_id":[2]}',
    '{"miner_uid":01,"miner_id":2}',
    '{"miner_uid":1,"miner_id":2,"process_time":"3"}',
    '{"miner_uid":1,"miner_id":2,"process_time":-1}',
    '{"miner_uid":1,"miner_id":2,"process_time":NaN}',
    '{"miner_uid":1,"miner_id":2,"process_time":1e999}',
    '{"miner_uid":1,"miner_id":2,"request":7}',
    `{"miner_uid":1,"miner_id":2,"request":"${"r".repeat(600)}"}`,
    `{"miner_uid":1,"miner_id":2,"${"r".repeat(600)}":1}`,
    '{"miner_uid":1,"miner_id":2,"request":"r}',
    "{miner_uid:1}",
  ])("%s", (text) => {
    expect(readAnswerJson(encode(text)).status).toBe("malformed");
  });
});

test.each(["[1,2,,3]", "[1]]", "[[1]", '["]', "[x", "nan"])(
  "a bad prediction %s spoils no more than itself",
  (bad) => {
    const text = `{"miner_uid":1,"miner_id":2,"process_time":1,"prediction":${bad}}`;
    const outcome = readAnswerJson(encode(text));
    const answer =
      outcome.status === "envelope" ? judgeAnswer(outcome.envelope, smallRequest) : undefined;
    expect(answer).toMatchObject({
      minerUid: 1,
      minerId: 2,
      outcome: { status: "invalid", reason: "malformed" },
    });
  },
);

test("a second array behind the prediction is never taken for a part of it", () => {
  const text = `{"miner_uid":1,"miner_id":2,"process_time":1,"prediction":${good},"request":["r"]}`;
  const outcome = readAnswerJson(encode(text));
  const answer =
    outcome.status === "envelope" ? judgeAnswer(outcome.envelope, smallRequest) : undefined;
  expect(answer?.outcome).toMatchObject({ status: "invalid", reason: "malformed" });
  expect(predictionOf(`{"prediction":${good},"miner_uid":1,"miner_id":2}`)).toBe(good);
});

test("judges an answer of any format", () => {
  const outcome = readAnswerJson(
    encode(`{"miner_uid":1,"miner_id":2,"process_time":0.5,"prediction":${good}}`),
  );
  const answer =
    outcome.status === "envelope" ? judgeAnswer(outcome.envelope, smallRequest) : undefined;
  expect(answer).toEqual({
    minerUid: 1,
    minerId: 2,
    processTimeSeconds: 0.5,
    outcome: { status: "valid", tile: Float32Array.of(1.5, 1.5, 2, 2.5, 3.25, 3), decimals: 2 },
  });
});

test("an answer without process time is invalid, not malformed", () => {
  const outcome = readAnswerJson(encode(`{"miner_uid":1,"miner_id":2,"prediction":${good}}`));
  const answer =
    outcome.status === "envelope" ? judgeAnswer(outcome.envelope, smallRequest) : undefined;
  expect(answer?.outcome).toMatchObject({ status: "invalid", reason: "no_process_time" });
});

test("damaged bytes never throw", () => {
  const whole = encode(
    `{"request":"r1","prediction":${good},"miner_uid":12,"miner_id":1012,"process_time":3.21}`,
  );
  const edit = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 3 }), fc.nat({ max: whole.length }), (edits, end) => {
      const bytes = whole.slice(0, end);
      for (const [at, byte] of edits) bytes[at] = byte;
      const outcome = readAnswerJson(bytes);
      const verdict =
        outcome.status === "envelope"
          ? judgeAnswer(outcome.envelope, smallRequest).outcome.status
          : outcome.status;
      expect(["valid", "invalid", "malformed"]).toContain(verdict);
    }),
    { numRuns: 3000 },
  );
});
