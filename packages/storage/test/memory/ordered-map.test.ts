import * as fc from "fast-check";
import { expect, test } from "vitest";
import { inKeyRange } from "../../src/index.ts";
import { OrderedMap } from "../../src/memory/ordered-map.ts";

const key = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 3 });
const range = fc.record({ gte: key, lt: key }, { requiredKeys: [] });
const step = fc.oneof(
  fc.record({ type: fc.constant("set" as const), key, value: fc.integer() }),
  fc.record({ type: fc.constant("delete" as const), key }),
);

test("property: it holds what a sorted Map holds", () => {
  fc.assert(
    fc.property(fc.array(step), range, (steps, wanted) => {
      const map = new OrderedMap<number>();
      const model = new Map<string, number>();
      for (const action of steps) {
        if (action.type === "set") {
          map.set(action.key, action.value);
          model.set(action.key, action.value);
        } else {
          map.delete(action.key);
          model.delete(action.key);
        }
      }
      const expected = [...model]
        .filter(([name]) => inKeyRange(name, wanted))
        .sort(([left], [right]) => (left < right ? -1 : 1));
      expect([...map.entries(wanted)]).toEqual(expected);
      for (const [name, value] of model) expect(map.get(name)).toBe(value);
    }),
  );
});

test("property: while it changes, keys that stay are met once, in order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(key), fc.array(step), (keys, steps) => {
      const map = new OrderedMap<number>();
      for (const name of keys) map.set(name, 0);
      const left = [...steps];
      const met: string[] = [];
      for (const [name] of map.entries({})) {
        met.push(name);
        const action = left.shift();
        if (action?.type === "set") map.set(action.key, action.value);
        if (action?.type === "delete") map.delete(action.key);
      }
      const touched = new Set(steps.map((action) => action.key));
      const stayed = keys.filter((name) => !touched.has(name)).sort();
      expect(met.filter((name) => !touched.has(name))).toEqual(stayed);
      expect(met).toEqual([...new Set(met)].sort());
    }),
  );
});
