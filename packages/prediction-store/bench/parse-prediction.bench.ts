import { test } from "vitest";

import { parsePredictionJson } from "../src/answer/parse-prediction-json.ts";
import { parsePredictionMsgpack } from "../src/answer/parse-prediction-msgpack.ts";
import { SYNTH_LOW } from "../src/label/synth-labels.ts";
import { stepCount } from "../src/request/forecast-request.ts";

// One answer of 1000 paths of 289 prices of 8 digits. A run parses one; megabytes of text per second follow from the
// sizes printed first.

const request = { ...SYNTH_LOW, asset: "BTC", startUnixSeconds: 1_512_475_200 };
const steps = stepCount(request);

function makePaths(): number[][] {
  // A linear congruential generator (Numerical Recipes), for the same paths in every run.
  let state = 2026;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Array.from({ length: request.simulations }, () => {
    let price = 16_000;
    return Array.from({ length: steps }, () => {
      price *= 1 + draw() * 0.002;
      return Number(price.toPrecision(8));
    });
  });
}

const prediction = [request.startUnixSeconds, request.timeIncrementSeconds, ...makePaths()];
const json = new TextEncoder().encode(JSON.stringify(prediction));
const msgpack = encodeMsgpack(prediction);
const decoder = new TextDecoder();

test("parse one answer", async ({ bench }) => {
  console.log(`json ${json.length} bytes, msgpack ${msgpack.length} bytes`);
  await bench.compare(
    bench("parsePredictionJson", () => {
      expectValid(parsePredictionJson(json, request, 1).status);
    }),
    bench("parsePredictionMsgpack", () => {
      expectValid(parsePredictionMsgpack(msgpack, request, 1).status);
    }),
    bench("JSON.parse, nothing checked", () => {
      JSON.parse(decoder.decode(json));
    }),
  );
});

function expectValid(status: string): void {
  if (status !== "valid") throw new Error(`the answer is ${status}`);
}

function encodeMsgpack(value: number | readonly (number | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(16 + request.simulations * (5 + steps * 9));
  const view = new DataView(bytes.buffer, 0, bytes.length);
  let at = 0;
  const write = (item: typeof value): void => {
    if (typeof item === "number") {
      view.setUint8(at, Number.isInteger(item) ? 0xce : 0xcb);
      if (Number.isInteger(item)) view.setUint32(at + 1, item);
      else view.setFloat64(at + 1, item);
      at += Number.isInteger(item) ? 5 : 9;
    } else {
      view.setUint8(at, 0xdd);
      view.setUint32(at + 1, item.length);
      at += 5;
      for (const element of item) write(element);
    }
  };
  write(value);
  return bytes.subarray(0, at);
}
