import { writePng } from "../codec/png/write.js";
import type { ReadOptions, Sink } from "../source/source.js";
import { picturePixels } from "./raster/picture.js";
import type { Picture } from "./scene.js";
import { pictureSvg } from "./svg.js";

export interface WritePictureOptions extends ReadOptions {
  readonly format: "svg" | "png";
}

/** Writes a picture and commits the sink; aborts it when that fails. Throws what {@link pictureSvg} does. */
export async function writePicture(sink: Sink, picture: Picture, options: WritePictureOptions): Promise<void> {
  const { format, signal } = options;
  try {
    if (format === "svg") {
      await sink.append(new TextEncoder().encode(await pictureSvg(picture, { signal })));
      await sink.commit();
      return;
    }
    await writePng(sink, picturePixels(picture), { signal });
  } catch (error) {
    await sink.abort();
    throw error;
  }
}
