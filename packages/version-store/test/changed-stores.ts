import type { BlobStore, RefStore } from "@foretile/storage";
import type { LibraryContext } from "../src/library/library-context.ts";

/** A context whose blob store does some things in another way. */
export function withBlobs(context: LibraryContext, change: Partial<BlobStore>): LibraryContext {
  const { blobs } = context;
  return {
    ...context,
    blobs: {
      capabilities: blobs.capabilities,
      putNew: (...call) => blobs.putNew(...call),
      get: (...call) => blobs.get(...call),
      deleteMany: (...call) => blobs.deleteMany(...call),
      list: (...call) => blobs.list(...call),
      ...change,
    },
  };
}

/** A context whose ref store does some things in another way. */
export function withRefs(context: LibraryContext, change: Partial<RefStore>): LibraryContext {
  const { refs } = context;
  return {
    ...context,
    refs: {
      capabilities: refs.capabilities,
      read: (...call) => refs.read(...call),
      compareAndSet: (...call) => refs.compareAndSet(...call),
      list: (...call) => refs.list(...call),
      ...change,
    },
  };
}
