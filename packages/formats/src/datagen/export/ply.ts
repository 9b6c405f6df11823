import type { PlyElement, PlyFormat, Sink, WorkOptions } from "@somakit/core";
import { writePly } from "@somakit/core/codec/ply";
import { FormatError } from "@somakit/core/errors";
import { directionsToWorld, samplesAt } from "@somakit/core/geometry";
import { NdArray } from "@somakit/core/ndarray";
import type { Datapoint } from "../dataset/datapoint.js";
import { image8 } from "../images.js";

export interface PointCloudPlyOptions extends WorkOptions {
  /** Default `binary-little-endian`. */
  readonly format?: PlyFormat | undefined;
  /** Whose frame points and normals are in. Default `world`. */
  readonly frame?: "world" | "camera" | undefined;
  /** What each point has beside its place: `red`, `green`, `blue` of the image; `nx`, `ny`, `nz`. Default `colours`. */
  readonly with?: "nothing" | "colours" | "normals" | "colours-and-normals" | undefined;
}

/**
 * Writes what the depth map of a datapoint shows as a PLY point cloud, metres, and commits the sink; aborts it when anything fails.
 * Returns how many points there are. Throws `FormatError` `missing` without depth map, camera, or what is wanted with the points.
 */
export async function writePointCloud(
  sink: Sink,
  datapoint: Datapoint,
  options: PointCloudPlyOptions = {},
): Promise<number> {
  let vertex: PlyElement;
  try {
    vertex = await vertexOf(datapoint, options);
  } catch (error) {
    await sink.abort();
    throw error;
  }
  const { format, signal, onProgress } = options;
  const comments = [`${options.frame ?? "world"} frame, metres`];
  await writePly(sink, new Map([["vertex", vertex]]), { format, signal, onProgress, comments });
  return vertex.get("x")?.shape[0] ?? 0;
}

async function vertexOf(datapoint: Datapoint, options: PointCloudPlyOptions): Promise<PlyElement> {
  const { frame = "world", with: extra = "colours", signal } = options;
  const cloud = needed(await datapoint.pointCloud({ frame, signal }), "depth map or no camera", datapoint);
  const vertex = new Map<string, NdArray>();
  addColumns(vertex, ["x", "y", "z"], cloud.points as unknown as NdArray);
  if (extra === "normals" || extra === "colours-and-normals") {
    const map = needed(await datapoint.normals({ signal }), "normal map", datapoint);
    addColumns(
      vertex,
      ["nx", "ny", "nz"],
      await turned(datapoint, samplesAt(map as unknown as NdArray, cloud.pixels), frame),
    );
  }
  if (extra === "colours" || extra === "colours-and-normals") {
    const image = needed(await datapoint.renderedImage({ signal }), "rendered image", datapoint);
    const colours = image8(image as unknown as NdArray) as unknown as NdArray;
    addColumns(vertex, ["red", "green", "blue"], samplesAt(inColour(colours), cloud.pixels));
  }
  return vertex;
}

async function turned(datapoint: Datapoint, normals: NdArray, frame: "world" | "camera"): Promise<NdArray> {
  if (frame === "camera") return normals;
  const { camera } = needed(await datapoint.cameraModel(), "camera", datapoint);
  return directionsToWorld(camera, normals) as unknown as NdArray;
}

/** A grey image has one number for all three. */
function inColour(image: NdArray): NdArray {
  if ((image.shape[2] as number) >= 3) return image;
  const [height = 0, width = 0] = image.shape;
  const grey = [...(image.slice(null, null, 0) as NdArray<"uint8">)];
  return NdArray.from("uint8", Uint8Array.from(grey.flatMap((value) => [value, value, value])), [
    height,
    width,
    3,
  ]) as NdArray;
}

function addColumns(vertex: Map<string, NdArray>, names: readonly string[], rows: NdArray): void {
  names.forEach((name, column) => {
    vertex.set(name, rows.slice(null, column));
  });
}

function needed<T>(value: T | undefined, what: string, datapoint: Datapoint): T {
  if (value !== undefined) return value;
  throw new FormatError("missing", `the datapoint has no ${what}`, { path: datapoint.imagePath });
}
