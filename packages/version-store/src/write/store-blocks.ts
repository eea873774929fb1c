import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import type { Block, BlockSegment } from "../content/block.ts";
import { inOrder } from "../content/in-order.ts";
import { writeSegmentFacts } from "../content/segment-facts.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import {
  encodeSegments,
  type BlockForm,
  type EncodedLane,
  type KnownContents,
} from "./encode-segments.ts";
import { isStored } from "./is-stored.ts";
import { rowsOfSpans, type Span } from "./spans.ts";

/** So many uploads run at a time. */
const MAX_UPLOADS = 16;

/** No further segment is encoded while segments of so many bytes are being uploaded. */
const MAX_UPLOADED_BYTES = 32 * 1024 * 1024;

/** Where segments are stored: a transaction or a workspace. */
export type PutSegment = (
  bytes: Uint8Array,
  hash: Uint8Array,
  facts: DocumentValue,
  options?: CallOptions,
) => Promise<SegmentEntry>;

/** One block to be. */
export interface PlannedBlock {
  /** Its rows, at least one. */
  readonly spans: readonly Span[];
  /** A block of the same rows that is stored already, to be used again when it is still there. */
  readonly shared?: Block | undefined;
  readonly known?: KnownContents | undefined;
}

/** What one step stores: a lane of a block, or nothing because the block is there already. */
type Step =
  | { readonly draft: Draft; readonly encoded: EncodedLane }
  | { readonly draft: Draft; readonly shared: Block };

/** A block that is being stored. */
interface Draft {
  readonly spans: readonly Span[];
  readonly segments: BlockSegment[];
  readonly known: KnownContents | undefined;
  index: IndexFacts | undefined;
  /** The stored block that stands for it. */
  shared: Block | undefined;
}

/**
 * Stores blocks, several segments at a time: while some are uploaded, the next are encoded. When it fails, no upload
 * runs any more.
 *
 * @returns the blocks in the order of the plan; those that were there already as they were given
 */
export async function storeBlocks(
  context: LibraryContext,
  put: PutSegment,
  form: BlockForm,
  plan: Iterable<PlannedBlock>,
  options?: CallOptions,
): Promise<Block[]> {
  const drafts: Draft[] = [];
  const bounds = { maxItems: MAX_UPLOADS, maxWeight: MAX_UPLOADED_BYTES, weightOf: bytesOfStep };
  for await (const draft of inOrder(stepsOf(plan), store, bounds, options)) {
    if (drafts.at(-1) !== draft) drafts.push(draft);
  }
  return drafts.map(
    ({ shared, spans, index, segments }) => shared ?? { rows: rowsOfSpans(spans), index, segments },
  );

  function* stepsOf(planned: Iterable<PlannedBlock>): Generator<Step, void, undefined> {
    for (const { spans, shared, known } of planned) {
      const draft: Draft = { spans, segments: [], known, index: undefined, shared: undefined };
      if (shared !== undefined) yield { draft, shared };
      else for (const encoded of encode(draft)) yield { draft, encoded };
    }
  }

  function encode({ spans, known }: Draft): Iterable<EncodedLane> {
    return encodeSegments(form, context.codec, spans, known);
  }

  async function store(step: Step, call: CallOptions): Promise<Draft> {
    const { draft } = step;
    if ("encoded" in step) await putLane(draft, step.encoded, call);
    else if (await isStored(context, step.shared, call)) draft.shared = step.shared;
    // Lost or cut off: the rows are at hand, so the new version need not suffer.
    else for (const encoded of encode(draft)) await putLane(draft, encoded, call);
    return draft;
  }

  async function putLane(draft: Draft, encoded: EncodedLane, call: CallOptions): Promise<void> {
    const { lane, rawBytes, content, bytes, hash } = encoded;
    const entry = await put(bytes, hash, writeSegmentFacts(encoded), call);
    // Uploads may end in another order.
    draft.segments[lane] = { lane, rawBytes, content, entry };
    draft.index ??= encoded.index;
  }
}

function bytesOfStep(step: Step): number {
  return "encoded" in step ? step.encoded.bytes.length : 0;
}
