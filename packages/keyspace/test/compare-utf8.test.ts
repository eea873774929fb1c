import * as fc from "fast-check";
import { expect, it } from "vitest";

import { compareUtf8 } from "../src/index.ts";

const encoder = new TextEncoder();

it("orders as the bytes do", () => {
  const edges = "\0a\x7f\x80é\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}";
  const text = fc.string({ unit: fc.constantFrom(...Array.from(edges)), maxLength: 4 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bytes = Buffer.compare(encoder.encode(a), encoder.encode(b));
      expect(Math.sign(compareUtf8(a, b))).toBe(bytes);
    }),
  );
});
