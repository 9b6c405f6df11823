import { jobs } from "@somakit/formats/jobs";
import { SCHEMA_OPTIONS } from "../schemas/known.js";
import { complete, completion } from "./completion.js";
import { compress, decompress } from "./compress.js";
import { concat } from "./concat.js";
import { conventionConvert } from "./convention-convert.js";
import { conventions } from "./conventions.js";
import { convert } from "./convert.js";
import { diff } from "./diff.js";
import { digest } from "./digest.js";
import { formats } from "./formats.js";
import { generate } from "./generate.js";
import { info } from "./info.js";
import { jobVerb } from "./job.js";
import { markdownHelp } from "./markdown-help.js";
import { render } from "./render.js";
import { repair } from "./repair.js";
import { schemaCheck } from "./schema-check.js";
import { schemaDiff } from "./schema-diff.js";
import { schemaInit } from "./schema-init.js";
import { select } from "./select.js";
import { show } from "./show.js";
import { slice } from "./slice.js";
import { split } from "./split.js";
import { stats } from "./stats.js";
import { upgrade } from "./upgrade.js";
import { validate } from "./validate.js";
import type { Verb } from "./verb.js";

/** What works with any data set takes schemas of the user's own. */
function withSchemas(verb: Verb): Verb {
  return { ...verb, options: [...verb.options, ...SCHEMA_OPTIONS] };
}

const listed: readonly Verb[] = [
  ...[
    info,
    validate,
    show,
    stats,
    digest,
    diff,
    slice,
    select,
    split,
    concat,
    conventionConvert,
    convert,
    compress,
    decompress,
    upgrade,
    render,
  ].map(withSchemas),
  repair,
  ...jobs.map(jobVerb),
  ...[conventions, formats].map(withSchemas),
  generate,
  schemaInit,
  schemaCheck,
  schemaDiff,
  completion,
];

/** All commands, in the order in which help lists them. */
export const verbs: readonly Verb[] = [...listed, markdownHelp(listed), complete(listed)];
