/** What an HDF5 file starts with; in files with a user block, at byte 512, 1024, 2048, … */
export const SIGNATURE: readonly number[] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

export function hasSignature(head: Uint8Array): boolean {
  return SIGNATURE.every((byte, at) => head[at] === byte);
}
