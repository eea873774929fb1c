import { KernelMemory } from "@foretile/kernels";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { AnswerRoom, ROOM_BYTES } from "../../src/answer/answer-room.ts";
import { parsePredictionJson } from "../../src/answer/parse-prediction-json.ts";
import { answerWithPrice, encode, goodPrice, priceToken, smallRequest } from "./answer-samples.ts";
import type { ForecastRequest } from "../../src/request/forecast-request.ts";
import { slowJudge, type SlowVerdict } from "./slow-judge.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Used for one answer after the other: behind a text lies what is left of longer ones. */
const room = new AnswerRoom(new KernelMemory(ROOM_BYTES));

/** With more paths than are read at once, and not a multiple of them. */
const sixPaths: ForecastRequest = { ...smallRequest, simulations: 6 };

/** Plainly and in the room, which has to come to the same outcome, messages and bits of prices included. */
function fastJudge(bytes: Uint8Array, request = smallRequest): SlowVerdict {
  const outcome = parsePredictionJson(bytes, request, 1);
  expect(parsePredictionJson(bytes, request, 1, room)).toEqual(outcome);
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
/** What is between elements; those without whitespace in front of the comma are read at once. */
const comma = fc.constantFrom(",", ",", ", ", ", ", ",  ", " ,", " , ", "\n,\n", ",,", ";");

function path(token: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const right = fc.array(token, { minLength: 3, maxLength: 3 });
  const points = fc.oneof({ weight: 12, arbitrary: right }, fc.array(token, { maxLength: 5 }));
  const plain = fc
    .tuple(right, fc.constantFrom(",", ", "))
    .map(([list, between]) => `[${list.join(between)}]`);
  const any = fc
    .tuple(points, space, comma)
    .map(([list, gap, between]) => `[${gap}${list.join(between)}${gap}]`);
  return fc.oneof({ weight: 12, arbitrary: plain }, any);
}

function answer(token: fc.Arbitrary<string>, simulations = 2): fc.Arbitrary<string> {
  const element = fc.oneof({ weight: 12, arbitrary: path(token) }, priceToken);
  const right = fc.array(element, { minLength: simulations, maxLength: simulations });
  const other = fc.array(element, { maxLength: simulations + 2 });
  const paths = fc.oneof({ weight: 12, arbitrary: right }, other);
  return fc
    .tuple(startToken, incrementToken, paths, space, comma)
    .map(
      ([start, increment, list, gap, between]) =>
        `${gap}[${[start, increment, ...list].join(between)}]${gap}`,
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

test.each([smallRequest, sixPaths])(
  "answers of few faults are judged as by the twin, $simulations paths",
  (request) => {
    const mostlyGood = fc.oneof({ weight: 20, arbitrary: goodPrice.map(String) }, priceToken);
    const allGood = answer(goodPrice.map(String), request.simulations);
    fc.assert(
      fc.property(fc.oneof(allGood, answer(mostlyGood, request.simulations)), (text) => {
        expect(fastJudge(encode(text), request)).toEqual(slowJudge(text, request));
      }),
      { numRuns: 1500 },
    );
  },
);

test("answers of many faults are judged as by the twin", () => {
  fc.assert(
    fc.property(answer(priceToken), (text) => {
      expect(fastJudge(encode(text))).toEqual(slowJudge(text, smallRequest));
    }),
    { numRuns: 500 },
  );
});

/** The bytes of an answer, with bytes taken out and others put in here and there. */
function damaged(starts: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const most = Math.max(...starts.map(({ length }) => length));
  const edit = fc.record({
    at: fc.nat({ max: most - 1 }),
    remove: fc.integer({ min: 0, max: 3 }),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 2 }),
      fc.constantFrom(...Array.from('0123456789.,[]"eE+- {}:\\u', encode)),
    ),
  });
  return fc
    .tuple(fc.constantFrom(...starts), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([start, list]) =>
      list.reduce<Uint8Array>(
        (before, { at, remove, insert }) =>
          Uint8Array.of(...before.subarray(0, at), ...insert, ...before.subarray(at + remove)),
        start,
      ),
    );
}

test("damaged bytes are judged as by the twin", () => {
  const base = encode(`[1767225600, 300, [16000.25, 2, "x"], [1.5e1, 0.00012, 3.25]]`);
  const good = encode(`[1767225600, 300, [16000.25, 2, 12345.678], [1.5e1, 0.00012, 3.25]]`);
  fc.assert(
    fc.property(damaged([base, good]), (bytes) => {
      expect(fastJudge(bytes)).toEqual(slowJudge(decoder.decode(bytes), smallRequest));
    }),
    { numRuns: 3000 },
  );
});

test("damaged bytes of paths that are read at once are judged as by the twin", () => {
  const paths = ["16000.25,2,12345.67", "1.5,0.00012,3.25", "9.5,0.125,1234567.8", "7,8,99999999"];
  const text = `[1767225600,300,[${[...paths, ...paths.slice(0, 2)].join("],[")}]]`;
  const starts = [text, text.replaceAll(",", ", ")].map(encode);
  fc.assert(
    fc.property(damaged(starts), (bytes) => {
      const expected = slowJudge(decoder.decode(bytes), sixPaths);
      expect(fastJudge(bytes, sixPaths)).toEqual(expected);
    }),
    { numRuns: 3000 },
  );
});

test("a text that is too short for a tile larger than the room is judged in the room", () => {
  const request = { ...smallRequest, simulations: 5_000_000 };
  const bytes = encode(answerWithPrice("2.5"));
  expect(fastJudge(bytes, request)).toBe("path_count");
  // The room is as it was.
  expect(fastJudge(bytes)).toEqual(slowJudge(answerWithPrice("2.5"), smallRequest));
});

test.each([
  [smallRequest, answerWithPrice("2.5")],
  [sixPaths, `[1767225600,300,[1.5,2,3.25]${",[1.5,2.5,3]".repeat(5)}]`],
])("every beginning of an answer is malformed", (request, text) => {
  const whole = encode(text);
  expect(fastJudge(whole, request)).toBeInstanceOf(Float32Array);
  for (let length = 0; length < whole.length; length += 1) {
    expect(fastJudge(whole.subarray(0, length), request)).toBe("malformed");
  }
});
