import type { StorageError, StorageErrorCode } from "@foretile/storage";

const checkKeys = "give the access key and the secret key of one user of this server";
const renewToken = "get a new session token, with its keys";

/** By the name S3 gives: codes do not tell a policy from keys, nor an outage from a clock. */
const byName: Readonly<Record<string, string>> = {
  AccessDenied:
    "grant s3:ListBucket on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload on the prefix",
  InvalidAccessKeyId: checkKeys,
  SignatureDoesNotMatch: checkKeys,
  ExpiredToken: renewToken,
  InvalidToken: renewToken,
  TokenRefreshRequired: renewToken,
  CredentialsProviderError:
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or a role",
  RequestTimeTooSkewed: "set the clock of this machine, or the server's",
};

const byCode: Partial<Readonly<Record<StorageErrorCode, string>>> = {
  "permission-denied":
    "check keys, policy and the clock of this machine: the server does not say which",
  unavailable: "check endpoint, network and the server's state, then try again",
  "not-a-store": "choose another prefix",
  "format-too-new": "upgrade",
};

/** What to do about a request of the probe that failed. */
export function remedyOf({ code, details }: StorageError): string {
  const name = String(details["name"] ?? "");
  const named = Object.hasOwn(byName, name) ? byName[name] : undefined;
  return named ?? byCode[code] ?? "see the message";
}
