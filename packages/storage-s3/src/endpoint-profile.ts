import { StorageError } from "@foretile/storage";

/** How a server wants to be spoken to, where servers that speak S3 differ. */
export interface EndpointProfile {
  /** Whether the bucket is part of the path (`host/bucket/key`) rather than of the host name. */
  readonly pathStyle: boolean;
  /**
   * How bytes are proven on their way to the server: `crc32` as S3's own additional checksum, which AWS also keeps and
   * tells back, or `md5` as `Content-MD5`, which every server knows.
   */
  readonly checksum: "crc32" | "md5";
  /**
   * When the SDK adds checksums of its own and checks those of replies. Many compatible servers know none:
   * `WHEN_REQUIRED` leaves them out.
   */
  readonly sdkChecksums: "WHEN_SUPPORTED" | "WHEN_REQUIRED";
  /** Which form of an ETag in `If-Match` is tried first; what the server really wants is found out when a store is made. */
  readonly etagQuoting: EtagQuoting;
}

/** Standard HTTP has the ETag in quotes; some servers compare the header as it stands with the bare ETag. */
export type EtagQuoting = "quoted" | "unquoted";

export type EndpointProfileName = "aws" | "compatible" | "ceph";

const profiles: Readonly<Record<EndpointProfileName, EndpointProfile>> = {
  aws: {
    pathStyle: false,
    checksum: "crc32",
    sdkChecksums: "WHEN_SUPPORTED",
    etagQuoting: "quoted",
  },
  compatible: {
    pathStyle: true,
    checksum: "md5",
    sdkChecksums: "WHEN_REQUIRED",
    etagQuoting: "quoted",
  },
  ceph: {
    pathStyle: true,
    checksum: "md5",
    sdkChecksums: "WHEN_REQUIRED",
    // RGW up to 16.2 compares the header with the bare ETag.
    etagQuoting: "unquoted",
  },
};

/**
 * The settings of a profile given by name, or as they are.
 *
 * @throws {StorageError} `invalid-argument` for another name
 */
export function endpointProfile(
  profile: EndpointProfileName | EndpointProfile | undefined,
  endpoint: string | undefined,
): EndpointProfile {
  if (typeof profile === "object") return profile;
  const name = profile ?? (endpoint === undefined ? "aws" : "compatible");
  if (!Object.hasOwn(profiles, name)) {
    throw new StorageError(
      "invalid-argument",
      `profile must be one of ${Object.keys(profiles).join(", ")} profile=${JSON.stringify(name)}`,
    );
  }
  return profiles[name];
}
