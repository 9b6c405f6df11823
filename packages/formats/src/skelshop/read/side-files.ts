import { FormatError } from "@somakit/core/errors";

/** A face that was chosen to stand for a person: a line of a selection. */
export interface SelectedFace {
  /** The shot. */
  readonly seg: number;
  /** The person's track in that shot. */
  readonly pers_id: number;
  /** The frame, counted from the beginning of the shot, and of the video. */
  readonly seg_frame_num: number;
  readonly abs_frame_num: number;
  /** What finds the face, such as `openpose-face68` or `dlib-hog-face5`. */
  readonly extractor: string;
}

/** Who a person is: a line of an identification. */
export interface IdentifiedPerson {
  /** The shot. */
  readonly seg: number;
  /** The person's track in that shot. */
  readonly skel_id: number;
  /** The label of a reference, `c` and a number for a cluster, or `noclus`. */
  readonly label: string;
}

/** Reads a selection (CSV). Throws `FormatError` `corrupt` for other columns, and for what is no number. */
export function readSelection(text: string, name = ""): readonly SelectedFace[] {
  const columns = ["seg", "pers_id", "seg_frame_num", "abs_frame_num", "extractor"];
  return rowsOf(text, columns, name).map((row) => ({
    seg: row.whole("seg"),
    pers_id: row.whole("pers_id"),
    seg_frame_num: row.whole("seg_frame_num"),
    abs_frame_num: row.whole("abs_frame_num"),
    extractor: row.text("extractor"),
  }));
}

/** Reads an identification (CSV). Throws `FormatError` `corrupt` as {@link readSelection} does. */
export function readIdentification(text: string, name = ""): readonly IdentifiedPerson[] {
  return rowsOf(text, ["seg", "skel_id", "label"], name).map((row) => ({
    seg: row.whole("seg"),
    skel_id: row.whole("skel_id"),
    label: row.text("label"),
  }));
}

interface Row {
  text(column: string): string;
  whole(column: string): number;
}

/** Lines below one of headings, in whatever order the columns are. */
function rowsOf(text: string, columns: readonly string[], name: string): readonly Row[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const headings = fieldsOf(lines[0] ?? "", 1, name);
  const missing = columns.find((column) => !headings.includes(column));
  if (missing !== undefined) throw new FormatError("corrupt", `line 1: there is no column ${missing}`, { path: name });
  return lines.flatMap((line, index) => {
    if (index === 0 || line === "") return [];
    const number = index + 1;
    const fields = fieldsOf(line, number, name);
    if (fields.length !== headings.length)
      throw new FormatError("corrupt", `line ${number}: ${fields.length} fields, ${headings.length} expected`, {
        path: name,
      });
    const field = (column: string): string => fields[headings.indexOf(column)] as string;
    const whole = (column: string): number => {
      const value = Number(field(column));
      if (/^[0-9]+$/.test(field(column)) && Number.isSafeInteger(value)) return value;
      throw new FormatError("corrupt", `line ${number}: ${column} ${JSON.stringify(field(column))} is no number`, {
        path: name,
      });
    };
    return [{ text: field, whole }];
  });
}

/** Fields between commas; those in quotes may have commas and doubled quotes, but no line breaks. */
function fieldsOf(line: string, number: number, name: string): readonly string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  while (true) {
    const match = field.exec(line);
    if (!match) throw new FormatError("corrupt", `line ${number}: a quote is not closed`, { path: name });
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "") return fields;
  }
}
