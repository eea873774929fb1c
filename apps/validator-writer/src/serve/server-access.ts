import { AppError } from "@foretile/app-kit";

import { createBearerCheck } from "./bearer-token.ts";
import { type CallerGuard, guardAgainstWebPages, guardByToken } from "./guard-callers.ts";
import { resolveListenAddress } from "./listen-address.ts";
import { TOKEN_VARIABLE } from "./token-variable.ts";

/** Where a server listens and who may call it. */
export interface ServerAccess {
  /** An IP address. */
  readonly address: string;
  readonly guard: CallerGuard;
}

/**
 * Decides where to listen and who may call: with a token in the environment, whoever brings it; without one, only
 * programs on this machine, and any other address is refused.
 *
 * @throws {AppError} `usage` for an address that needs a token, and for a token that no header can carry
 */
export async function serverAccess(
  host: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServerAccess> {
  const token = env[TOKEN_VARIABLE];
  const { address, loopback } = await resolveListenAddress(host);
  if (token === undefined) {
    if (loopback) return { address, guard: guardAgainstWebPages };
    throw new AppError("usage", `an address that others can reach needs a token host=${host}`, {
      hint: `set ${TOKEN_VARIABLE}, or listen on 127.0.0.1`,
    });
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    // Not shown: it may be a secret with a typing error.
    throw new AppError(
      "usage",
      `${TOKEN_VARIABLE} must be printable ASCII without spaces, or unset`,
      {
        hint: `make one with: export ${TOKEN_VARIABLE}="$(openssl rand -hex 32)"`,
      },
    );
  }
  return { address, guard: guardByToken(createBearerCheck(token)) };
}
