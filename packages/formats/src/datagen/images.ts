import type { DepthRange, PointArray } from "@somakit/core";
import { decodeNormals, depthRange, foregroundMask } from "@somakit/core/geometry";
import { NdArray } from "@somakit/core/ndarray";

/** Where a depth map shows nothing, by how it was stored: 1e10 in single precision, the largest half otherwise. */
export function depthBackground(depth: NdArray): number {
  return depth.dtype === "float16" ? 65504 : 1e9;
}

/** Pixels and distances of what a depth map shows. */
export function depthExtent(depth: NdArray): DepthRange {
  return depthRange(depth, depthBackground(depth));
}

/** (H, W): where a depth map shows the actor. */
export function depthMask(depth: NdArray): NdArray<"bool"> {
  return foregroundMask(depth, depthBackground(depth));
}

/**
 * A depth map for display: (H, W) float32 from 0, nearest, to 1, farthest; the background is 1. All 1 where nothing is shown.
 */
export function depthForDisplay(depth: NdArray): NdArray<"float32"> {
  const { nearest = 0, farthest = 0 } = depthExtent(depth);
  const shown = depthMask(depth);
  const scale = farthest > nearest ? 1 / (farthest - nearest) : 0;
  const out = new Float32Array(depth.size);
  let at = 0;
  const masked = shown.data;
  for (const distance of astypeFloat(depth)) {
    out[at] = masked[at] ? (distance - nearest) * scale : 1;
    at++;
  }
  return NdArray.from("float32", out, depth.shape) as NdArray<"float32">;
}

/**
 * Normals (H, W, 3) of a normal map in the camera's frame: right, down, forward. Surfaces that face the camera have a negative
 * forward part. NaN where nothing is shown.
 */
export function normalsOfMap(map: NdArray): PointArray {
  return decodeNormals(map, { axes: ["right", "up", "backward"] });
}

/**
 * A rendered image with 8 bits: floor(value / 65535 * 255), as the vendor's loader makes them. Images of 8 bits stay as they are.
 * Alpha is dropped unless it is wanted: it means something only when the request's background is transparent.
 */
export function image8(
  image: NdArray,
  { alpha = "drop" }: { readonly alpha?: "drop" | "keep" | undefined } = {},
): NdArray<"uint8"> {
  const channels = image.shape[2] ?? 1;
  const kept = alpha === "drop" && (channels === 4 || channels === 2) ? channels - 1 : channels;
  const chosen = kept === channels ? image : image.slice(null, null, [0, kept]);
  if (chosen.dtype === "uint8") return chosen.contiguous() as NdArray<"uint8">;
  const packed = (chosen as NdArray<"uint16">).contiguous();
  const samples = packed.data.subarray(packed.offset, packed.offset + packed.size);
  const bytes = new Uint8Array(samples.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(((samples[i] as number) / 65535) * 255);
  return NdArray.from("uint8", bytes, chosen.shape) as NdArray<"uint8">;
}

function astypeFloat(depth: NdArray): Iterable<number> {
  return depth as unknown as Iterable<number>;
}
