import { createHash, timingSafeEqual } from "node:crypto";

/** Decides about an `authorization` header. */
export type BearerCheck = (authorization: string | undefined) => boolean;

/**
 * Compares bearer tokens with `token` in a time that tells nothing about it: both sides are hashed first, so that
 * neither content nor length shows.
 */
export function createBearerCheck(token: string): BearerCheck {
  const expected = digest(token);
  return (authorization) => {
    const given = /^Bearer +([^ ]+) *$/i.exec(authorization ?? "")?.[1];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
