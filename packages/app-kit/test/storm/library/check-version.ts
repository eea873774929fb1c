import { createHash } from "node:crypto";

import {
  equalBytes,
  segmentEntryKey,
  type Frame,
  type Library,
  type SegmentEntry,
} from "@foretile/version-store";

import { problemsOfCells } from "./frame-rows.ts";
import { bytesOf, hashOf, identityOf, nameOf } from "./named-segments.ts";
import { rulesOf } from "./storm-symbols.ts";

/** So many segments are read at the same time. */
const READS_AT_A_TIME = 64;

/** How a version is named: by its number, or by a snapshot that pins it. */
export type VersionName = number | { readonly snapshot: string };

/** Checks contents against the names they were made from. Reads each segment once in its life. */
export class VersionChecker {
  readonly #library: Library;
  readonly #seen = new Set<string>();

  constructor(library: Library) {
    this.#library = library;
  }

  /**
   * What is wrong with a version: nothing when it is of that commit and every byte of it is as it was written.
   *
   * @throws {VersionStoreError} when it cannot be read
   */
  async problems(symbol: string, asOf: VersionName, commitId: string): Promise<string[]> {
    const { commitId: found, ...version } = await this.#library.resolve(symbol, { asOf });
    const wrong = found === commitId ? [] : ["resolves to another commit"];
    if (rulesOf(symbol).isFrame) {
      const { value } = await this.#library.read<Frame>(symbol, { asOf });
      return [...wrong, ...problemsOfCells(value)];
    }
    const { segments } = version.manifest;
    const identity = createHash("sha256").update(identityOf(segments)).digest();
    if (!equalBytes(identity, version.contentHash)) wrong.push("segments are not the content");
    if (version.rows !== segments.length) wrong.push(`rows=${version.rows}`);
    const fresh = segments.filter((segment) => !this.#seen.has(segmentEntryKey(segment)));
    for (let start = 0; start < fresh.length; start += READS_AT_A_TIME) {
      const some = fresh.slice(start, start + READS_AT_A_TIME);
      wrong.push(...(await Promise.all(some.map((segment) => this.#problem(segment)))).flat());
    }
    return wrong;
  }

  async #problem(segment: SegmentEntry): Promise<string[]> {
    const bytes = await this.#library.readSegment(segment);
    const wanted = bytesOf(nameOf(segment));
    if (!equalBytes(bytes, wanted) || !equalBytes(hashOf(wanted), segment.hash)) {
      return [`segment has other bytes name=${nameOf(segment)}`];
    }
    this.#seen.add(segmentEntryKey(segment));
    return [];
  }
}
