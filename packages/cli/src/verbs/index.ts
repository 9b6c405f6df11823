import { jobs } from "@somakit/formats/jobs";
import { compress, decompress } from "./compress.js";
import { concat } from "./concat.js";
import { conventionConvert } from "./convention-convert.js";
import { conventions } from "./conventions.js";
import { digest } from "./digest.js";
import { formats } from "./formats.js";
import { generate } from "./generate.js";
import { info } from "./info.js";
import { jobVerb } from "./job.js";
import { markdownHelp } from "./markdown-help.js";
import { select } from "./select.js";
import { show } from "./show.js";
import { slice } from "./slice.js";
import { split } from "./split.js";
import { stats } from "./stats.js";
import { upgrade } from "./upgrade.js";
import { validate } from "./validate.js";
import type { Verb } from "./verb.js";

const listed: readonly Verb[] = [
  info,
  validate,
  show,
  stats,
  digest,
  slice,
  select,
  split,
  concat,
  conventionConvert,
  compress,
  decompress,
  upgrade,
  ...jobs.map(jobVerb),
  conventions,
  formats,
  generate,
];

/** All commands, in the order in which help lists them. */
export const verbs: readonly Verb[] = [...listed, markdownHelp(listed)];
