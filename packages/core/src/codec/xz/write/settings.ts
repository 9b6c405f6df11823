/**
 * How much effort compressing is worth: 0 is the fastest, 9 tries hardest, 6 is the default. `store` does not compress at all
 * and needs no WebAssembly.
 *
 * The numbers stand for about the sizes that xz reaches with the same ones. What they mean was chosen by measuring coordinates
 * stored as differences of 32-bit integers, where short matches count: 0 and 1 are greedy with chains of 3 bytes, 2 and 3 weigh
 * prices with chains, from 4 on with trees of growing depth.
 */
export type XzPreset = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | "store";

/** The encoder's settings, each of which a preset decides unless it is given. */
export interface XzTuning {
  /** How far back matches may reach: 4096 to 2^30 bytes. */
  readonly dictionaryBytes?: number | undefined;
  /** High bits of the byte before that select how a literal is coded, 0 to 4. Default 3. */
  readonly lc?: number | undefined;
  /** Low bits of the position that do; `lc + lp` is at most 4. Default 0; 2 suits 32-bit integers. */
  readonly lp?: number | undefined;
  /** Low bits of the position that select how everything else is coded, 0 to 4. Default 2. */
  readonly pb?: number | undefined;
  /** How symbols are chosen: `greedy` looks one byte ahead, `priced` takes the cheapest way through many. */
  readonly parser?: "greedy" | "priced" | undefined;
  /** What finds matches: `hc3`, `hc4`: chains of places whose first 3, 4 bytes are equal; `bt4`: a sorted tree of them. */
  readonly finder?: "hc3" | "hc4" | "bt4" | undefined;
  /** A match of this many bytes is taken without looking further, 8 to 273. */
  readonly niceLength?: number | undefined;
  /** Places that are looked at for each match, 1 to 1000. */
  readonly depth?: number | undefined;
  /**
   * Bytes after which the content resembles itself, such as those of one of many records of one size, up to 2^30; 0 when
   * nothing is known. A match so far back is looked for before all others. Where it is known, presets 2 to 5 do without a
   * tree: half the time, and no more bytes.
   */
  readonly period?: number | undefined;
}

/** All settings, decided. */
export interface EncoderSettings {
  readonly dictionaryBytes: number;
  readonly lc: number;
  readonly lp: number;
  readonly pb: number;
  readonly parser: "greedy" | "priced";
  readonly finder: "hc3" | "hc4" | "bt4";
  readonly niceLength: number;
  readonly depth: number;
  readonly period: number;
}

const MiB = 2 ** 20;

/** What of a preset is not needed where the place to look is known. */
const PERIODIC: Partial<EncoderSettings> = { finder: "hc4", niceLength: 32, depth: 4 };

type Row = Pick<EncoderSettings, "parser" | "finder" | "niceLength" | "depth" | "dictionaryBytes">;

const PRESETS: readonly Row[] = [
  { parser: "greedy", finder: "hc3", niceLength: 128, depth: 4, dictionaryBytes: MiB / 4 },
  { parser: "greedy", finder: "hc3", niceLength: 128, depth: 8, dictionaryBytes: MiB },
  { parser: "priced", finder: "hc3", niceLength: 32, depth: 4, dictionaryBytes: 2 * MiB },
  { parser: "priced", finder: "hc4", niceLength: 32, depth: 8, dictionaryBytes: 4 * MiB },
  { parser: "priced", finder: "bt4", niceLength: 32, depth: 12, dictionaryBytes: 4 * MiB },
  { parser: "priced", finder: "bt4", niceLength: 32, depth: 20, dictionaryBytes: 8 * MiB },
  { parser: "priced", finder: "bt4", niceLength: 48, depth: 20, dictionaryBytes: 8 * MiB },
  { parser: "priced", finder: "bt4", niceLength: 64, depth: 32, dictionaryBytes: 16 * MiB },
  { parser: "priced", finder: "bt4", niceLength: 64, depth: 48, dictionaryBytes: 32 * MiB },
  { parser: "priced", finder: "bt4", niceLength: 273, depth: 512, dictionaryBytes: 64 * MiB },
];

/** What a preset stands for, with what is given instead. Throws `RangeError` for values that cannot be. */
export function settingsOf(preset: Exclude<XzPreset, "store">, tuning: XzTuning = {}): EncoderSettings {
  const usual = PRESETS[preset];
  if (!usual) throw new RangeError(`${preset} is no preset; they are 0 to 9 and "store"`);
  const { lc = 3, lp = 0, pb = 2, period = 0 } = tuning;
  const row = period > 0 && preset >= 2 && preset <= 5 ? { ...usual, ...PERIODIC } : usual;
  const settings: EncoderSettings = {
    dictionaryBytes: tuning.dictionaryBytes ?? row.dictionaryBytes,
    lc,
    lp,
    pb,
    parser: tuning.parser ?? row.parser,
    finder: tuning.finder ?? row.finder,
    niceLength: tuning.niceLength ?? row.niceLength,
    depth: tuning.depth ?? row.depth,
    period,
  };
  expectWithin("dictionaryBytes", settings.dictionaryBytes, 4096, 2 ** 30);
  expectWithin("lc", lc, 0, 4);
  expectWithin("lp", lp, 0, 4 - lc);
  expectWithin("pb", pb, 0, 4);
  expectWithin("niceLength", settings.niceLength, 8, 273);
  expectWithin("depth", settings.depth, 1, 1000);
  expectWithin("period", period, 0, 2 ** 30);
  return settings;
}

export function expectWithin(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} is ${value}; it has to be a whole number from ${least} to ${most}`);
}
