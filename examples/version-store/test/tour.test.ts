import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { formatWithOptions } from "node:util";
import { temporaryFolder } from "@foretile/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { tour } from "../src/tour.ts";

let guide: string;

beforeAll(async () => {
  guide = await readFile(new URL("../../../docs/versions.md", import.meta.url), "utf8");
});

describe("the guide to versions", () => {
  test("tells in order what the example prints, all of it", async () => {
    await using folder = await temporaryFolder();
    const printed: string[] = [];
    await tour(join(folder.path, "versions"), (...values) => {
      printed.push(formatWithOptions({ colors: false }, ...values));
    });
    expect(blocksOf(guide, "text").join("\n")).toBe(printed.join("\n"));
  });

  test("has only code of the example", async () => {
    const folder = new URL("../src/", import.meta.url);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".ts"));
    const sources = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
    const code = sources.map(withoutIndentation);
    const blocks = blocksOf(guide, "ts");
    expect(blocks.length).toBeGreaterThan(20);
    for (const block of blocks) {
      const text = withoutIndentation(block);
      expect(code.some((source) => source.includes(text)) ? "" : block).toBe("");
    }
  });

  test("says what to do about every error", async () => {
    const file = new URL(
      "../../../packages/version-store/src/version-store-error.ts",
      import.meta.url,
    );
    const codes = [...(await readFile(file, "utf8")).matchAll(/^ {2}\| "([a-z-]+)"/gm)];
    expect(codes.length).toBeGreaterThan(20);
    const [, table = ""] = guide.split("### Errors");
    expect(codes.map(([, code]) => code).filter((code) => !table.includes(`\`${code}\``))).toEqual(
      [],
    );
  });
});

/** The fenced blocks of one language, without their fences. */
function blocksOf(markdown: string, language: string): string[] {
  const fenced = markdown.matchAll(new RegExp("^```" + language + "\\n(.*?)\\n```$", "gms"));
  return [...fenced].map(([, text = ""]) => text);
}

/** Where a line is indented depends on where it is shown. */
function withoutIndentation(code: string): string {
  return code.replaceAll(/^[ \t]+/gm, "").trim();
}
