import * as fc from "fast-check";
import { toKey } from "@foretile/storage";
import { createDocumentCodec, type DocumentValue } from "@foretile/codecs/msgpack";
import { describe, expect, test } from "vitest";
import { DocumentReader } from "../../src/document/document-reader.ts";
import { decodeHead, encodeHead, type Removal } from "../../src/head/head.ts";
import type { Operation } from "../../src/version/operation.ts";
import {
  decodeVersionDocument,
  encodeVersionDocument,
  type VersionDocument,
} from "../../src/version/version-document.ts";
import {
  decodeVersionEntries,
  encodeVersionEntries,
  type VersionEntry,
} from "../../src/version/version-entry.ts";
import { headOf } from "../head/version-entries.ts";

const codec = await createDocumentCodec();

/** The value as a reader of the stored bytes finds it. */
function stored(value: DocumentValue): DocumentValue {
  return codec.open("Test", { maxVersion: 1, maxBytes: 2 ** 24 }, codec.seal("Test", 1, value))
    .value;
}

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const whole = fc.maxSafeNat();
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const orNone = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const pointer = fc.record({
  key: fc.string({ unit: fc.constantFrom("a", "Z", "/", "0"), minLength: 1 }).map(toKey),
  length: whole,
  hash: bytes(16),
});
const operation = fc.constantFrom<Operation>(
  "write",
  "append",
  "update",
  "delete-range",
  "metadata",
  "restore",
  "delete",
);
const facts = {
  version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  commitId: text,
  committedAtMs: whole,
  operation,
  contentHash: bytes(32),
  rows: orNone(whole),
  rawBytes: whole,
  storedBytes: whole,
  user: orNone(text),
  message: orNone(text),
};
const entry: fc.Arbitrary<VersionEntry> = fc.record({
  ...facts,
  replacedAtMs: orNone(whole),
  document: pointer,
});
const free: fc.Arbitrary<DocumentValue> = fc.oneof(
  fc.constant(null),
  whole,
  text,
  fc.array(whole),
  fc.record({ a: text }),
);
const document: fc.Arbitrary<VersionDocument> = fc.record({
  ...facts,
  symbol: text,
  transactionId: text,
  baseVersion: whole,
  baseCommitId: orNone(text),
  metadata: free,
  effect: free,
  manifest: orNone(
    fc.oneof(
      free.map((root) => ({ root })),
      pointer.map((p) => ({ pointer: p })),
    ),
  ),
});
const removal: fc.Arbitrary<Removal> = fc.record({
  id: text,
  reason: fc.constantFrom("prune", "delete"),
  removedAtMs: whole,
  keepUntilMs: whole,
  condemned: fc.boolean(),
  count: fc.integer({ min: 1 }),
  page: pointer,
});

describe("is read as it was written:", () => {
  test("a version document", () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(decodeVersionDocument(stored(encodeVersionDocument(value)))).toEqual(value);
      }),
    );
  });

  test("version entries", () => {
    const increasing = fc
      .uniqueArray(entry, { selector: ({ version }) => version })
      .map((entries) => entries.toSorted((a, b) => a.version - b.version));
    fc.assert(
      fc.property(increasing, (entries) => {
        const reader = new DocumentReader(stored(encodeVersionEntries(entries)), "test");
        expect(decodeVersionEntries(reader, "test")).toEqual(entries);
      }),
    );
  });

  test("a head", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 1 }), fc.array(removal), (recent, removals) => {
        const head = headOf({ recent, history: [] }, { removals });
        expect(decodeHead(stored(encodeHead(head)))).toEqual(head);
      }),
    );
  });
});

test("a version document without any one field, or with one of another type, is refused", () => {
  const fields = encodeVersionDocument(fc.sample(document, { numRuns: 1, seed: 1 })[0] as never);
  const names = Object.keys(fields as object);
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) {
    const { [name]: _, ...others } = fields as { readonly [name: string]: DocumentValue };
    const refused = expect.objectContaining({ code: "data-integrity" }) as Error;
    expect(() => decodeVersionDocument(others)).toThrow(refused);
    if (name === "metadata" || name === "effect") continue;
    expect(() => decodeVersionDocument({ ...others, [name]: -0.5 })).toThrow(refused);
  }
});
