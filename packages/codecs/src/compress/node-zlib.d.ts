/** What is used of Node here; its types as a whole would let the pure code of this package use all of Node. */
declare module "node:zlib" {
  interface ZstdOptions {
    readonly chunkSize?: number;
    readonly maxOutputLength?: number;
    readonly params?: Readonly<Record<number, number>>;
  }

  export const constants: {
    readonly ZSTD_c_compressionLevel: number;
    readonly ZSTD_d_windowLogMax: number;
  };
  export function zstdCompressSync(bytes: Uint8Array, options?: ZstdOptions): Uint8Array;
  export function zstdDecompressSync(bytes: Uint8Array, options?: ZstdOptions): Uint8Array;
}
