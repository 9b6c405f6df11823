import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

/**
 * The folder of the conventions that `@somakit/formats` ships: that of the project that `folder` lies in, else that of
 * the project that the generator is installed in. `undefined` where there is none.
 */
export function shippedConventions(folder: string): string | undefined {
  const origins = [join(resolve(folder), "package.json"), import.meta.url];
  for (const origin of origins) {
    try {
      return dirname(createRequire(origin).resolve("@somakit/formats/schemas/conventions/human_data.json"));
    } catch {
      // Not there; the next place is asked.
    }
  }
  return undefined;
}
