import { assertEqual, assertRejects } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";

const alice = { uid: 3, coldkey: "coldA", hotkey: "hotA" };
const bob = { uid: 4, coldkey: "coldB", hotkey: "hotB" };

export function minerCases(add: AddCase): void {
  add("an identity has one id for ever, in the order given", async (catalog) => {
    const [first, second] = await catalog.registerMiners([alice, bob]);
    assertEqual(first, { ...alice, id: first?.id }, "the first");
    assertEqual(second, { ...bob, id: second?.id }, "the second");
    assertEqual(first?.id === second?.id, false, "two identities share an id");
    assertEqual(await catalog.registerMiners([bob, alice]), [second, first], "again, turned round");
    assertEqual(await catalog.currentMiners(), [first, second], "the holders, by uid");
  });

  add("who was registered last holds a slot, with the id it had before", async (catalog) => {
    const carol = { uid: 3, coldkey: "coldC", hotkey: "hotC" };
    const [first] = await catalog.registerMiners([alice]);
    const [second] = await catalog.registerMiners([carol]);
    assertEqual(first?.id === second?.id, false, "the slot's id stays");
    assertEqual(await catalog.currentMiners(), [second], "after the new holder");
    assertEqual(await catalog.registerMiners([alice]), [first], "the old holder's id");
    assertEqual(await catalog.currentMiners(), [first], "after the old holder came back");
  });

  add("keys decide, both of them", async (catalog) => {
    const ids = new Set<number | undefined>();
    for (const change of [{}, { coldkey: "other" }, { hotkey: "other" }, { uid: 9 }]) {
      const [miner] = await catalog.registerMiners([{ ...alice, ...change }]);
      ids.add(miner?.id);
    }
    assertEqual(ids.size, 4, "different identities");
  });

  add("parallel registrations of one identity give one id", async (catalog) => {
    const many = Array.from({ length: 20 }, (_, uid) => ({ uid, coldkey: "c", hotkey: `h${uid}` }));
    const results = await Promise.all(
      Array.from({ length: 6 }, () => catalog.registerMiners(many)),
    );
    for (const result of results) assertEqual(result, results[0], "every caller's ids");
    assertEqual(await catalog.currentMiners(), results[0], "the holders");
  });

  add("nobody is registered by an empty list, and none is there at first", async (catalog) => {
    assertEqual(await catalog.registerMiners([]), [], "nobody");
    assertEqual(await catalog.currentMiners(), [], "no holders");
  });

  add("wrong identities are refused as a whole", async (catalog) => {
    for (const wrong of [{ uid: -1 }, { uid: 1.5 }, { coldkey: "" }, { hotkey: "with space" }]) {
      await assertRejects(
        JSON.stringify(wrong),
        () => catalog.registerMiners([bob, { ...alice, ...wrong }]),
        "invalid-argument",
      );
    }
    const twice = [alice, { ...bob, uid: alice.uid }];
    await assertRejects("a slot twice", () => catalog.registerMiners(twice), "invalid-argument");
    assertEqual(await catalog.currentMiners(), [], "nothing happened");
  });
}
