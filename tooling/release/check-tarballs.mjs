// Checks what would be published, not the work tree: every tarball of `changeset pack` must resolve, declare types
// for what it exports, and hold no file that only the workspace needs.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const folder = ".pack/packages";
const unwanted = /(^|\/)(test|bench|node_modules|\.turbo)\/|tsconfig.*\.json$|\.tsbuildinfo$/;

for (const name of readdirSync(folder).toSorted()) {
  const tarball = join(folder, name);
  console.log(`\n${name}`);
  const files = execFileSync("tar", ["tzf", tarball], { encoding: "utf8" }).trim().split("\n");
  const stray = files.filter((file) => unwanted.test(file));
  if (stray.length > 0) throw new Error(`${name} holds files it should not: ${stray.join(", ")}`);
  for (const wanted of ["package/package.json", "package/LICENSE", "package/README.md"]) {
    if (!files.includes(wanted)) throw new Error(`${name} lacks ${wanted}`);
  }
  execFileSync("publint", ["run", "--strict", tarball], { stdio: "inherit" });
  // Programs export nothing to resolve.
  if (files.includes("package/src/index.ts")) {
    const args = [tarball, "--profile", "esm-only", "--format", "ascii"];
    execFileSync("attw", args, { stdio: "inherit" });
  }
}
