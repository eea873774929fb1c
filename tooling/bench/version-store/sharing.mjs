import { ndarray } from "@foretile/version-store";
import { count, createCountedLibrary } from "./counted-library.mjs";

/** What restoreVersion and writeMetadata write: documents, no data. */
export async function measureSharing() {
  const { library, counter } = await createCountedLibrary();
  const values = Float32Array.from({ length: 4_000_000 }, (_, index) => Math.sin(index));
  await library.write("matrix", ndarray({ shape: [4000, 1000], values }));
  await library.write("matrix", ndarray({ shape: [1, 1000], values: values.slice(0, 1000) }));
  const restored = await count(counter, () => library.restoreVersion("matrix", 1));
  const described = await count(counter, () => library.writeMetadata("matrix", { why: "figures" }));
  return [
    { what: "restoreVersion of 16 MB", ...restored },
    { what: "writeMetadata on 16 MB", ...described },
  ].flatMap(({ what, bytesWritten, blobBytesWritten, writes, deletes }) => [
    { what, value: bytesWritten, unit: "bytes written" },
    {
      what: `${what}, in blobs`,
      value: blobBytesWritten,
      unit: "bytes written",
      target: "documents only",
    },
    { what, value: writes + deletes, unit: "writes" },
  ]);
}
