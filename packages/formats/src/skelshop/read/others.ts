import type { Input, Layout, NdArray, OpenOptions, WorkOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import * as images from "../images.gen.js";
import * as preEmbeds from "../pre_embeds.gen.js";
import * as references from "../references.gen.js";

/** Whether the schema names a key of the root; every other one is an image, or a person. */
function isNamed({ root }: Layout, key: string): boolean {
  return root.kind === "object" && Object.hasOwn(root.properties, key);
}

/** Reads the skeletons of single images. Close it when done. */
export class ImageReader {
  readonly kind = "images_multipose";
  readonly file: images.SkelShopImagesFile;

  private constructor(file: images.SkelShopImagesFile) {
    this.file = file;
  }

  static async open(input: Input, options: OpenOptions = {}): Promise<ImageReader> {
    return new ImageReader(await images.open(input, options));
  }

  /** Names of the images. */
  async names(): Promise<readonly string[]> {
    return (await this.file.keys()).filter((name) => !isNamed(this.file.layout, name));
  }

  /** The persons of an image and its size. Throws `FormatError` `missing` for a name that there is not. */
  async image(name: string, options: WorkOptions = {}): Promise<images.ImagePeople> {
    const image = isNamed(this.file.layout, name) ? undefined : await this.file.get(name, options);
    if (image === undefined)
      throw new FormatError("missing", `there is no image ${JSON.stringify(name)}`, { path: this.file.path });
    return image as images.ImagePeople;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Reads face embeddings of people whose names are known. Close it when done. */
export class ReferenceReader {
  readonly kind = "reference_embeddings";
  readonly file: references.SkelShopReferencesFile;

  private constructor(file: references.SkelShopReferencesFile) {
    this.file = file;
  }

  static async open(input: Input, options: OpenOptions = {}): Promise<ReferenceReader> {
    return new ReferenceReader(await references.open(input, options));
  }

  /** Labels of the people. */
  async labels(): Promise<readonly string[]> {
    return (await this.file.keys()).filter((label) => !isNamed(this.file.layout, label));
  }

  /**
   * The embeddings of a person's photos, (photos, 128); of shape (0) when none of them had a face. Throws `FormatError` `missing`
   * for a label that there is not.
   */
  async embeddings(label: string, options: WorkOptions = {}): Promise<NdArray<"float64" | "float32">> {
    const found = isNamed(this.file.layout, label) ? undefined : await this.file.get(label, options);
    if (found === undefined)
      throw new FormatError("missing", `there is no ${JSON.stringify(label)}`, { path: this.file.path });
    return found as NdArray<"float64" | "float32">;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Reads embeddings of one hand, in the order of their frames. Close it when done. */
export class PreEmbedReader implements AsyncIterable<preEmbeds.HandEmbeddings> {
  readonly kind = "pre-embed";
  readonly file: preEmbeds.SkelShopPreEmbedsFile;

  private constructor(file: preEmbeds.SkelShopPreEmbedsFile) {
    this.file = file;
  }

  static async open(input: Input, options: OpenOptions = {}): Promise<PreEmbedReader> {
    return new PreEmbedReader(await preEmbeds.open(input, options));
  }

  /** How many frames there are. */
  length(): Promise<number> {
    return this.file.hands.length();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<preEmbeds.HandEmbeddings, void, void> {
    for await (const frame of this.file.hands) yield await frame.read();
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
