import { lookup } from "node:dns/promises";
import { BlockList, isIPv6 } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
loopback.addSubnet("::ffff:127.0.0.0", 104, "ipv6");

/** Where to listen. */
export interface ListenAddress {
  /** An IP address. */
  readonly address: string;
  /** Whether only programs on this machine can reach it. */
  readonly loopback: boolean;
}

/**
 * The address behind a host name, and whether it is a loopback one. The caller listens on this very address, so that
 * what was judged is what is opened.
 *
 * @throws the resolver's error for a name that has no address
 */
export async function resolveListenAddress(host: string): Promise<ListenAddress> {
  const { address } = await lookup(host);
  return { address, loopback: isLoopbackAddress(address) };
}

/** `true` for an IP address that never leaves the machine. */
export function isLoopbackAddress(address: string): boolean {
  return loopback.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
