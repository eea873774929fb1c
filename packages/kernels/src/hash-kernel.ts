import { hashKernel } from "./generated/hash-kernel.ts";
import { instantiateKernel } from "./instantiate-kernel.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** Fewest bytes that the kernel hashes. */
export const LEAST_HASHED_BYTES = 17;

/** Bytes of a hash. */
const HASH_BYTES = 16;

/** The default secret of XXH3, as the specification of xxHash has it. */
const SECRET =
  "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f" +
  "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c" +
  "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8" +
  "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364" +
  "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e" +
  "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e";

/** Where the secret and the hash are: below all regions, the same for every kernel of a memory. */
const SECRET_AT = 512;
const HASH_AT: number = SECRET_AT + SECRET.length / 2;

/** Hashes what lies in the kernel's memory. `assembly/hash.as` is the source. */
export interface HashKernel {
  /**
   * XXH3-128 with seed 0 of at least {@link LEAST_HASHED_BYTES} bytes.
   *
   * @param bytes their address; nothing is checked here
   * @returns the 16 bytes of the canonical form, valid until the next call
   */
  hash128(bytes: number, length: number): Uint8Array;
}

interface Exports {
  hash128(bytes: number, length: number, secret: number, target: number): void;
}

/** Ties the kernel to `memory`; `undefined` where WebAssembly or its vectors are missing. */
export function loadHashKernel(memory: KernelMemory): HashKernel | undefined {
  const kernel = instantiateKernel(hashKernel, memory) as unknown as Exports | undefined;
  if (kernel === undefined) return undefined;
  const secret = Uint8Array.from(SECRET.match(/../g) ?? [], (digits) =>
    Number.parseInt(digits, 16),
  );
  memory.bytes.set(secret, SECRET_AT);
  const hash = memory.bytes.subarray(HASH_AT, HASH_AT + HASH_BYTES);
  return {
    hash128: (bytes, length) => {
      kernel.hash128(bytes, length, SECRET_AT, HASH_AT);
      return hash;
    },
  };
}
