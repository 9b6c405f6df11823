import { crc32, sha256 } from "#platform";
import { Crc64 } from "./crc64.js";

/** What guards the content of each block of a stream. */
export type XzCheck = "none" | "crc32" | "crc64" | "sha256";

/** The number that stands for a check in the stream's flags (section 2.1.1.2 of the .xz file format). */
export const CHECK_IDS: Readonly<Record<XzCheck, number>> = { none: 0, crc32: 1, crc64: 4, sha256: 10 };

export const CHECK_BYTES: Readonly<Record<XzCheck, number>> = { none: 0, crc32: 4, crc64: 8, sha256: 32 };

export function checkOfId(id: number): XzCheck | undefined {
  return (Object.keys(CHECK_IDS) as XzCheck[]).find((check) => CHECK_IDS[check] === id);
}

/** A check being computed. */
export interface RunningCheck {
  update(bytes: Uint8Array): void;
  /** What is stored behind the block. */
  digest(): Uint8Array;
}

export function startCheck(check: XzCheck): RunningCheck {
  switch (check) {
    case "none":
      return { update: () => undefined, digest: () => new Uint8Array(0) };
    case "crc32":
      return runningCrc32();
    case "crc64":
      return new Crc64();
    case "sha256": {
      const hash = sha256();
      return { update: (bytes) => hash.update(bytes), digest: () => bytesOfHex(hash.hex()) };
    }
  }
}

function runningCrc32(): RunningCheck {
  let crc = 0;
  return {
    update: (bytes) => {
      crc = crc32(bytes, crc);
    },
    digest: () => littleEndian(crc),
  };
}

/** A CRC-32 or a size as it is stored. */
export function littleEndian(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
