import { FormatError } from "../errors.js";
import type { Layout } from "../layout/layout.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { Convention } from "./convention.js";
import { convertSite } from "./convert-site.js";
import { Edits } from "./edits.js";
import type { ConventionLookup } from "./lookup.js";
import { type KeypointMapping, keypointMapping } from "./mapping.js";
import { maskFields, nameField, statedConvention } from "./siblings.js";
import { findKeypoints, type KeypointsSite } from "./sites.js";

export interface ConvertConventionOptions {
  /** The convention that the keypoints shall have. */
  readonly to: Convention | string;
  /**
   * The convention that they have, whatever the record says. Default: what the schema fixes, else what the record names,
   * else the schema's default.
   */
  readonly from?: Convention | string | undefined;
  /** Finds the conventions that are given by name, here or in the record. */
  readonly conventions?: ConventionLookup | undefined;
  /** Lets keypoints that mean nearly the same place stand in for missing ones. Default false. */
  readonly approximate?: boolean | undefined;
  /** Members of the record to be converted. Default: all that hold keypoints. */
  readonly keys?: readonly string[] | undefined;
}

/** What became of one array. */
export interface ConvertedMember {
  /** Where it is in the record: `keypoints2d`, `annotations[3].keypoint`. */
  readonly path: string;
  /** Both conventions, what went where, what is lost, missing and approximated. Arrays that go the same way share it. */
  readonly mapping: KeypointMapping;
  /** 1 for each keypoint of the result that comes from one that is there. */
  readonly mask: NdArray<"uint8", readonly [number]>;
  /**
   * Keypoints that were there and are in the result no more: those of `mapping.lost` that the array's mask, where it has
   * one, does not leave out.
   */
  readonly dropped: readonly string[];
}

/** A record under another convention, and what became of each array. */
export interface ConvertedRecord<T extends object> {
  /** A copy of the record; what has nothing to do with keypoints is shared with it. */
  readonly value: T;
  /** One entry for each array, in the order of the record. */
  readonly report: readonly ConvertedMember[];
}

/**
 * Converts the keypoints of a record, as reading gives it, to another convention: every array whose field states a
 * keypoint axis, with its mask (which is made where there is none) and the key that names its convention. dtypes are
 * kept. An array that is packed by its mask is converted as a whole and packed again by the new mask.
 *
 * Throws `FormatError` with the path of the array: `mismatch` when it has not as many keypoints as its convention, or a
 * mask that does not fit; `missing` when nothing names its convention, or `keys` names no keypoints; `unsupported` for a
 * convention that nobody knows; `unwritable` when the schema allows no other convention or size. Nothing is changed then.
 */
export async function convertConvention<T extends object>(
  layout: Layout,
  record: T,
  options: ConvertConventionOptions,
): Promise<ConvertedRecord<T>> {
  const { sites, ancestors } = findKeypoints(layout, record);
  const wanted = new Set(options.keys ?? sites.map(({ root }) => root));
  for (const key of wanted) if (!sites.some(({ root }) => root === key)) throw noKeypoints(key, sites);
  const chosen = sites.filter(({ root }) => wanted.has(root));

  const find = finder(options.conventions);
  const to = await find(options.to, "");
  const mappings = new Map<Convention, KeypointMapping>();
  const edits = new Edits();
  const report: ConvertedMember[] = [];
  for (const site of chosen) {
    const from = await find(options.from ?? statedConvention(site), site.path);
    const mapping = mappings.get(from) ?? keypointMapping(from, to, options);
    mappings.set(from, mapping);
    report.push({ path: site.path, mapping, ...convertSite(layout, site, mapping, edits) });
  }
  for (const site of sites) if (!wanted.has(site.root)) checkUntouched(site, edits);
  return { value: edits.apply(record, ancestors), report };
}

/** Fails when an array that stays as it is shares its mask, or the name of its convention, with one that does not. */
function checkUntouched(site: KeypointsSite, edits: Edits): void {
  const shared = [maskFields(site)?.mask, nameField(site)].find(
    (name) => name !== undefined && site.owner !== undefined && edits.has(site.owner.record, name),
  );
  if (shared === undefined) return;
  const reason = `shares ${JSON.stringify(shared)} with keypoints that are converted, so it has to be converted too`;
  throw new FormatError("mismatch", reason, { path: site.path });
}

function noKeypoints(key: string, sites: readonly KeypointsSite[]): FormatError {
  const roots = [...new Set(sites.map(({ root }) => root))];
  const there = roots.length === 0 ? "no member does" : `${roots.join(", ")} ${roots.length === 1 ? "does" : "do"}`;
  return new FormatError("missing", `holds no keypoints; ${there}`, { path: key });
}

/** Conventions by name, each looked up once. */
function finder(
  lookup: ConventionLookup | undefined,
): (wanted: Convention | string, path: string) => Promise<Convention> {
  const found = new Map<string, Convention>();
  return async (wanted, path) => {
    if (typeof wanted !== "string") return wanted;
    const known = found.get(wanted.toLowerCase()) ?? (await lookup?.(wanted));
    if (!known) {
      const why = lookup ? "is not known" : "was given by name, but no lookup";
      throw new FormatError("unsupported", `the convention ${JSON.stringify(wanted)} ${why}`, { path });
    }
    found.set(wanted.toLowerCase(), known);
    return known;
  };
}
