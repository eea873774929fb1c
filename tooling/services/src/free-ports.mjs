import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Ports of the loopback interface that nothing listens on, all different. They are free when this returns; another
 * program may still be faster, which is why a start that finds its port taken is made again with others.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const holders = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      holders.map(async (holder) => {
        holder.listen(0, "127.0.0.1");
        await once(holder, "listening");
        const address = holder.address();
        // A server that listens on a port has one.
        if (address === null || typeof address === "string") throw new Error("no port was given");
        return address.port;
      }),
    );
  } finally {
    for (const holder of holders) holder.close();
  }
}
