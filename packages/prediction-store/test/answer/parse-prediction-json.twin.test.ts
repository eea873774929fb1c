import { KernelMemory } from "@foretile/kernels";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { AnswerRoom, ROOM_BYTES } from "../../src/answer/answer-room.ts";
import { parsePredictionJson } from "../../src/answer/parse-prediction-json.ts";
import { answerWithPrice, encode, goodPrice, priceToken, smallRequest } from "./answer-samples.ts";
import { slowJudge, type SlowVerdict } from "./slow-judge.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Used for one answer after the other: behind a text lies what is left of longer ones. */
const room = new AnswerRoom(new KernelMemory(ROOM_BYTES));

/** Plainly and in the room, which has to come to the same outcome, messages and bits of prices included. */
function fastJudge(bytes: Uint8Array): SlowVerdict {
  const outcome = parsePredictionJson(bytes, smallRequest, 1);
  expect(parsePredictionJson(bytes, smallRequest, 1, room)).toEqual(outcome);
  return outcome.status === "valid" ? outcome.tile : outcome.reason;
}

const startToken = fc.oneof(
  { weight: 12, arbitrary: fc.constant("1767225600") },
  priceToken,
  fc.constantFrom('"1767225600"', '"01767225600"', "1767225600.0", "1767225601"),
);
const incrementToken = fc.oneof(
  { weight: 12, arbitrary: fc.constant("300") },
  priceToken,
  fc.constantFrom('"300"', '" 300"', "3e2", "300.0"),
);
const space = fc.constantFrom("", "", "", " ", "\n", "\t\r ");

function path(token: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const right = fc.array(token, { minLength: 3, maxLength: 3 });
  const points = fc.oneof({ weight: 12, arbitrary: right }, fc.array(token, { maxLength: 5 }));
  return fc
    .tuple(points, space)
    .map(([list, gap]) => `[${gap}${list.join(`${gap},${gap}`)}${gap}]`);
}

function answer(token: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const element = fc.oneof({ weight: 12, arbitrary: path(token) }, priceToken);
  const right = fc.array(element, { minLength: 2, maxLength: 2 });
  const paths = fc.oneof({ weight: 12, arbitrary: right }, fc.array(element, { maxLength: 4 }));
  return fc
    .tuple(startToken, incrementToken, paths, space)
    .map(
      ([start, increment, list, gap]) =>
        `${gap}[${[start, increment, ...list].join(`${gap},${gap}`)}]${gap}`,
    );
}

test("one price token of any make is judged and read as by the twin", () => {
  fc.assert(
    fc.property(priceToken, (token) => {
      const text = answerWithPrice(token);
      expect(fastJudge(encode(text))).toEqual(slowJudge(text, smallRequest));
    }),
    { numRuns: 3000 },
  );
});

test("answers of few faults are judged as by the twin", () => {
  const mostlyGood = fc.oneof({ weight: 20, arbitrary: goodPrice.map(String) }, priceToken);
  fc.assert(
    fc.property(answer(mostlyGood), (text) => {
      expect(fastJudge(encode(text))).toEqual(slowJudge(text, smallRequest));
    }),
    { numRuns: 1500 },
  );
});

test("answers of many faults are judged as by the twin", () => {
  fc.assert(
    fc.property(answer(priceToken), (text) => {
      expect(fastJudge(encode(text))).toEqual(slowJudge(text, smallRequest));
    }),
    { numRuns: 500 },
  );
});

test("damaged bytes are judged as by the twin", () => {
  const base = encode(`[1767225600, 300, [16000.25, 2, "x"], [1.5e1, 0.00012, 3.25]]`);
  const good = encode(`[1767225600, 300, [16000.25, 2, 12345.678], [1.5e1, 0.00012, 3.25]]`);
  const edit = fc.record({
    at: fc.nat({ max: good.length - 1 }),
    remove: fc.integer({ min: 0, max: 3 }),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 2 }),
      fc.constantFrom(...Array.from('0123456789.,[]"eE+- {}:\\u', encode)),
    ),
  });
  const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.constantFrom(base, good), edits, (start, list) => {
      const bytes = list.reduce<Uint8Array>(
        (before, { at, remove, insert }) =>
          Uint8Array.of(...before.subarray(0, at), ...insert, ...before.subarray(at + remove)),
        start,
      );
      expect(fastJudge(bytes)).toEqual(slowJudge(decoder.decode(bytes), smallRequest));
    }),
    { numRuns: 3000 },
  );
});

test("every beginning of an answer is malformed", () => {
  const whole = encode(answerWithPrice("2.5"));
  for (let length = 0; length < whole.length; length += 1) {
    expect(fastJudge(whole.subarray(0, length))).toBe("malformed");
  }
});
