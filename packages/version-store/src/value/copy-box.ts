/** Elements as integers, so that copying one by one keeps the bits of floats. Elements of 8 bytes are two words. */
export type Words = Uint8Array | Uint16Array | Uint32Array;

/** Where a box lies in an array in C order. */
export interface BoxSide {
  readonly words: Words;
  /** Lengths of the array's axes, in elements. */
  readonly shape: readonly number[];
  /** The box's first position on each axis. */
  readonly from: readonly number[];
}

/** Below this many words a loop is quicker than making a view. */
const SHORT_RUN = 16;

/** Bytes of elements as words: a view where the bytes are aligned for it, else a copy. */
export function wordsOf(bytes: Uint8Array, elementBytes: number): Words {
  if (elementBytes === 1) return bytes;
  const width = elementBytes === 2 ? 2 : 4;
  // Not slice: a Buffer's is no copy.
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset, length } = aligned;
  return width === 2
    ? new Uint16Array(buffer, byteOffset, length / width)
    : new Uint32Array(buffer, byteOffset, length / width);
}

/**
 * Copies a box of elements from one array to another.
 *
 * @param extent lengths of the box, one per axis of both sides; it lies within both
 */
export function copyBox(
  source: BoxSide,
  target: BoxSide,
  extent: readonly number[],
  elementBytes: number,
): void {
  const wordsPerElement = elementBytes === 8 ? 2 : 1;
  const sourceStrides = stridesOf(source.shape, wordsPerElement);
  const targetStrides = stridesOf(target.shape, wordsPerElement);
  let axis = extent.length - 1;
  // Axes that are whole on both sides make one run with the axis before them.
  const isWhole = (at: number): boolean =>
    extent[at] === source.shape[at] && extent[at] === target.shape[at];
  while (axis > 0 && isWhole(axis)) axis -= 1;
  const run = (extent[axis] as number) * (sourceStrides[axis] as number);
  copyRuns(0, startOf(source, sourceStrides), startOf(target, targetStrides));

  function copyRuns(outer: number, sourceAt: number, targetAt: number): void {
    if (outer === axis) return copyRun(source.words, sourceAt, target.words, targetAt, run);
    const sourceStride = sourceStrides[outer] as number;
    const targetStride = targetStrides[outer] as number;
    const length = extent[outer] as number;
    for (let at = 0; at < length; at += 1) {
      copyRuns(outer + 1, sourceAt + at * sourceStride, targetAt + at * targetStride);
    }
  }
}

function copyRun(
  source: Words,
  sourceAt: number,
  target: Words,
  targetAt: number,
  length: number,
): void {
  if (length >= SHORT_RUN) {
    target.set(source.subarray(sourceAt, sourceAt + length), targetAt);
    return;
  }
  for (let at = 0; at < length; at += 1) {
    target[targetAt + at] = source[sourceAt + at] as number;
  }
}

/** Words from one position of each axis to the next. */
function stridesOf(shape: readonly number[], wordsPerElement: number): number[] {
  const strides: number[] = [];
  let stride = wordsPerElement;
  for (const length of shape.toReversed()) {
    strides.unshift(stride);
    stride *= length;
  }
  return strides;
}

function startOf({ from }: BoxSide, strides: readonly number[]): number {
  return from.reduce((start, at, axis) => start + at * (strides[axis] as number), 0);
}
