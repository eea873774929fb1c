import { createSeededRandom } from "@foretile/testkit";
import { expect, test } from "vitest";
import type { ActorState } from "../src/actor-state.ts";
import { createDraw } from "../src/draw.ts";
import { Network, type InFlight } from "../src/network.ts";

const draw = createDraw(createSeededRandom(1));

function actor(name: string, index: number): ActorState {
  return {
    name,
    index,
    faults: undefined,
    status: "running",
    lastStep: "start",
    tellEnd: () => {},
    jumpClock: () => undefined,
  };
}

function request(from: ActorState, key: string, heldUntil = 0): InFlight {
  return {
    actor: from,
    operation: "blobs.get",
    key,
    writes: false,
    happen: async () => ({ summary: "", reply: () => {} }),
    happenPartly: undefined,
    fail: () => {},
    orphan: undefined,
    wasHeld: heldUntil > 0,
    heldUntil,
  };
}

function network(...requests: readonly InFlight[]): Network {
  const filled = new Network();
  for (const each of requests) filled.add(each);
  return filled;
}

const ann = actor("ann", 1);
const bob = actor("bob", 2);

test("requests are in order of their actors, then of their calls", () => {
  const filled = network(
    request(bob, "1"),
    request(ann, "2"),
    request(bob, "3"),
    request(ann, "4"),
  );
  expect(filled.describe()).toBe(
    "ann blobs.get 2, ann blobs.get 4, bob blobs.get 1, bob blobs.get 3",
  );
});

test("a report names the first twenty and counts the others", () => {
  const many = Array.from({ length: 23 }, (_, index) => request(ann, String(index)));
  expect(network(...many).describe()).toMatch(/^ann blobs\.get 0, .*, ann blobs\.get 19, 3 more$/);
});

test("any request that is not held may be chosen, and no other", () => {
  const filled = network(request(ann, "1"), request(bob, "2", 7), request(bob, "3", 5));
  expect(filled.isReady(5)).toBe(true);
  const chosen = Array.from({ length: 50 }, () => filled.choose(draw, 5)?.key);
  expect(new Set(chosen)).toEqual(new Set(["1", "3"]));
});

test("when all are held, the one that would be free first is chosen", () => {
  const filled = network(request(ann, "1", 9), request(ann, "2", 7), request(bob, "3", 8));
  expect(filled.isReady(6)).toBe(false);
  expect(filled.choose(draw, 6)?.key).toBe("2");
  expect(new Network().choose(draw, 6)).toBeUndefined();
});
