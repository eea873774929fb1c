import { zstdDecompressSync } from "node:zlib";

import { xxhash128 } from "hash-wasm";

import { toHex } from "./hex.ts";
import { readLz4Block } from "./lz4-block.ts";

export interface NaiveFrame {
  readonly mode: number;
  readonly simulations: number;
  readonly steps: number;
  readonly firstPanel: number;
  readonly panelCount: number;
  /** Bits of the frame's values, step after step. */
  readonly bits: number[];
}

/**
 * Reads a frame the slow way, sentence by sentence from docs/formats/tile-frame-v1.md and sharing no code with the
 * codec. Where it and the codec disagree, the document or the codec is wrong.
 */
export async function readFrameNaively(frame: Uint8Array): Promise<NaiveFrame> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const uint32 = (at: number): number => view.getUint32(at, true);
  expectEqual("magic", String.fromCharCode(...frame.subarray(0, 4)), "FTTF");
  expectEqual("version", view.getUint16(4, true), 1);
  expectEqual("element type", view.getUint8(7), 1);
  const mode = view.getUint8(6);
  const [simulations, steps, panelSteps] = [uint32(8), uint32(12), uint32(16)];
  const [firstPanel, panelCount] = [uint32(20), uint32(24)];
  const headerBytes = 16 * Math.ceil((44 + 20 * panelCount) / 16);
  expectEqual(
    "frame hash",
    toHex(frame.subarray(headerBytes - 16, headerBytes)),
    await xxhash128(frame.subarray(0, headerBytes - 16)),
  );
  expectEqual(
    "padding",
    frame.subarray(28 + 20 * panelCount, headerBytes - 16).every((byte) => byte === 0),
    true,
  );
  const bits: number[] = [];
  let at = headerBytes;
  for (let index = 0; index < panelCount; index += 1) {
    const length = uint32(28 + 20 * index);
    const body = frame.subarray(at, at + length);
    const hash = frame.subarray(32 + 20 * index, 48 + 20 * index);
    expectEqual("panel hash", toHex(hash), await xxhash128(body));
    const left = steps - (firstPanel + index) * panelSteps;
    const read = [readRaw, readLz4, readPack, readDecimal, readSplit][mode];
    if (read === undefined) throw new Error(`mode ${mode}`);
    bits.push(...read(body, simulations, Math.min(panelSteps, left)));
    at += length;
  }
  expectEqual("frame length", frame.length, at);
  return { mode, simulations, steps, firstPanel, panelCount, bits };
}

function readRaw(body: Uint8Array, simulations: number, steps: number): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  expectEqual("raw length", body.length, 4 * simulations * steps);
  return Array.from({ length: simulations * steps }, (_, index) => view.getUint32(4 * index, true));
}

function readLz4(body: Uint8Array, simulations: number, steps: number): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = simulations * steps;
  const planes = readLz4Block(body.subarray(4));
  expectEqual("lz4 prefix", view.getUint32(0, true), 4 * count);
  expectEqual("lz4 length", planes.length, 4 * count);
  const byte = (plane: number, index: number): number => planes[plane * count + index] ?? 0;
  return Array.from(
    { length: count },
    (_, i) => byte(0, i) + byte(1, i) * 2 ** 8 + byte(2, i) * 2 ** 16 + byte(3, i) * 2 ** 24,
  );
}

function readPack(body: Uint8Array, simulations: number, steps: number): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const basesAt = 4 * Math.ceil(steps / 4);
  let at = basesAt + 4 * steps;
  let before = Array.from({ length: simulations }, () => 0);
  const bits: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const width = view.getUint8(step);
    const base = view.getInt32(basesAt + 4 * step, true);
    const payload = readLanes(body.subarray(at), simulations, width);
    before = before.map((previous, simulation) => {
      return modulo(previous + base + (payload[simulation] ?? 0));
    });
    bits.push(...before);
    at += laneBytes(simulations, width);
  }
  expectEqual("pack length", body.length, at);
  return bits;
}

function laneBytes(simulations: number, width: number): number {
  return 16 * Math.ceil((Math.ceil(simulations / 4) * width) / 32);
}

function readLanes(payload: Uint8Array, simulations: number, width: number): number[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const bitOf = (lane: number, position: number): number => {
    const word = view.getUint32(16 * Math.floor(position / 32) + 4 * lane, true);
    return Math.floor(word / 2 ** (position % 32)) % 2;
  };
  return Array.from({ length: simulations }, (_, simulation) => {
    let value = 0;
    for (let bit = 0; bit < width; bit += 1) {
      value += bitOf(simulation % 4, Math.floor(simulation / 4) * width + bit) * 2 ** bit;
    }
    return value;
  });
}

function modulo(value: number): number {
  const rest = value % 2 ** 32;
  return rest < 0 ? rest + 2 ** 32 : rest;
}

function readDecimal(body: Uint8Array, simulations: number, steps: number): number[] {
  expectEqual("lattice", body.subarray(1, 4).join(), "0,0,0");
  return bitsOfIntegers(body[0] ?? 0, readPack(body.subarray(4), simulations, steps));
}

function bitsOfIntegers(lattice: number, words: number[]): number[] {
  if (lattice === 255) return words;
  const view = new DataView(new ArrayBuffer(4));
  return words.map((word) => {
    view.setUint32(0, word, true);
    view.setFloat32(0, view.getInt32(0, true) * Number(`1e-${lattice}`), true);
    return view.getUint32(0, true);
  });
}

function readSplit(body: Uint8Array, simulations: number, steps: number): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [lattice = 0, firstWidth = 0, lowBits = 0, planes = 0] = body;
  const lowAt = 4 + 4 * steps;
  const symbolsAt =
    lowAt + laneBytes(simulations, firstWidth) + (steps - 1) * laneBytes(simulations, lowBits);
  const count = (steps - 1) * simulations;
  const symbols =
    planes * count > 0 ? zstdDecompressSync(body.subarray(symbolsAt)) : new Uint8Array(0);
  expectEqual("symbols", symbols.length, planes * count);
  let before = Array.from({ length: simulations }, () => 0);
  const words: number[] = [];
  let at = lowAt;
  for (let step = 0; step < steps; step += 1) {
    const base = view.getInt32(4 + 4 * step, true);
    const width = step === 0 ? firstWidth : lowBits;
    const low = readLanes(body.subarray(at), simulations, width);
    before = before.map((previous, simulation) => {
      let value = low[simulation] ?? 0;
      for (let plane = 0; plane < (step === 0 ? 0 : planes); plane += 1) {
        const symbol = symbols[plane * count + (step - 1) * simulations + simulation] ?? 0;
        value += symbol * 2 ** (lowBits + 8 * plane);
      }
      return modulo(previous + base + value);
    });
    words.push(...before);
    at += laneBytes(simulations, width);
  }
  return bitsOfIntegers(lattice, words);
}

function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) {
    throw new Error(`${what}: found ${String(found)}, expected ${String(expected)}`);
  }
}
