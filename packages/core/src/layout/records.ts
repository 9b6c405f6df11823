/** One record of a stream, or those that repeat to its end. */
export interface RecordLayout {
  /** Key of the root's property. */
  readonly name: string;
  /** Whether the record is a compressed stream by itself. */
  readonly ownStream: boolean;
  readonly repeat: boolean;
  /** Keys by which the record is told from the one behind it, in files that do not have it. */
  readonly present?: readonly string[];
  /** What a new file begins with: the record itself, or members of it, which then stand in every new file. */
  readonly initial?: JsonValue;
  /** Zero bytes behind the record's stream, so that it can be written once more in its place when all is known. */
  readonly room?: number;
  /** Where records before these say how many there are; the first that does counts. */
  readonly count?: readonly RecordMember[];
  /** Where one says at which byte the first stream of these begins; null in a file whose writer did not come to its end. */
  readonly start?: RecordMember;
  /** Where one says how many of these each compressed block holds. */
  readonly perBlock?: RecordMember;
  /** Keys without which a record is not written, though it can be read. */
  readonly writeRequired?: readonly string[];
}

/** A member of a record that is an object. */
export type RecordMember = readonly [record: string, key: string];

/** What JSON can say. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
