import { describe, expect, test } from "vitest";

import { judgeAnswer } from "../../src/answer/judge-answer.ts";
import { readAnswerMsgpack } from "../../src/answer/read-answer-msgpack.ts";
import { smallRequest } from "./answer-samples.ts";
import { array, float64, join, map, nil, text, uint32 } from "./encode-msgpack.ts";

const path = array(float64(1), float64(2), float64(3));
const prediction = array(uint32(1_767_225_600), uint32(300), path, path);
const ids = { miner_uid: uint32(12), miner_id: uint32(1012) };

test("finds every part in any order", () => {
  const outcome = readAnswerMsgpack(
    map({ prediction, process_time: float64(3.21), ...ids, request: text("r1") }),
  );
  expect(outcome).toEqual({
    status: "envelope",
    envelope: {
      requestId: "r1",
      minerUid: 12,
      minerId: 1012,
      processTimeSeconds: 3.21,
      format: "msgpack",
      prediction,
    },
  });
});

test("judges the prediction as MessagePack", () => {
  const outcome = readAnswerMsgpack(map({ ...ids, process_time: float64(1), prediction }));
  const answer =
    outcome.status === "envelope" ? judgeAnswer(outcome.envelope, smallRequest) : undefined;
  expect(answer?.outcome).toEqual({ status: "valid", tile: Float32Array.of(1, 1, 2, 2, 3, 3) });
});

test("an absent prediction is null", () => {
  const outcome = readAnswerMsgpack(map({ ...ids, process_time: nil }));
  expect(outcome).toMatchObject({
    status: "envelope",
    envelope: { processTimeSeconds: undefined, prediction: nil },
  });
});

describe("no envelope", () => {
  test.each([
    ["nothing", new Uint8Array(0)],
    ["array", array(nil)],
    ["no ids", map({ prediction })],
    ["trailing bytes", join(map(ids), nil)],
    ["cut", map({ ...ids, prediction }).subarray(0, -1)],
    ["unknown member", map({ ...ids, other: nil })],
    [
      "repeated member",
      join(Uint8Array.of(0x82), ...Array(2).fill(join(text("miner_uid"), uint32(1)))),
    ],
    ["name is no text", Uint8Array.of(0x81, 1, 1)],
    ["uid is a text", map({ ...ids, miner_uid: text("12") })],
    ["uid is an array", map({ ...ids, miner_uid: array(nil) })],
    ["long request", map({ ...ids, request: text("r".repeat(600)) })],
    ["process time is NaN", map({ ...ids, process_time: float64(Number.NaN) })],
    ["map of 2^32-1", Uint8Array.of(0xdf, 255, 255, 255, 255)],
  ])("%s", (_name, bytes) => {
    expect(readAnswerMsgpack(bytes).status).toBe("malformed");
  });
});
