import { cache, type HumanDataDict } from "@somakit/formats/humandata";
import { describeValue } from "./describe.js";

/** What a cache of the dict would hold, in the notation of the traces. */
export async function pieces(dict: HumanDataDict, sliceSize: number): Promise<unknown> {
  const { writer, slices } = cache.slicedCache(dict, { sliceSize });
  const described: Record<string, unknown> = {};
  for (const [number, slice] of Object.entries(slices)) described[number] = await describeValue(slice);
  return { writer: await describeValue(writer), slices: described };
}
