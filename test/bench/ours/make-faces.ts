import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NdArray, writeExr } from "@somakit/core";
import { fileSink } from "@somakit/core/node";

/** Datapoints of a dataset of Datagen with nothing but their environment and their key points, which are one file under many names. */
export function makeFaces(folder: string, count: number): void {
  mkdirSync(folder);
  const [environment, points] = [join(folder, "environment.json"), join(folder, "all_key_points.json")];
  writeFileSync(environment, text({ version: "1.0.0", environments: [{ image_name: "visible_spectrum_01.png" }] }));
  writeFileSync(points, text(allKeyPoints()));
  for (let index = 1; index <= count; index++) {
    const camera = join(folder, `datapoint_${String(index).padStart(5, "0")}`, "camera");
    mkdirSync(join(camera, "key_points"), { recursive: true });
    linkSync(environment, join(camera, "environment.json"));
    linkSync(points, join(camera, "key_points/all_key_points.json"));
  }
}

/** As the vendor's files are laid out. */
function text(document: object): string {
  return JSON.stringify(document, null, 3);
}

/** The sets of a face, with numbers of as many digits as there are in the vendor's. */
function allKeyPoints(): object {
  let state = 1;
  const random = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  const set = (count: number, first: number, pad = 0): object =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        String(first + i).padStart(pad, "0"),
        {
          global_3d: { x: random(), y: random(), z: random() },
          pixel_2d: { x: 1024 * (random() + 0.5), y: 1024 * (random() + 0.5) },
          is_visible: String(random() > 0),
        },
      ]),
    );
  return {
    version: "2.0.0",
    face: { dense: set(468, 0), standard: set(68, 1, 2) },
    ear: { left: set(55, 0), right: set(55, 0) },
    head: { top: set(12, 1), left: set(24, 1), back: set(21, 1), right: set(24, 1) },
  };
}

/** A picture of three float32 channels that are like a depth map: smooth, with a background of 1e10. */
export async function makeDepth(path: string, side: number): Promise<void> {
  const data = new Float32Array(side * side);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const [u, v] = [x / side - 0.5, y / side - 0.5];
      const inside = 0.16 - u * u - v * v;
      data[i] = inside > 0 ? 1.6 - 0.3 * Math.sqrt(inside) : 1e10;
    }
  }
  const plane = NdArray.from("float32", data, [side, side]) as unknown as NdArray;
  await writeExr(
    await fileSink(path),
    new Map([
      ["R", plane],
      ["G", plane],
      ["B", plane],
    ]),
  );
}
