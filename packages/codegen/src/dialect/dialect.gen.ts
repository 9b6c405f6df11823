// Made from schemas/dialect by test/dialect.test.ts (UPDATE_GOLDEN=1). Do not edit.
import type { JsonObject } from "../ir.js";

/** Files of the dialect by name. */
export const dialectFiles: Readonly<Record<string, JsonObject>> = {
  "dialect.json": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:somakit:dialect:1",
    "$vocabulary": {
      "https://json-schema.org/draft/2020-12/vocab/core": true,
      "https://json-schema.org/draft/2020-12/vocab/applicator": true,
      "https://json-schema.org/draft/2020-12/vocab/validation": true,
      "https://json-schema.org/draft/2020-12/vocab/meta-data": true,
      "urn:somakit:dialect:1:array": true,
      "urn:somakit:dialect:1:storage": true,
      "urn:somakit:dialect:1:skeleton": true,
      "urn:somakit:dialect:1:policy": true,
      "urn:somakit:dialect:1:checks": true
    },
    "$dynamicAnchor": "meta",
    "title": "Schema of somakit",
    "description": "JSON Schema 2020-12, less what data sets do not need, plus where and how values are stored. Standard keywords describe the value that a user holds; the others describe its storage. Any other keyword is an error.",
    "type": [
      "object",
      "boolean"
    ],
    "allOf": [
      {
        "$ref": "urn:somakit:dialect:1:standard"
      },
      {
        "$ref": "urn:somakit:dialect:1:array"
      },
      {
        "$ref": "urn:somakit:dialect:1:storage"
      },
      {
        "$ref": "urn:somakit:dialect:1:skeleton"
      },
      {
        "$ref": "urn:somakit:dialect:1:policy"
      },
      {
        "$ref": "urn:somakit:dialect:1:checks"
      }
    ],
    "unevaluatedProperties": false
  },
  "standard.json": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:somakit:dialect:1:standard",
    "$dynamicAnchor": "meta",
    "title": "Standard keywords",
    "description": "The part of JSON Schema 2020-12 that the dialect takes over, with its meaning unchanged.",
    "type": [
      "object",
      "boolean"
    ],
    "properties": {
      "$schema": {
        "title": "Dialect",
        "description": "The dialect of this file: the relative path of `dialect/editor.json`, by which editors check and complete it, or `urn:somakit:dialect:1`.",
        "type": "string",
        "examples": [
          "../dialect/editor.json",
          "urn:somakit:dialect:1"
        ]
      },
      "$id": {
        "title": "Name of the schema",
        "description": "First part of the `rule` of every issue. Default: the path of the file.",
        "type": "string",
        "minLength": 1,
        "examples": [
          "https://example.org/schemas/walks.json"
        ]
      },
      "$defs": {
        "title": "Shared parts",
        "description": "Parts that `$ref` names, each a type of its own in the generated code. At the root of a file only.",
        "type": "object",
        "additionalProperties": {
          "$dynamicRef": "#meta"
        },
        "examples": [
          {
            "Pose": {
              "type": "object"
            }
          }
        ]
      },
      "$ref": {
        "title": "Reference",
        "description": "A shared part: `#/$defs/Pose` of this file, `parts.json#/$defs/Pose` of another (relative to this one), or the other file as a whole.",
        "$ref": "#/$defs/reference",
        "examples": [
          "#/$defs/Pose",
          "parts.json#/$defs/Pose",
          "parts.json"
        ]
      },
      "$comment": {
        "title": "Comment",
        "description": "For readers of the schema; appears nowhere else.",
        "type": "string",
        "examples": [
          "Upstream never checks this."
        ]
      },
      "title": {
        "title": "Title",
        "description": "A short name. The title of a data set names its type in the generated code.",
        "type": "string",
        "minLength": 1,
        "examples": [
          "HumanData"
        ]
      },
      "description": {
        "title": "Description",
        "description": "What the value means, for people. It becomes the documentation of the generated member; Markdown is welcome.",
        "type": "string",
        "examples": [
          "2D keypoints: x, y, confidence."
        ]
      },
      "type": {
        "title": "Type",
        "description": "Type of the value, or a list of types of scalars. Arrays of numbers have `ndarray` instead.",
        "if": {
          "type": "array"
        },
        "then": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/type"
          },
          "minItems": 1,
          "uniqueItems": true
        },
        "else": {
          "$ref": "#/$defs/type"
        },
        "examples": [
          "object",
          [
            "string",
            "null"
          ]
        ]
      },
      "properties": {
        "title": "Properties",
        "description": "The keys of an object, as users spell them, each with the schema of its value.",
        "type": "object",
        "additionalProperties": {
          "$dynamicRef": "#meta"
        },
        "examples": [
          {
            "label": {
              "type": "integer"
            }
          }
        ]
      },
      "required": {
        "title": "Required keys",
        "description": "Keys that must be there. All others are optional.",
        "type": "array",
        "items": {
          "type": "string"
        },
        "uniqueItems": true,
        "examples": [
          [
            "image_path"
          ]
        ]
      },
      "patternProperties": {
        "title": "Properties by pattern",
        "description": "Schemas for keys that match a regular expression (flag `u`) and are not in `properties`. The first match counts.",
        "type": "object",
        "additionalProperties": {
          "$dynamicRef": "#meta"
        },
        "examples": [
          {
            "^keypoints3d_": {
              "ndarray": {
                "dtype": "float32",
                "shape": [
                  "N",
                  "*",
                  4
                ]
              }
            }
          }
        ]
      },
      "additionalProperties": {
        "title": "Other properties",
        "description": "The schema of all other keys, or `false` when there may be none. Default: anything.",
        "$dynamicRef": "#meta",
        "examples": [
          false,
          {
            "type": "string"
          }
        ]
      },
      "items": {
        "title": "Items",
        "description": "The schema of the elements of a list, after those of `prefixItems`, or `false` when there may be none.",
        "$dynamicRef": "#meta",
        "examples": [
          {
            "type": "string"
          },
          false
        ]
      },
      "prefixItems": {
        "title": "First items",
        "description": "Schemas of the first elements, one each: a tuple.",
        "type": "array",
        "items": {
          "$dynamicRef": "#meta"
        },
        "minItems": 1,
        "examples": [
          [
            {
              "type": "integer"
            },
            {
              "type": "integer"
            }
          ]
        ]
      },
      "minItems": {
        "title": "Fewest items",
        "description": "The smallest number of elements.",
        "$ref": "#/$defs/count",
        "examples": [
          1
        ]
      },
      "maxItems": {
        "title": "Most items",
        "description": "The largest number of elements.",
        "$ref": "#/$defs/count",
        "examples": [
          2
        ]
      },
      "uniqueItems": {
        "title": "Unique items",
        "description": "Whether all elements must differ.",
        "type": "boolean",
        "examples": [
          true
        ]
      },
      "enum": {
        "title": "Allowed values",
        "description": "The only values allowed.",
        "type": "array",
        "items": true,
        "minItems": 1,
        "uniqueItems": true,
        "examples": [
          [
            "male",
            "female",
            "neutral"
          ]
        ]
      },
      "const": {
        "title": "Constant",
        "description": "The only value allowed.",
        "examples": [
          "trackshots"
        ]
      },
      "minimum": {
        "title": "Minimum",
        "description": "The smallest number allowed.",
        "type": "number",
        "examples": [
          0
        ]
      },
      "maximum": {
        "title": "Maximum",
        "description": "The largest number allowed.",
        "type": "number",
        "examples": [
          1
        ]
      },
      "exclusiveMinimum": {
        "title": "Lower bound",
        "description": "Numbers must be greater.",
        "type": "number",
        "examples": [
          0
        ]
      },
      "exclusiveMaximum": {
        "title": "Upper bound",
        "description": "Numbers must be smaller.",
        "type": "number",
        "examples": [
          1
        ]
      },
      "multipleOf": {
        "title": "Multiple of",
        "description": "Numbers must be a multiple of this one.",
        "type": "number",
        "exclusiveMinimum": 0,
        "examples": [
          0.5
        ]
      },
      "minLength": {
        "title": "Shortest text",
        "description": "The smallest number of characters.",
        "$ref": "#/$defs/count",
        "examples": [
          1
        ]
      },
      "maxLength": {
        "title": "Longest text",
        "description": "The largest number of characters.",
        "$ref": "#/$defs/count",
        "examples": [
          11
        ]
      },
      "pattern": {
        "title": "Pattern",
        "description": "A regular expression (flag `u`) that must match somewhere in the text. Use `^` and `$` to match all of it.",
        "type": "string",
        "examples": [
          "^S\\d{3}C\\d{3}$"
        ]
      },
      "anyOf": {
        "title": "Any of",
        "description": "At least one schema must hold. When the schemas say what kind of value there is, the first that the stored value fits is taken; when they only set conditions such as `required`, they are checked.",
        "$ref": "#/$defs/schemas",
        "examples": [
          [
            {
              "required": [
                "visible"
              ]
            },
            {
              "required": [
                "infrared"
              ]
            }
          ]
        ]
      },
      "oneOf": {
        "title": "One of",
        "description": "Exactly one schema must hold; otherwise as `anyOf`.",
        "$ref": "#/$defs/schemas",
        "examples": [
          [
            {
              "type": "integer"
            },
            {
              "type": "array",
              "items": {
                "type": "integer"
              }
            }
          ]
        ]
      },
      "allOf": {
        "title": "All of",
        "description": "Conditions that must all hold. They say nothing about storage.",
        "$ref": "#/$defs/schemas",
        "examples": [
          [
            {
              "if": {
                "required": [
                  "box_score"
                ]
              },
              "then": {
                "required": [
                  "frame_inds"
                ]
              }
            }
          ]
        ]
      },
      "if": {
        "title": "If",
        "description": "When this condition holds, `then` must hold, else `else`. None of them says anything about storage.",
        "$dynamicRef": "#meta",
        "examples": [
          {
            "required": [
              "valid"
            ]
          }
        ]
      },
      "then": {
        "title": "Then",
        "description": "Must hold when `if` does.",
        "$dynamicRef": "#meta",
        "examples": [
          {
            "required": [
              "box_score"
            ]
          }
        ]
      },
      "else": {
        "title": "Else",
        "description": "Must hold when `if` does not.",
        "$dynamicRef": "#meta",
        "examples": [
          {
            "required": [
              "keypoint"
            ]
          }
        ]
      },
      "not": {
        "title": "Not",
        "description": "A condition that must not hold.",
        "$dynamicRef": "#meta",
        "examples": [
          {
            "required": [
              "annos"
            ]
          }
        ]
      },
      "dependentRequired": {
        "title": "Required together",
        "description": "For a key, the other keys that must be there when it is.",
        "type": "object",
        "additionalProperties": {
          "type": "array",
          "items": {
            "type": "string"
          },
          "uniqueItems": true
        },
        "examples": [
          {
            "box_score": [
              "frame_inds"
            ]
          }
        ]
      },
      "propertyNames": {
        "title": "Names of properties",
        "description": "A condition on every key.",
        "$dynamicRef": "#meta",
        "examples": [
          {
            "pattern": "^[a-z_]+$"
          }
        ]
      },
      "default": {
        "title": "Default",
        "description": "Filled in by reading when the key is absent: a string, a number or a boolean.",
        "type": [
          "string",
          "number",
          "boolean"
        ],
        "examples": [
          false
        ]
      },
      "examples": {
        "title": "Examples",
        "description": "Values as they may occur, for documentation.",
        "type": "array",
        "examples": [
          [
            "coco/train2017/000000000009.jpg"
          ]
        ]
      },
      "deprecated": {
        "title": "Deprecated",
        "description": "Whether new files should do without it. The generated member is marked.",
        "type": "boolean",
        "examples": [
          true
        ]
      }
    },
    "dependentRequired": {
      "then": [
        "if"
      ],
      "else": [
        "if"
      ]
    },
    "dependentSchemas": {
      "$ref": {
        "properties": {
          "type": false,
          "enum": false,
          "const": false,
          "properties": false,
          "required": false,
          "patternProperties": false,
          "additionalProperties": false,
          "items": false,
          "prefixItems": false,
          "anyOf": false,
          "oneOf": false,
          "ndarray": false,
          "sparse": false,
          "dims": false,
          "length": false,
          "numbered": false,
          "closed": false
        }
      }
    },
    "$defs": {
      "type": {
        "title": "type",
        "enum": [
          "object",
          "array",
          "string",
          "integer",
          "number",
          "boolean",
          "null"
        ]
      },
      "count": {
        "title": "count",
        "type": "integer",
        "minimum": 0
      },
      "reference": {
        "title": "reference",
        "description": "A string such as \"#/$defs/Pose\", \"parts.json#/$defs/Pose\" or \"parts.json\".",
        "type": "string",
        "pattern": "^(?!#?$)(?![A-Za-z][A-Za-z0-9+.-]*:)(?!/)([^#]+\\.json)?(#(/\\$defs/[^/]+)?)?$"
      },
      "schemas": {
        "type": "array",
        "items": {
          "$dynamicRef": "#meta"
        },
        "minItems": 1
      }
    }
  },
  "array.json": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:somakit:dialect:1:array",
    "$dynamicAnchor": "meta",
    "title": "Arrays",
    "description": "Arrays of numbers: element types, shapes, symbols for sizes, and forms in which arrays are stored.",
    "type": [
      "object",
      "boolean"
    ],
    "properties": {
      "ndarray": {
        "title": "Array",
        "description": "The value is an array: its element types and its shape. A node with `ndarray` has no `type`.",
        "type": "object",
        "required": [
          "dtype",
          "shape"
        ],
        "additionalProperties": false,
        "properties": {
          "dtype": {
            "title": "Element types",
            "description": "All dtypes that are accepted; the first is written.",
            "$ref": "#/$defs/dtypes",
            "examples": [
              "float32",
              [
                "float32",
                "float64"
              ]
            ]
          },
          "shape": {
            "title": "Shape",
            "description": "One size an axis.",
            "$ref": "#/$defs/shape",
            "examples": [
              [
                "N",
                190,
                3
              ]
            ]
          },
          "values": {
            "title": "Allowed elements",
            "description": "The only values that elements may have.",
            "type": "array",
            "items": {
              "type": "number"
            },
            "minItems": 1,
            "uniqueItems": true,
            "examples": [
              [
                0,
                1
              ]
            ]
          },
          "where": {
            "title": "Where",
            "description": "Sizes that symbols of the shape have in this form of the value, each one size or a list of those that it may have.",
            "type": "object",
            "propertyNames": {
              "$ref": "#/$defs/symbol"
            },
            "additionalProperties": {
              "title": "size or list of sizes",
              "if": {
                "type": "array"
              },
              "then": {
                "type": "array",
                "items": {
                  "$ref": "#/$defs/number"
                },
                "minItems": 1,
                "uniqueItems": true
              },
              "else": {
                "$ref": "#/$defs/number"
              }
            },
            "minProperties": 1,
            "examples": [
              {
                "C": 2
              },
              {
                "V": [
                  17,
                  18
                ]
              }
            ]
          }
        },
        "examples": [
          {
            "dtype": [
              "float32",
              "float64"
            ],
            "shape": [
              "N",
              190,
              3
            ]
          }
        ]
      },
      "dims": {
        "title": "Symbols",
        "description": "Opens a scope of symbols for sizes. Wherever a symbol stands in this object or below it, it is the same number. An object below may declare it anew.",
        "type": "object",
        "propertyNames": {
          "$ref": "#/$defs/symbol"
        },
        "additionalProperties": {
          "title": "Symbol",
          "description": "What is known about a symbol.",
          "type": "object",
          "additionalProperties": false,
          "dependentRequired": {
            "unset": [
              "equals"
            ]
          },
          "properties": {
            "role": {
              "title": "Role",
              "description": "What the axis counts. Slicing in time follows the symbol with the role `frame`.",
              "enum": [
                "frame",
                "person",
                "keypoint",
                "vertex",
                "channel"
              ],
              "examples": [
                "frame"
              ]
            },
            "size": {
              "title": "Size",
              "description": "The only size allowed, or a list of them.",
              "if": {
                "type": "array"
              },
              "then": {
                "type": "array",
                "items": {
                  "$ref": "#/$defs/number"
                },
                "minItems": 1,
                "uniqueItems": true
              },
              "else": {
                "$ref": "#/$defs/number"
              },
              "examples": [
                190,
                [
                  2,
                  3
                ]
              ]
            },
            "equals": {
              "title": "Stated by",
              "description": "The key beside that states the size, or the difference of two.",
              "if": {
                "type": "object"
              },
              "then": {
                "required": [
                  "minus"
                ],
                "additionalProperties": false,
                "properties": {
                  "minus": {
                    "title": "Difference",
                    "description": "The size is the first key's value minus the second's.",
                    "type": "array",
                    "items": {
                      "type": "string",
                      "minLength": 1
                    },
                    "minItems": 2,
                    "maxItems": 2,
                    "examples": [
                      [
                        "end_frame",
                        "start_frame"
                      ]
                    ]
                  }
                }
              },
              "else": {
                "type": "string",
                "minLength": 1
              },
              "examples": [
                "total_frames",
                {
                  "minus": [
                    "end_frame",
                    "start_frame"
                  ]
                }
              ]
            },
            "unset": {
              "title": "Not known",
              "description": "The value of `equals` that means that the size is not stated.",
              "type": "integer",
              "examples": [
                -1
              ]
            },
            "description": {
              "title": "Description",
              "description": "What the symbol counts, for people.",
              "type": "string",
              "examples": [
                "Frames of the clip."
              ]
            }
          },
          "examples": [
            {
              "role": "frame",
              "equals": "total_frames"
            }
          ]
        },
        "examples": [
          {
            "N": {
              "role": "frame"
            },
            "K": {
              "role": "keypoint",
              "size": 190
            }
          }
        ]
      },
      "length": {
        "title": "Length",
        "description": "Number of elements of a list: a symbol or a whole number.",
        "if": {
          "type": "string"
        },
        "then": {
          "$ref": "#/$defs/symbol"
        },
        "else": {
          "$ref": "#/$defs/number"
        },
        "examples": [
          "N"
        ]
      },
      "follows": {
        "title": "Follows",
        "description": "The symbol that a value follows whose schema states no size, or a list of symbols: its first axis (that of an array, of a list, or of each member of a dict) has one item for each of the first of them whose size it has. With none of these sizes the value belongs to all items alike. Slicing and selecting go by it; nothing is checked. Beside a stated size it is the second choice, for values that may belong to either.",
        "if": {
          "type": "array"
        },
        "then": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/symbol"
          },
          "minItems": 1,
          "uniqueItems": true
        },
        "else": {
          "$ref": "#/$defs/symbol"
        },
        "examples": [
          "N",
          [
            "N",
            "I"
          ]
        ]
      },
      "ranges": {
        "title": "Ranges",
        "description": "Row `i` of the array says which positions along this symbol belong to item `i` of the symbol of its first axis: the first position, and the one after the last. The shape is that symbol and 2, the dtypes are whole numbers.",
        "$ref": "#/$defs/symbol",
        "examples": [
          "N"
        ]
      },
      "sparse": {
        "title": "Sparse array",
        "description": "The value is an array that is stored as a compressed sparse row matrix. A node with `sparse` has no `type`.",
        "type": "object",
        "required": [
          "layout",
          "dtype",
          "shape",
          "parts"
        ],
        "additionalProperties": false,
        "properties": {
          "layout": {
            "title": "Layout",
            "description": "How the matrix is stored: `csr`, rows one after the other.",
            "enum": [
              "csr"
            ],
            "examples": [
              "csr"
            ]
          },
          "dtype": {
            "title": "Element types",
            "description": "dtypes of the dense array that are accepted; the first is written.",
            "$ref": "#/$defs/dtypes",
            "examples": [
              "float32",
              [
                "float32",
                "float64"
              ]
            ]
          },
          "shape": {
            "title": "Shape",
            "description": "Shape of the dense array: rows, columns, and what one stored element is made of.",
            "$ref": "#/$defs/shape",
            "examples": [
              [
                "F",
                "J",
                3
              ]
            ]
          },
          "decides": {
            "title": "Decides",
            "description": "The position, in what one stored element is made of, of the number that decides whether an element is stored: it is unless that number is 0, and what is left out reads as zeros. NaN is not 0. Default: elements are stored unless all their numbers are 0.",
            "$ref": "#/$defs/number",
            "examples": [
              2
            ]
          },
          "columns": {
            "title": "Columns",
            "description": "What says how many columns there are, where the shape has a symbol for them and no object around is certain to state it: `array`, an array beside the parts; `attribute`, an attribute of the group that has them. Both hold two numbers, rows and columns, or that of columns alone. `largest-index`: nothing does, so there are as many as the largest index needs; columns in which nothing is stored are lost at the end, which writing refuses. Where what is named is not there, objects around are asked.",
            "if": {
              "type": "object"
            },
            "then": {
              "minProperties": 1,
              "maxProperties": 1,
              "additionalProperties": false,
              "properties": {
                "array": {
                  "title": "Array",
                  "description": "Stored name of the array.",
                  "type": "string",
                  "minLength": 1,
                  "examples": [
                    "shape"
                  ]
                },
                "attribute": {
                  "title": "Attribute",
                  "description": "Name of the attribute.",
                  "type": "string",
                  "minLength": 1,
                  "examples": [
                    "shape"
                  ]
                }
              }
            },
            "else": {
              "enum": [
                "largest-index"
              ]
            },
            "examples": [
              {
                "attribute": "shape"
              },
              {
                "array": "shape"
              },
              "largest-index"
            ]
          },
          "written": {
            "title": "Written as",
            "description": "dtypes in which `indices` and `indptr` are written. Default: int32. Reading accepts whole numbers of any size.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": false,
            "properties": {
              "indices": {
                "title": "Indices",
                "description": "dtype of the columns.",
                "$ref": "#/$defs/dtype",
                "examples": [
                  "uint16"
                ]
              },
              "indptr": {
                "title": "Row starts",
                "description": "dtype of the row starts.",
                "$ref": "#/$defs/dtype",
                "examples": [
                  "uint32"
                ]
              }
            },
            "examples": [
              {
                "indices": "uint16",
                "indptr": "uint32"
              }
            ]
          },
          "parts": {
            "title": "Parts",
            "description": "Stored names of the three arrays.",
            "type": "object",
            "required": [
              "data",
              "indices",
              "indptr"
            ],
            "additionalProperties": false,
            "properties": {
              "data": {
                "title": "Data",
                "description": "The stored elements, row by row.",
                "type": "string",
                "minLength": 1,
                "examples": [
                  "data"
                ]
              },
              "indices": {
                "title": "Indices",
                "description": "The column of each stored element.",
                "type": "string",
                "minLength": 1,
                "examples": [
                  "indices"
                ]
              },
              "indptr": {
                "title": "Row starts",
                "description": "Where each row starts, and the end of the last.",
                "type": "string",
                "minLength": 1,
                "examples": [
                  "indptr"
                ]
              }
            },
            "examples": [
              {
                "data": "data",
                "indices": "indices",
                "indptr": "indptr"
              }
            ]
          }
        },
        "examples": [
          {
            "layout": "csr",
            "dtype": "float32",
            "shape": [
              "F",
              "J",
              3
            ],
            "parts": {
              "data": "data",
              "indices": "indices",
              "indptr": "indptr"
            }
          }
        ]
      },
      "encoding": {
        "title": "Encoding",
        "description": "Steps from the array to its stored form, in the order of writing. Reading takes them backwards.",
        "type": "array",
        "items": {
          "$ref": "#/$defs/step"
        },
        "minItems": 1,
        "examples": [
          [
            {
              "codec": "mask-pack",
              "axis": 1,
              "mask": "{key}_mask",
              "when": "__keypoints_compressed__"
            }
          ]
        ]
      },
      "legacy": {
        "title": "Outdated forms",
        "description": "Shapes and dtypes that old files have and reading brings up to date.",
        "type": "array",
        "minItems": 1,
        "items": {
          "title": "Outdated form",
          "description": "One outdated form: what tells it apart, and how it is brought up to date.",
          "type": "object",
          "required": [
            "description"
          ],
          "anyOf": [
            {
              "required": [
                "shape"
              ]
            },
            {
              "required": [
                "dtype"
              ]
            }
          ],
          "additionalProperties": false,
          "properties": {
            "shape": {
              "title": "Shape",
              "description": "Shape of the outdated form. Default: the current one.",
              "$ref": "#/$defs/shape",
              "examples": [
                [
                  "N",
                  4
                ]
              ]
            },
            "dtype": {
              "title": "Element types",
              "description": "dtypes of the outdated form. Default: the current ones.",
              "$ref": "#/$defs/dtypes",
              "examples": [
                "object"
              ]
            },
            "fill": {
              "title": "Fill",
              "description": "Value of the elements that are missing at the end of axes.",
              "type": "number",
              "examples": [
                1
              ]
            },
            "to": {
              "title": "New dtype",
              "description": "dtype after the conversion.",
              "$ref": "#/$defs/dtype",
              "examples": [
                "float32"
              ]
            },
            "description": {
              "title": "Description",
              "description": "Who wrote it so, and when.",
              "type": "string",
              "minLength": 1,
              "examples": [
                "Files of 2021 have no confidence."
              ]
            }
          },
          "examples": [
            {
              "shape": [
                "N",
                4
              ],
              "fill": 1,
              "description": "Files of 2021 have no confidence."
            }
          ]
        },
        "examples": [
          [
            {
              "shape": [
                "N",
                4
              ],
              "fill": 1,
              "description": "Files of 2021 have no confidence."
            }
          ]
        ]
      }
    },
    "dependentRequired": {
      "encoding": [
        "ndarray"
      ],
      "legacy": [
        "ndarray"
      ],
      "ranges": [
        "ndarray"
      ]
    },
    "dependentSchemas": {
      "ndarray": {
        "properties": {
          "type": false,
          "sparse": false,
          "enum": false,
          "const": false,
          "properties": false,
          "patternProperties": false,
          "additionalProperties": false,
          "items": false,
          "prefixItems": false,
          "dims": false,
          "numbered": false,
          "closed": false
        }
      },
      "sparse": {
        "properties": {
          "type": false,
          "enum": false,
          "const": false,
          "properties": false,
          "patternProperties": false,
          "additionalProperties": false,
          "items": false,
          "prefixItems": false,
          "dims": false,
          "numbered": false,
          "closed": false
        }
      },
      "length": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "array"
          }
        }
      }
    },
    "$defs": {
      "dtype": {
        "title": "dtype",
        "enum": [
          "bool",
          "int8",
          "int16",
          "int32",
          "int64",
          "uint8",
          "uint16",
          "uint32",
          "uint64",
          "float16",
          "float32",
          "float64",
          "complex64",
          "complex128",
          "string",
          "bytes",
          "object",
          "datetime64",
          "timedelta64",
          "struct"
        ]
      },
      "dtypes": {
        "if": {
          "type": "array"
        },
        "then": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/dtype"
          },
          "minItems": 1,
          "uniqueItems": true
        },
        "else": {
          "$ref": "#/$defs/dtype"
        }
      },
      "shape": {
        "type": "array",
        "items": {
          "$ref": "#/$defs/size"
        },
        "maxItems": 64
      },
      "number": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991
      },
      "size": {
        "title": "size",
        "description": "A whole number, a symbol, \"*\" or \"...\".",
        "if": {
          "type": "string"
        },
        "then": {
          "title": "size",
          "description": "A whole number, a symbol, \"*\" or \"...\".",
          "pattern": "^(\\*|\\.\\.\\.|[A-Za-z][A-Za-z0-9_]*)$"
        },
        "else": {
          "title": "size",
          "description": "A whole number, a symbol, \"*\" or \"...\".",
          "type": "integer",
          "minimum": 0,
          "maximum": 9007199254740991
        }
      },
      "symbol": {
        "title": "symbol",
        "description": "A letter, then letters, digits and \"_\".",
        "type": "string",
        "pattern": "^[A-Za-z][A-Za-z0-9_]*$"
      },
      "step": {
        "title": "Step",
        "description": "One step of the encoding.",
        "type": "object",
        "required": [
          "codec"
        ],
        "properties": {
          "codec": {
            "title": "Codec",
            "description": "`mask-pack` leaves out what a mask marks with 0, `quantize` rounds to whole steps, `delta` stores differences along an axis, `with-factor` stores the steps' size with the array.",
            "enum": [
              "mask-pack",
              "quantize",
              "delta",
              "with-factor"
            ],
            "examples": [
              "mask-pack"
            ]
          }
        },
        "allOf": [
          {
            "if": {
              "required": [
                "codec"
              ],
              "properties": {
                "codec": {
                  "const": "mask-pack"
                }
              }
            },
            "then": {
              "required": [
                "axis",
                "mask"
              ],
              "additionalProperties": false,
              "properties": {
                "codec": true,
                "axis": {
                  "title": "Axis",
                  "description": "The axis that is packed; negative from the end.",
                  "type": "integer",
                  "examples": [
                    1
                  ]
                },
                "mask": {
                  "title": "Mask",
                  "description": "The key beside that holds 0 or 1 for each element of the axis. `{key}` stands for the array's own key.",
                  "type": "string",
                  "minLength": 1,
                  "examples": [
                    "{key}_mask"
                  ]
                },
                "when": {
                  "title": "When",
                  "description": "The key beside that says whether the array is packed. Default: always.",
                  "type": "string",
                  "minLength": 1,
                  "examples": [
                    "__keypoints_compressed__"
                  ]
                }
              }
            }
          },
          {
            "if": {
              "required": [
                "codec"
              ],
              "properties": {
                "codec": {
                  "const": "quantize"
                }
              }
            },
            "then": {
              "required": [
                "step",
                "as"
              ],
              "additionalProperties": false,
              "properties": {
                "codec": true,
                "step": {
                  "title": "Step",
                  "description": "Size of one step: in the array's unit, or in the smaller one that `per` states.",
                  "type": "number",
                  "exclusiveMinimum": 0,
                  "examples": [
                    0.5
                  ]
                },
                "per": {
                  "title": "Units of the step",
                  "description": "How many of the step's units make one of the array's. Values are multiplied by 1 / `step`, and that by this number. Default: 1.",
                  "type": "number",
                  "exclusiveMinimum": 0,
                  "examples": [
                    1000
                  ]
                },
                "option": {
                  "title": "Option",
                  "description": "Name under which a writer can be told another step: a letter, then letters and digits. Several arrays may have the same. Default: none.",
                  "type": "string",
                  "pattern": "^[a-z][A-Za-z0-9]*$",
                  "examples": [
                    "quantizationMm"
                  ]
                },
                "as": {
                  "title": "Stored as",
                  "description": "dtype of the number of steps.",
                  "$ref": "#/$defs/dtype",
                  "examples": [
                    "int32"
                  ]
                }
              }
            }
          },
          {
            "if": {
              "required": [
                "codec"
              ],
              "properties": {
                "codec": {
                  "const": "delta"
                }
              }
            },
            "then": {
              "required": [
                "axis"
              ],
              "additionalProperties": false,
              "properties": {
                "codec": true,
                "axis": {
                  "title": "Axis",
                  "description": "The axis along which differences are taken; negative from the end.",
                  "type": "integer",
                  "examples": [
                    -2
                  ]
                }
              }
            }
          },
          {
            "if": {
              "required": [
                "codec"
              ],
              "properties": {
                "codec": {
                  "const": "with-factor"
                }
              }
            },
            "then": {
              "additionalProperties": false,
              "properties": {
                "codec": true
              }
            }
          }
        ],
        "examples": [
          {
            "codec": "delta",
            "axis": -2
          }
        ]
      }
    }
  },
  "storage.json": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:somakit:dialect:1:storage",
    "$dynamicAnchor": "meta",
    "title": "Storage",
    "description": "In which file and under which name and form values are stored.",
    "type": [
      "object",
      "boolean"
    ],
    "properties": {
      "container": {
        "title": "Container",
        "description": "Makes the file a data set: the kind of file that holds it, or a list of kinds, the first of which is written. At the root of a file only; a file without it is a part that others refer to.",
        "if": {
          "type": "array"
        },
        "then": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/container"
          },
          "minItems": 1
        },
        "else": {
          "$ref": "#/$defs/container"
        },
        "examples": [
          "npz",
          {
            "kind": "pickle",
            "extensions": [
              ".pkl"
            ],
            "nulls": "absent"
          },
          [
            "npz",
            "pickle"
          ]
        ]
      },
      "detect": {
        "title": "Recognised by",
        "description": "A file is this data set when one of these rules holds: the keys of a rule are all there, with the values that it states. Default: one rule with the required keys. At the root of a file only.",
        "type": "array",
        "minItems": 1,
        "items": {
          "title": "Rule",
          "description": "Keys that must be there, or an object with `present` and `absent` keys and `values`.",
          "if": {
            "type": "array"
          },
          "then": {
            "$ref": "#/$defs/keys"
          },
          "else": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": false,
            "properties": {
              "present": {
                "title": "Present",
                "description": "Keys that must all be there.",
                "$ref": "#/$defs/keys",
                "examples": [
                  [
                    "annotations",
                    "split"
                  ]
                ]
              },
              "absent": {
                "title": "Absent",
                "description": "Keys none of which may be there.",
                "$ref": "#/$defs/keys",
                "examples": [
                  [
                    "frame_range"
                  ]
                ]
              },
              "values": {
                "title": "Values",
                "description": "Keys that must be there and hold these values: texts, numbers or truth values.",
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {
                  "type": [
                    "string",
                    "number",
                    "boolean"
                  ]
                },
                "examples": [
                  {
                    "fmt_type": "unseg"
                  }
                ]
              },
              "names": {
                "title": "Names",
                "description": "A regular expression (flag `u`) that at least one key of the root matches. With `\"in\": \"members\"`, the first that does is the member whose keys are looked at.",
                "type": "string",
                "minLength": 1,
                "examples": [
                  "^scene_"
                ]
              },
              "in": {
                "title": "In",
                "description": "Whose keys these are: those of the `root`, of the first of its `items`, when it is a list, of the first of its `members`, whatever their keys, or of one `member`. Default: `root`.",
                "if": {
                  "type": "object"
                },
                "then": {
                  "type": "object",
                  "required": [
                    "member"
                  ],
                  "additionalProperties": false,
                  "properties": {
                    "member": {
                      "title": "Member",
                      "description": "Key of the member.",
                      "type": "string",
                      "minLength": 1,
                      "examples": [
                        "faces"
                      ]
                    }
                  }
                },
                "else": {
                  "enum": [
                    "root",
                    "items",
                    "members"
                  ]
                },
                "examples": [
                  "items",
                  {
                    "member": "faces"
                  }
                ]
              }
            },
            "anyOf": [
              {
                "not": {
                  "required": [
                    "in"
                  ]
                }
              },
              {
                "required": [
                  "present"
                ]
              },
              {
                "required": [
                  "values"
                ]
              },
              {
                "required": [
                  "names"
                ]
              }
            ]
          },
          "examples": [
            [
              "annotations",
              "split"
            ],
            {
              "present": [
                "image_path"
              ],
              "absent": [
                "frame_range"
              ]
            },
            {
              "present": [
                "timeline"
              ],
              "values": {
                "fmt_type": "unseg"
              }
            }
          ]
        },
        "examples": [
          [
            [
              "annotations",
              "split"
            ],
            {
              "present": [
                "image_path"
              ],
              "absent": [
                "frame_range"
              ]
            }
          ]
        ]
      },
      "stored": {
        "title": "Stored form",
        "description": "The name or the form in which the value is stored, where they are not the obvious ones. Reading accepts every form that gives the value.",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": false,
        "properties": {
          "name": {
            "title": "Stored name",
            "description": "The key in the file, where users see another one.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "qd_vertices"
            ]
          },
          "aliases": {
            "title": "Former names",
            "description": "Keys under which older files store the value. Read when the current key is absent, never written.",
            "type": "array",
            "items": {
              "type": "string",
              "minLength": 1
            },
            "minItems": 1,
            "uniqueItems": true,
            "examples": [
              [
                "__temporal_len__"
              ]
            ]
          },
          "as": {
            "title": "Form",
            "description": "`scalar-array`: an array without axes. `string-array`, `array`: a 1-d array in place of a list. `pickled-scalar`: an object array without axes that holds the value. `tuple`, `list`: a Python tuple or list. `python-scalar`: a number or truth value of Python itself, not of NumPy.",
            "enum": [
              "scalar-array",
              "string-array",
              "array",
              "pickled-scalar",
              "tuple",
              "list",
              "python-scalar"
            ],
            "examples": [
              "scalar-array"
            ]
          },
          "last": {
            "title": "Last",
            "description": "The member is stored behind all that are not, in the order of the schema. Default: members keep their order.",
            "const": true,
            "examples": [
              true
            ]
          },
          "dtype": {
            "title": "Element type",
            "description": "dtype of a `scalar-array` or an `array`. Of a `string-array`: `string`, which is the default, or `bytes` for text in UTF-8 as h5py writes it.",
            "$ref": "urn:somakit:dialect:1:array#/$defs/dtype",
            "examples": [
              "int64"
            ]
          },
          "ordered": {
            "title": "Ordered",
            "description": "The group that stands for the object remembers in which order its members were written (HDF5). Default: it does not.",
            "const": true,
            "examples": [
              true
            ]
          }
        },
        "examples": [
          {
            "as": "scalar-array",
            "dtype": "int64"
          },
          {
            "name": "qd_vertices"
          }
        ]
      },
      "numbered": {
        "title": "Numbered children",
        "description": "The elements of the list are groups or folders with numbered names, such as `pose0` or `datapoint_00001`.",
        "type": "object",
        "required": [
          "prefix"
        ],
        "additionalProperties": false,
        "properties": {
          "prefix": {
            "title": "Prefix",
            "description": "What stands before the number.",
            "$ref": "#/$defs/namePart",
            "examples": [
              "datapoint_"
            ]
          },
          "suffix": {
            "title": "Suffix",
            "description": "What stands behind the number. Default: nothing.",
            "$ref": "#/$defs/namePart",
            "examples": [
              ".json"
            ]
          },
          "from": {
            "title": "First number",
            "description": "Default: 0.",
            "type": "integer",
            "minimum": 0,
            "examples": [
              1
            ]
          },
          "pad": {
            "title": "Digits",
            "description": "Numbers are padded with leading zeros to so many digits. Default: 0, no padding.",
            "type": "integer",
            "minimum": 0,
            "maximum": 32,
            "examples": [
              5
            ]
          },
          "gaps": {
            "title": "Gaps",
            "description": "Whether numbers may be left out. Default: false.",
            "type": "boolean",
            "examples": [
              true
            ]
          }
        },
        "examples": [
          {
            "prefix": "datapoint_",
            "from": 1,
            "pad": 5,
            "gaps": true
          }
        ]
      },
      "named": {
        "title": "Named children",
        "description": "The elements of the list are folders, groups or (where items are files) files, in the order of their names. `itemName` keeps the name of each.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "pattern": {
            "title": "Pattern",
            "description": "A regular expression (flag `u`) that their names match. Default: all that no other property is stored as. Names that begin with a dot, and `__MACOSX`, are never among them.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "^scene_"
            ]
          }
        },
        "examples": [
          {
            "pattern": "^scene_"
          }
        ]
      },
      "attribute": {
        "title": "Attribute",
        "description": "The value is an attribute of its group (HDF5): `true`, or the attribute's name where it is not the key.",
        "if": {
          "type": "string"
        },
        "then": {
          "minLength": 1
        },
        "else": {
          "const": true
        },
        "examples": [
          true,
          "start_frame"
        ]
      },
      "itself": {
        "title": "Itself",
        "description": "The value is the array that stands where the object around it would; the other members of that object are attributes of the array (HDF5).",
        "const": true,
        "examples": [
          true
        ]
      },
      "itemNumber": {
        "title": "Number of the item",
        "description": "The value is the number in the name of the object around it, which is an item of a `numbered` list. It is stored nowhere else.",
        "const": true,
        "examples": [
          true
        ]
      },
      "itemName": {
        "title": "Name of the item",
        "description": "The value is the name of the object around it, which is an item of a `named` or `numbered` list. It is stored nowhere else.",
        "const": true,
        "examples": [
          true
        ]
      },
      "folder": {
        "title": "Folder",
        "description": "The value's files are in this sub-folder: a relative path with `/`.",
        "$ref": "#/$defs/path",
        "examples": [
          "key_points"
        ]
      },
      "file": {
        "title": "File",
        "description": "The value is a file of its own: its relative path and what it holds. Properties found by a pattern, and items of lists, have names of their own and no path.",
        "type": "object",
        "required": [
          "media"
        ],
        "additionalProperties": false,
        "properties": {
          "path": {
            "title": "Path",
            "description": "Path of the file, relative to the folder, with `/`.",
            "$ref": "#/$defs/path",
            "examples": [
              "visible_spectrum.png"
            ]
          },
          "media": {
            "title": "Media type",
            "description": "What the file holds. Read and written as what they are: `application/json`, `image/png`, `image/x-exr`, `application/x-npy`, `application/x-npz`, `application/x-pickle`. Files of any other type are bytes.",
            "$ref": "#/$defs/mediaType",
            "examples": [
              "image/png",
              "application/json",
              "application/x-npz"
            ]
          },
          "channel": {
            "title": "Channel",
            "description": "Of a file that holds several arrays by name (image/x-exr) the one that is the value: the first of these that is there, or the only one.",
            "$ref": "#/$defs/keys",
            "examples": [
              [
                "R",
                "Y",
                "Z"
              ]
            ]
          },
          "copies": {
            "title": "Copies",
            "description": "The names under which that array is written. Default: the first name of `channel`.",
            "$ref": "#/$defs/keys",
            "examples": [
              [
                "B",
                "G",
                "R"
              ]
            ]
          },
          "channels": {
            "title": "Channels",
            "description": "The arrays of such a file that are the value, in this order along its last axis.",
            "$ref": "#/$defs/keys",
            "examples": [
              [
                "R",
                "G",
                "B"
              ]
            ]
          }
        },
        "dependentRequired": {
          "copies": [
            "channel"
          ]
        },
        "dependentSchemas": {
          "channel": {
            "properties": {
              "channels": false
            }
          }
        },
        "examples": [
          {
            "path": "visible_spectrum.png",
            "media": "image/png"
          },
          {
            "path": "depth.exr",
            "media": "image/x-exr",
            "channel": [
              "R",
              "Y",
              "Z"
            ]
          }
        ]
      },
      "elsewhere": {
        "title": "Elsewhere",
        "description": "The text is the path of a file, from a folder that whoever reads names, in which the rest of the object around is. That file is in the same container. What it has counts more than what stands here.",
        "type": "object",
        "required": [
          "entry"
        ],
        "additionalProperties": false,
        "properties": {
          "entry": {
            "title": "Entry",
            "description": "The key beside whose text is the name that the object has in that file.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "name"
            ]
          }
        },
        "examples": [
          {
            "entry": "name"
          }
        ]
      },
      "records": {
        "title": "Records",
        "description": "The records of a stream in their order. Each becomes a property, one that repeats a list; then the root has no `properties` of its own. At the root of a file only.",
        "type": "array",
        "minItems": 1,
        "items": {
          "title": "Record",
          "description": "One record, or the records that repeat to the end.",
          "type": "object",
          "required": [
            "name",
            "schema"
          ],
          "additionalProperties": false,
          "properties": {
            "name": {
              "title": "Name",
              "description": "Key of the property.",
              "type": "string",
              "minLength": 1,
              "examples": [
                "header"
              ]
            },
            "schema": {
              "title": "Schema",
              "description": "Reference to the record's schema.",
              "type": "object",
              "required": [
                "$ref"
              ],
              "additionalProperties": false,
              "properties": {
                "$ref": {
                  "title": "Reference",
                  "description": "As the keyword `$ref`.",
                  "$ref": "urn:somakit:dialect:1:standard#/$defs/reference",
                  "examples": [
                    "#/$defs/Header"
                  ]
                }
              },
              "examples": [
                {
                  "$ref": "#/$defs/Header"
                }
              ]
            },
            "ownStream": {
              "title": "Own stream",
              "description": "Whether the record is a compressed stream by itself. Default: false.",
              "type": "boolean",
              "examples": [
                true
              ]
            },
            "repeat": {
              "title": "Repeats",
              "description": "Whether any number of such records follow, to the end. Default: false.",
              "type": "boolean",
              "examples": [
                true
              ]
            },
            "present": {
              "title": "Present",
              "description": "Keys that the record has. Where the record at its place lacks one of them, the file has no such record, and that one is the next. Default: the record is always there.",
              "$ref": "#/$defs/keys",
              "examples": [
                [
                  "version"
                ]
              ]
            },
            "initial": {
              "title": "Initial",
              "description": "What new files begin with where nothing else is given: any value. Members of an object stand in all new files, whatever is given. A record with it may be left out when writing.",
              "examples": [
                null,
                {
                  "version": [
                    1,
                    0
                  ]
                }
              ]
            },
            "room": {
              "title": "Room",
              "description": "Zero bytes behind the record's own stream, so that it can be written once more in its place when all others are, where the compression allows them. A multiple of 4.",
              "type": "integer",
              "minimum": 4,
              "maximum": 1048576,
              "multipleOf": 4,
              "examples": [
                64
              ]
            },
            "count": {
              "title": "Count",
              "description": "Members of records before those that repeat that state how many of them there are, as record and key. The first that a file has counts; of the record that states `start` it is written.",
              "type": "array",
              "minItems": 1,
              "items": {
                "$ref": "#/$defs/recordMember"
              },
              "examples": [
                [
                  [
                    "header",
                    "length"
                  ]
                ]
              ]
            },
            "start": {
              "title": "Start",
              "description": "The member that states the byte at which the first stream of those that repeat begins, as record and key. None in a file whose writer did not come to its end.",
              "$ref": "#/$defs/recordMember",
              "examples": [
                [
                  "header",
                  "start"
                ]
              ]
            },
            "perBlock": {
              "title": "Records in a block",
              "description": "The member that states how many of those that repeat each compressed block holds, the last one perhaps fewer, as record and key. With it one record is found without reading those before it.",
              "$ref": "#/$defs/recordMember",
              "examples": [
                [
                  "header",
                  "per_block"
                ]
              ]
            },
            "writeRequired": {
              "title": "Required to write",
              "description": "Keys without which one of those that repeat is not written, though it can be read.",
              "$ref": "#/$defs/keys",
              "examples": [
                [
                  "vertices"
                ]
              ]
            }
          },
          "dependentRequired": {
            "room": [
              "ownStream"
            ],
            "count": [
              "repeat"
            ],
            "start": [
              "repeat"
            ],
            "perBlock": [
              "repeat"
            ],
            "writeRequired": [
              "repeat"
            ]
          },
          "examples": [
            {
              "name": "header",
              "schema": {
                "$ref": "#/$defs/Header"
              },
              "ownStream": true
            }
          ]
        },
        "examples": [
          [
            {
              "name": "header",
              "schema": {
                "$ref": "#/$defs/Header"
              },
              "ownStream": true
            },
            {
              "name": "frames",
              "schema": {
                "$ref": "#/$defs/Frame"
              },
              "repeat": true
            }
          ]
        ]
      }
    },
    "dependentSchemas": {
      "numbered": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "array"
          }
        }
      },
      "named": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "array"
          },
          "numbered": false
        }
      },
      "attribute": {
        "properties": {
          "folder": false,
          "file": false,
          "itself": false,
          "itemNumber": false,
          "itemName": false
        }
      },
      "itself": {
        "properties": {
          "folder": false,
          "file": false,
          "itemNumber": false,
          "itemName": false
        }
      },
      "itemNumber": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "integer"
          },
          "folder": false,
          "file": false,
          "itemName": false
        }
      },
      "itemName": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "string"
          },
          "folder": false,
          "file": false
        }
      },
      "folder": {
        "properties": {
          "file": false
        }
      },
      "records": {
        "properties": {
          "properties": false,
          "patternProperties": false,
          "additionalProperties": false,
          "required": false,
          "items": false,
          "prefixItems": false,
          "ndarray": false,
          "sparse": false,
          "anyOf": false,
          "oneOf": false
        }
      }
    },
    "dependentRequired": {
      "detect": [
        "container"
      ],
      "records": [
        "container"
      ]
    },
    "$defs": {
      "container": {
        "if": {
          "type": "object"
        },
        "then": {
          "title": "Container",
          "description": "A kind of file and what is special about it.",
          "required": [
            "kind"
          ],
          "additionalProperties": false,
          "properties": {
            "kind": {
              "title": "Kind",
              "description": "The kind of file.",
              "$ref": "#/$defs/kind",
              "examples": [
                "npz"
              ]
            },
            "extensions": {
              "title": "Extensions",
              "description": "Endings of file names, with their dot. The first is used for new files.",
              "type": "array",
              "items": {
                "$ref": "#/$defs/extension"
              },
              "minItems": 1,
              "uniqueItems": true,
              "examples": [
                [
                  ".pkl",
                  ".pickle"
                ]
              ]
            },
            "nulls": {
              "title": "None",
              "description": "`absent`: a stored None means that the key is not there. Default: `keep`.",
              "enum": [
                "keep",
                "absent"
              ],
              "examples": [
                "absent"
              ]
            },
            "wrap": {
              "title": "Compression",
              "description": "The whole file is compressed.",
              "enum": [
                "xz",
                "gzip"
              ],
              "examples": [
                "xz"
              ]
            },
            "classes": {
              "title": "Classes",
              "description": "Python classes whose pickled instances are read as records of their items. No code of theirs runs.",
              "type": "array",
              "items": {
                "$ref": "#/$defs/className"
              },
              "uniqueItems": true,
              "examples": [
                [
                  "mmhuman3d.data.data_structures.human_data.HumanData"
                ]
              ]
            },
            "protocol": {
              "title": "Protocol",
              "description": "Pickle protocol of new files.",
              "type": "integer",
              "minimum": 2,
              "maximum": 5,
              "examples": [
                4
              ]
            }
          }
        },
        "else": {
          "$ref": "#/$defs/kind"
        }
      },
      "kind": {
        "title": "container",
        "enum": [
          "npz",
          "npy",
          "pickle",
          "json",
          "hdf5",
          "folder",
          "msgpack-stream"
        ]
      },
      "extension": {
        "title": "file name ending",
        "description": "A dot, then letters, digits, \".\", \"-\" and \"_\".",
        "type": "string",
        "pattern": "^\\.[A-Za-z0-9._-]+$"
      },
      "className": {
        "title": "Python class",
        "description": "A module and a name, such as \"package.module.Name\".",
        "type": "string",
        "pattern": "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)+$"
      },
      "recordMember": {
        "title": "member of a record",
        "description": "Name of a record, and a key of it.",
        "type": "array",
        "items": {
          "type": "string",
          "minLength": 1
        },
        "minItems": 2,
        "maxItems": 2
      },
      "keys": {
        "type": "array",
        "items": {
          "type": "string",
          "minLength": 1
        },
        "minItems": 1,
        "uniqueItems": true
      },
      "path": {
        "title": "relative path",
        "description": "Names joined by \"/\", without \".\", \"..\", \"\\\" and \":\".",
        "type": "string",
        "pattern": "^(?!\\.{1,2}(/|$))[^/\\\\:\\u0000-\\u001f]+(/(?!\\.{1,2}(/|$))[^/\\\\:\\u0000-\\u001f]+)*$"
      },
      "namePart": {
        "title": "part of a file name",
        "description": "Characters other than \"/\", \"\\\" and \":\".",
        "type": "string",
        "pattern": "^[^/\\\\:\\u0000-\\u001f]*$"
      },
      "mediaType": {
        "title": "media type",
        "description": "Two words and a slash, such as \"image/png\".",
        "type": "string",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9.+-]*/[A-Za-z0-9][A-Za-z0-9.+-]*$"
      }
    }
  },
  "skeleton.json": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:somakit:dialect:1:skeleton",
    "$dynamicAnchor": "meta",
    "title": "Skeletons",
    "description": "What the numbers of an array mean: which keypoints, which unit.",
    "type": [
      "object",
      "boolean"
    ],
    "properties": {
      "keypoints": {
        "title": "Keypoints",
        "description": "One axis of the array counts keypoints: which axis, and in the order of which convention.",
        "type": "object",
        "required": [
          "axis"
        ],
        "additionalProperties": false,
        "properties": {
          "axis": {
            "title": "Axis",
            "description": "The axis that counts keypoints; negative from the end.",
            "type": "integer",
            "examples": [
              1
            ]
          },
          "convention": {
            "title": "Convention",
            "description": "Name of the convention, or the key beside that holds its name, or names by the number of keypoints. Default: nobody says.",
            "if": {
              "type": "object"
            },
            "then": {
              "anyOf": [
                {
                  "required": [
                    "field"
                  ]
                },
                {
                  "required": [
                    "bySize"
                  ]
                },
                {
                  "required": [
                    "root"
                  ]
                }
              ],
              "dependentRequired": {
                "default": [
                  "field"
                ],
                "root": [
                  "names"
                ],
                "names": [
                  "root"
                ]
              },
              "additionalProperties": false,
              "properties": {
                "field": {
                  "title": "Field",
                  "description": "The key beside that holds the name. `{key}` stands for the array's own key.",
                  "type": "string",
                  "minLength": 1,
                  "examples": [
                    "{key}_convention"
                  ]
                },
                "root": {
                  "title": "Root",
                  "description": "A key at the root of the file whose text tells the convention; `names` says which.",
                  "type": "string",
                  "minLength": 1,
                  "examples": [
                    "mode"
                  ]
                },
                "names": {
                  "title": "Names",
                  "description": "The conventions that each text of the key at the root stands for. Of several it is the one with as many keypoints as the axis is long, else the longest that is shorter: the axis has places at its end that are not used then.",
                  "type": "object",
                  "additionalProperties": {
                    "type": "array",
                    "items": {
                      "type": "string",
                      "minLength": 1
                    },
                    "minItems": 1
                  },
                  "minProperties": 1,
                  "examples": [
                    {
                      "BODY_25": [
                        "openpose_25"
                      ]
                    }
                  ]
                },
                "default": {
                  "title": "Default",
                  "description": "The convention when that key is absent; reading fills it in.",
                  "type": "string",
                  "minLength": 1,
                  "examples": [
                    "human_data"
                  ]
                },
                "bySize": {
                  "title": "By size",
                  "description": "Conventions that files mean which name none, by the number of keypoints. Beside a field reading takes the default all the same; an upgrade names the convention that belongs to the size. Without a field it is the only thing that tells.",
                  "type": "object",
                  "propertyNames": {
                    "$ref": "#/$defs/keypointCount"
                  },
                  "additionalProperties": {
                    "type": "string",
                    "minLength": 1
                  },
                  "minProperties": 1,
                  "examples": [
                    {
                      "144": "smplx"
                    }
                  ]
                }
              }
            },
            "else": {
              "type": "string",
              "minLength": 1
            },
            "examples": [
              "coco",
              {
                "field": "{key}_convention",
                "default": "human_data"
              }
            ]
          }
        },
        "examples": [
          {
            "axis": 1,
            "convention": "human_data"
          }
        ]
      },
      "coordinates": {
        "title": "Coordinates",
        "description": "What coordinates mean: where their axes point, for those who look at them; and, of an object or a list that is one point, which of its members are the coordinates.",
        "type": "object",
        "minProperties": 1,
        "dependentRequired": {
          "forward": [
            "up"
          ]
        },
        "additionalProperties": false,
        "properties": {
          "columns": {
            "title": "Columns",
            "description": "Keys of an object, or positions in a list, that are the first, the second and, in space, the third coordinate. In an image the first one is the column and the second one the row. A dict of such points is a set of keypoints.",
            "type": "array",
            "items": {
              "type": [
                "string",
                "integer"
              ],
              "minimum": 0
            },
            "minItems": 2,
            "maxItems": 3,
            "uniqueItems": true,
            "examples": [
              [
                "x",
                "y"
              ],
              [
                1,
                0
              ]
            ]
          },
          "up": {
            "title": "Up",
            "description": "The direction that is up: `-y` in the camera frames of OpenCV, `y` or `z` in most worlds.",
            "$ref": "#/$defs/direction",
            "examples": [
              "-y"
            ]
          },
          "forward": {
            "title": "Forward",
            "description": "The direction in which a camera looks that sees things from the front. Default: `z` where up is `-y`, `-z` where it is `y`, `y` where it is another axis.",
            "$ref": "#/$defs/direction",
            "examples": [
              "z"
            ]
          }
        },
        "examples": [
          {
            "up": "-y"
          },
          {
            "up": "y",
            "forward": "z"
          },
          {
            "columns": [
              "x",
              "y"
            ]
          }
        ]
      },
      "motion": {
        "title": "Motion",
        "description": "Which part a value plays in people that move: what conversion between data sets goes by. On an object: that it is one sequence, one frame or one person. On arrays and lists of numbers: keypoints, vertices or their confidence, boxes, parameters of a body model, or what is known of a camera. On others: what they say of a sequence, a frame or a person.",
        "type": "object",
        "required": [
          "part"
        ],
        "additionalProperties": false,
        "properties": {
          "part": {
            "title": "Part",
            "description": "`sequence`, `frame` and `person` are objects; a file without a sequence is one. `keypoints`, `vertices` and `confidence` are numbers, and so are `box` and `parameters` (of a body model) of each person, and what is known of a `camera`. `name`, `split`, `label`, `fps`, `first-frame`, `end-frame` (one past the last), `image-size` (height, width) or `image-height` and `image-width`, and `sequence-number` belong to a sequence, or with an item for each row to the rows; `frame-number`, `image-path`, `image-id` (a number or a text) to a frame; `person-number` to a person; `constant` is what new files have there. Where frames and persons are lists side by side, `id` numbers the items of a list, and `of-sequence`, `of-frame`, `of-category` refer to those of another; an array `of-frame` has the number of the frame of each row of keypoints beside; a `category` is an object with `keypoint-names` and `keypoint-lines`; `keypoint-count` and `labelled` (whether any is) are told by a person's keypoints, `extent-area` by its box where nobody states it. A `score` says how sure a detector is of a person, and with that of its box. A `crowd` is true or 1 where what looks like a person is a group of them, which is left out. A `frame-name` is the name of a frame's file. `points` are an object whose members are points by number, or points under names and names inside of them, each with a `position` in one space or several and whether it is `visible`.",
            "enum": [
              "sequence",
              "frame",
              "person",
              "keypoints",
              "vertices",
              "confidence",
              "box",
              "parameters",
              "camera",
              "name",
              "split",
              "label",
              "fps",
              "first-frame",
              "end-frame",
              "frame-number",
              "person-number",
              "sequence-number",
              "image-path",
              "image-id",
              "image-size",
              "image-height",
              "image-width",
              "category",
              "id",
              "of-sequence",
              "of-frame",
              "of-category",
              "frame-name",
              "keypoint-names",
              "keypoint-lines",
              "keypoint-count",
              "extent-area",
              "labelled",
              "score",
              "crowd",
              "points",
              "position",
              "visible",
              "constant"
            ],
            "examples": [
              "keypoints"
            ]
          },
          "of": {
            "title": "Of",
            "description": "The key beside that has the keypoints or vertices. Of a confidence: those that it is of. Of `labelled` and `keypoint-count`: those that are looked at, for the latter all by default. Of a box: those that it is drawn around where nobody states one; a box without it is drawn around all of a person, and one around something else is left out.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "keypoint"
            ]
          },
          "channels": {
            "title": "Channels",
            "description": "What the numbers along the last axis are, in order; of a list of numbers, those of each keypoint in turn. `visibility` is 0 for a keypoint that is not labelled, 1 for a hidden and 2 for a visible one: confidences of 0, 0.5 and 1. A box has a corner (`left`, `top`) or its centre (`center-x`, `center-y`), and its size (`width`, `height`) or the opposite corner (`right`, `bottom`).",
            "type": "array",
            "items": {
              "enum": [
                "x",
                "y",
                "z",
                "confidence",
                "visibility",
                "left",
                "top",
                "right",
                "bottom",
                "center-x",
                "center-y",
                "width",
                "height"
              ]
            },
            "minItems": 2,
            "maxItems": 5,
            "uniqueItems": true,
            "examples": [
              [
                "x",
                "y",
                "confidence"
              ]
            ]
          },
          "which": {
            "title": "Which",
            "description": "Of boxes: what they are around, such as `face`, where it is not the whole person. Of parameters: their name in the model, such as `body_pose`.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "face"
            ]
          },
          "model": {
            "title": "Model",
            "description": "The body model that the parameters are of; parameters of the same model and name are the same thing in all data sets.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "smplx"
            ]
          },
          "members": {
            "title": "Members",
            "description": "Of a camera, which is an object or one for each row: what its keys say. `intrinsics` (2 or 3 rows), `rotation` (a matrix) or `rotation-vector` (axis and angle) from the world to the camera, `position` of the optical centre in the world or `translation` (added after the rotation), `extrinsics` (rotation and translation side by side), `distortion` (coefficients in the order of OpenCV) or `k1` to `k6`, `p1` and `p2` one by one, `up` in the world, `width` and `height` of the image, `inverse` (true where rotation and translation lead from the camera to the world).",
            "type": "object",
            "additionalProperties": {
              "enum": [
                "intrinsics",
                "rotation",
                "rotation-vector",
                "position",
                "translation",
                "extrinsics",
                "distortion",
                "k1",
                "k2",
                "k3",
                "k4",
                "k5",
                "k6",
                "p1",
                "p2",
                "up",
                "width",
                "height",
                "inverse"
              ]
            },
            "minProperties": 1,
            "examples": [
              {
                "K": "intrinsics",
                "R": "rotation",
                "t": "translation"
              }
            ]
          },
          "lengths": {
            "title": "Lengths",
            "description": "Of a camera: the unit of its position or translation.",
            "enum": [
              "mm",
              "cm",
              "m"
            ],
            "examples": [
              "m"
            ]
          },
          "after": {
            "title": "After",
            "description": "Of a list of numbers: the key beside whose keypoints these ones follow. Both are one set of keypoints; who lacks one of several lists has zeros there.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "pose_keypoints_2d"
            ]
          },
          "points": {
            "title": "Points",
            "description": "Of a list after another: how many keypoints it has in those conventions that have them. Of `points`: how many they must be; sets of another size are left alone.",
            "type": "integer",
            "minimum": 1,
            "examples": [
              21
            ]
          },
          "conventions": {
            "title": "Conventions",
            "description": "Of a list of numbers: the conventions that it may have. The number of keypoints tells which, together with those of the lists after it; or the names that the category of the person has. Of a list after another: those that have its keypoints.",
            "type": "array",
            "items": {
              "type": "string",
              "minLength": 1
            },
            "minItems": 1,
            "uniqueItems": true,
            "examples": [
              [
                "openpose_25",
                "openpose_25_hands"
              ]
            ]
          },
          "spelled": {
            "title": "Spelled",
            "description": "Of names of keypoints, and of points under their names: those that are spelled in another way than by their convention, for each convention.",
            "type": "object",
            "additionalProperties": {
              "type": "object",
              "additionalProperties": {
                "type": "string",
                "minLength": 1
              },
              "minProperties": 1
            },
            "minProperties": 1,
            "examples": [
              {
                "coco": {
                  "left_hip_extra": "left_hip"
                }
              }
            ]
          },
          "template": {
            "title": "Template",
            "description": "Of the name of a frame: how it is made of `{name}`, the name of the sequence, and of `{frame:12}`, the number of the frame with so many digits.",
            "type": "string",
            "pattern": "^[^{}]*(?:\\{name\\}[^{}]*)?\\{frame:[1-9][0-9]?\\}[^{}]*$",
            "examples": [
              "{name}_{frame:12}_keypoints.json"
            ]
          },
          "space": {
            "title": "Space",
            "description": "Where coordinates are: in the image, in the frame of the camera, or in a world. Default: nobody says.",
            "enum": [
              "image",
              "camera",
              "world"
            ],
            "examples": [
              "camera"
            ]
          },
          "absent": {
            "title": "Absent",
            "description": "How an array with a place for everybody says that somebody is not there: `zeros`; by default whoever has a place is there. Of a list after another: what becomes of it in conventions that have nothing of it: it is `left-out`, by default empty.",
            "enum": [
              "zeros",
              "left-out"
            ],
            "examples": [
              "zeros"
            ]
          },
          "value": {
            "title": "Value",
            "description": "What new files have there, for the part `constant`.",
            "examples": [
              1
            ]
          }
        },
        "examples": [
          {
            "part": "keypoints",
            "channels": [
              "x",
              "y",
              "confidence"
            ],
            "space": "image"
          }
        ]
      },
      "labels": {
        "title": "Labels",
        "description": "The number counts the items of this list file, from 0: it is the label of a class.",
        "type": "string",
        "minLength": 1,
        "examples": [
          "ucf101_classes"
        ]
      },
      "unit": {
        "title": "Unit",
        "description": "Unit of the numbers: lengths in `mm`, `cm`, `m` or `px`, angles in `rad` or `deg`, times in `s` or `frame`, and `ratio` for what goes from 0 to 1.",
        "enum": [
          "mm",
          "cm",
          "m",
          "px",
          "rad",
          "deg",
          "s",
          "frame",
          "ratio"
        ],
        "examples": [
          "px"
        ]
      }
    },
    "dependentSchemas": {
      "labels": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "integer"
          }
        }
      },
      "keypoints": {
        "anyOf": [
          {
            "required": [
              "ndarray"
            ]
          },
          {
            "required": [
              "sparse"
            ]
          }
        ]
      },
      "coordinates": {
        "if": {
          "properties": {
            "coordinates": {
              "required": [
                "columns"
              ]
            }
          }
        },
        "then": {
          "required": [
            "type"
          ],
          "properties": {
            "type": {
              "enum": [
                "object",
                "array"
              ]
            }
          }
        },
        "else": {
          "anyOf": [
            {
              "required": [
                "ndarray"
              ]
            },
            {
              "required": [
                "sparse"
              ]
            }
          ]
        }
      }
    },
    "$defs": {
      "direction": {
        "title": "direction along an axis",
        "description": "The first, second or third coordinate growing, or with a minus falling.",
        "enum": [
          "x",
          "-x",
          "y",
          "-y",
          "z",
          "-z"
        ]
      },
      "keypointCount": {
        "title": "number of keypoints",
        "description": "A whole number from 1, in digits.",
        "type": "string",
        "pattern": "^[1-9][0-9]{0,8}$"
      }
    }
  },
  "policy.json": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:somakit:dialect:1:policy",
    "$dynamicAnchor": "meta",
    "title": "Policy",
    "description": "How strictly files are checked, and what becomes of outdated keys.",
    "type": [
      "object",
      "boolean"
    ],
    "properties": {
      "closed": {
        "title": "Closed",
        "description": "The object may say itself that it has no other keys than those of the schema that are no extensions.",
        "type": "object",
        "required": [
          "when"
        ],
        "additionalProperties": false,
        "properties": {
          "when": {
            "title": "When",
            "description": "The boolean property that says so.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "__key_strict__"
            ]
          }
        },
        "examples": [
          {
            "when": "__key_strict__"
          }
        ]
      },
      "extension": {
        "title": "Extension",
        "description": "The key is known to the schema, yet a closed object may not have it.",
        "type": "boolean",
        "examples": [
          true
        ]
      },
      "becomes": {
        "title": "Becomes",
        "description": "Keys beside that took the place of this one, which is deprecated. An upgrade copies its value to those of them that are absent, and leaves the outdated key out.",
        "type": "array",
        "items": {
          "type": "string",
          "minLength": 1
        },
        "minItems": 1,
        "uniqueItems": true,
        "examples": [
          [
            "keypoints2d_mask",
            "keypoints3d_mask"
          ]
        ]
      },
      "maxBytes": {
        "title": "Most bytes",
        "description": "The largest size in bytes that the value should have when it is stored, as far as that can be estimated without storing it. More is a warning.",
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "examples": [
          6291456
        ]
      },
      "profiles": {
        "title": "Profiles",
        "description": "Named ways to check: which severity each kind of issue gets, and which further keys are required. At the root of a file only.",
        "type": "object",
        "propertyNames": {
          "$ref": "#/$defs/profileName"
        },
        "additionalProperties": {
          "title": "Profile",
          "description": "A way to check.",
          "type": "object",
          "required": [
            "description",
            "severity"
          ],
          "additionalProperties": false,
          "properties": {
            "description": {
              "title": "Description",
              "description": "When to take this profile, for people.",
              "type": "string",
              "minLength": 1,
              "examples": [
                "What upstream accepts."
              ]
            },
            "severity": {
              "title": "Severities",
              "description": "The severity of issues by their code. Codes that are not listed keep theirs.",
              "type": "object",
              "propertyNames": {
                "title": "issue code",
                "enum": [
                  "missing",
                  "unknown-key",
                  "type",
                  "dtype",
                  "shape",
                  "symbol",
                  "range",
                  "encoding",
                  "convention",
                  "legacy",
                  "constraint",
                  "note",
                  "unreadable"
                ]
              },
              "additionalProperties": {
                "title": "severity",
                "enum": [
                  "error",
                  "warning",
                  "info",
                  "off"
                ]
              },
              "examples": [
                {
                  "unknown-key": "warning",
                  "dtype": "off"
                }
              ]
            },
            "required": {
              "title": "Further required keys",
              "description": "For the name of a shared part, or for a JSON pointer in this file, keys that this profile requires in addition.",
              "type": "object",
              "additionalProperties": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "uniqueItems": true
              },
              "examples": [
                {
                  "": [
                    "image_path"
                  ],
                  "Smpl": [
                    "betas"
                  ]
                }
              ]
            }
          },
          "examples": [
            {
              "description": "What upstream accepts.",
              "severity": {
                "dtype": "off"
              }
            }
          ]
        },
        "examples": [
          {
            "upstream": {
              "description": "What upstream accepts.",
              "severity": {
                "dtype": "off"
              }
            }
          }
        ]
      }
    },
    "dependentSchemas": {
      "closed": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "object"
          }
        }
      },
      "becomes": {
        "required": [
          "deprecated"
        ],
        "properties": {
          "deprecated": {
            "const": true
          }
        }
      }
    },
    "dependentRequired": {
      "profiles": [
        "container"
      ]
    },
    "$defs": {
      "profileName": {
        "title": "name of a profile",
        "description": "A letter or digit, then letters, digits, \"_\" and \"-\".",
        "type": "string",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"
      }
    }
  },
  "checks.json": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:somakit:dialect:1:checks",
    "$dynamicAnchor": "meta",
    "title": "Checks",
    "description": "Rules about contents that standard keywords cannot state: elements of arrays, items of lists among each other, names that lead from one place of a file to another. Reading does not apply them; checking does.",
    "type": [
      "object",
      "boolean"
    ],
    "properties": {
      "severity": {
        "title": "Severities",
        "description": "How grave it is to break a rule of this node, by the rule's keyword. Default: `error`. A profile that speaks of the issue's code counts more.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": {
          "title": "keyword with a severity",
          "enum": [
            "allOrNone",
            "anyOf",
            "ascending",
            "consecutive",
            "const",
            "dependentRequired",
            "disjoint",
            "enum",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "fileName",
            "finite",
            "labels",
            "majors",
            "maxBytes",
            "maxItems",
            "maxLength",
            "maximum",
            "minItems",
            "minLength",
            "minimum",
            "multipleOf",
            "not",
            "note",
            "numberKeys",
            "oneOf",
            "pattern",
            "propertyNames",
            "recommends",
            "references",
            "required",
            "requires",
            "span",
            "stored",
            "uniform",
            "unique",
            "uniqueItems",
            "within"
          ]
        },
        "additionalProperties": {
          "title": "severity",
          "enum": [
            "error",
            "warning",
            "info"
          ]
        },
        "examples": [
          {
            "finite": "warning"
          }
        ]
      },
      "finite": {
        "title": "Finite",
        "description": "No element of the array is NaN or infinite.",
        "const": true,
        "examples": [
          true
        ]
      },
      "ascending": {
        "title": "Ascending",
        "description": "No element of the array, which has one axis, is smaller than the one before it.",
        "const": true,
        "examples": [
          true
        ]
      },
      "within": {
        "title": "Within",
        "description": "Elements lie between 0 and what the key beside holds, both included: a number, or with `elements` a list of which each column of the last axis has one. Columns beyond `elements` may hold anything, and so may all where the key is absent. NaN passes.",
        "type": "object",
        "required": [
          "key"
        ],
        "additionalProperties": false,
        "properties": {
          "key": {
            "title": "Key",
            "description": "The key beside that holds the limits.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "img_shape"
            ]
          },
          "elements": {
            "title": "Elements",
            "description": "For each column of the last axis the position of its limit in the list.",
            "type": "array",
            "items": {
              "type": "integer",
              "minimum": 0,
              "maximum": 63
            },
            "minItems": 1,
            "examples": [
              [
                1,
                0
              ]
            ]
          }
        },
        "examples": [
          {
            "key": "img_shape",
            "elements": [
              1,
              0
            ]
          },
          {
            "key": "total_frames"
          }
        ]
      },
      "requires": {
        "title": "Requires",
        "description": "Keys beside this value that it cannot do without. In a branch of `anyOf` it holds for values of that form.",
        "type": "array",
        "items": {
          "type": "string",
          "minLength": 1
        },
        "minItems": 1,
        "uniqueItems": true,
        "examples": [
          [
            "total_frames"
          ]
        ]
      },
      "recommends": {
        "title": "Recommends",
        "description": "Keys that should be beside this value; that one is missing is a warning. In a branch of `anyOf` it holds for values of that form.",
        "type": "array",
        "items": {
          "type": "string",
          "minLength": 1
        },
        "minItems": 1,
        "uniqueItems": true,
        "examples": [
          [
            "img_shape",
            "keypoint_score"
          ]
        ]
      },
      "note": {
        "title": "Note",
        "description": "What checking says of a value in this form, which breaks no rule: a remark unless `severity` says otherwise. In a branch of `anyOf` it is said of values of that form.",
        "type": "string",
        "minLength": 1,
        "examples": [
          "three columns are x, y, score here, no point in space"
        ]
      },
      "numberKeys": {
        "title": "Keys that are numbers",
        "description": "The only keys of a dict, which are numbers and no text. Such a dict is read as a `Map`.",
        "type": "array",
        "items": {
          "type": "number"
        },
        "minItems": 1,
        "uniqueItems": true,
        "examples": [
          [
            0.5,
            0.6,
            0.7
          ]
        ]
      },
      "consecutive": {
        "title": "Consecutive keys",
        "description": "The keys of the object that are whole numbers are all from `from` to `to`, with leading zeros or without. Keys that are no numbers are not its concern.",
        "type": "object",
        "required": [
          "from",
          "to"
        ],
        "additionalProperties": false,
        "properties": {
          "from": {
            "title": "First",
            "description": "The smallest number.",
            "type": "integer",
            "minimum": 0,
            "examples": [
              1
            ]
          },
          "to": {
            "title": "Last",
            "description": "The largest number.",
            "type": "integer",
            "minimum": 0,
            "maximum": 1000000,
            "examples": [
              68
            ]
          }
        },
        "examples": [
          {
            "from": 1,
            "to": 68
          }
        ]
      },
      "span": {
        "title": "Span",
        "description": "The object goes from one number to another, such as frames: the first does not lie behind the end, and both lie within the span of the nearest object around that has one.",
        "type": "object",
        "required": [
          "start",
          "end"
        ],
        "additionalProperties": false,
        "properties": {
          "start": {
            "title": "Start",
            "description": "Key of the object with the first number.",
            "type": "string",
            "examples": [
              "start_frame"
            ]
          },
          "end": {
            "title": "End",
            "description": "Key of the object with the number behind the last one.",
            "type": "string",
            "examples": [
              "end_frame"
            ]
          }
        },
        "examples": [
          {
            "start": "start_frame",
            "end": "end_frame"
          }
        ]
      },
      "majors": {
        "title": "Major versions",
        "description": "The text is a version such as `2.0.1`. These are the major numbers of the versions that are understood: an object of another one is not read.",
        "type": "array",
        "items": {
          "type": "integer",
          "minimum": 0
        },
        "minItems": 1,
        "uniqueItems": true,
        "examples": [
          [
            1,
            2
          ]
        ]
      },
      "fileName": {
        "title": "File name",
        "description": "The text is the name of a file in the folder in which the value's own file lies: it has no separators, and the file is there.",
        "const": true,
        "examples": [
          true
        ]
      },
      "unique": {
        "title": "Unique",
        "description": "The key of the items of the list that tells them apart: no two items have the same value in it.",
        "type": "string",
        "minLength": 1,
        "examples": [
          "frame_dir"
        ]
      },
      "uniform": {
        "title": "Uniform",
        "description": "Symbols that items of the list declare in `dims`, each for itself, but which should have one size in all of them.",
        "type": "array",
        "items": {
          "$ref": "urn:somakit:dialect:1:array#/$defs/symbol"
        },
        "minItems": 1,
        "uniqueItems": true,
        "examples": [
          [
            "V",
            "C"
          ]
        ]
      },
      "allOrNone": {
        "title": "All or none",
        "description": "Keys that either all items of the list have, or none of them.",
        "type": "array",
        "items": {
          "type": "string",
          "minLength": 1
        },
        "minItems": 1,
        "uniqueItems": true,
        "examples": [
          [
            "label"
          ]
        ]
      },
      "references": {
        "title": "References",
        "description": "The text is the name of an item of a list in the same file, or the whole number its number.",
        "type": "object",
        "required": [
          "list",
          "key"
        ],
        "additionalProperties": false,
        "properties": {
          "list": {
            "title": "List",
            "description": "The key of the root under which the list is.",
            "type": "string",
            "minLength": 1,
            "examples": [
              "annotations"
            ]
          },
          "key": {
            "title": "Key",
            "description": "The key of items that holds their name or number, or several of which the first counts that the first item has.",
            "if": {
              "type": "array"
            },
            "then": {
              "type": "array",
              "items": {
                "type": "string",
                "minLength": 1
              },
              "minItems": 1,
              "uniqueItems": true
            },
            "else": {
              "type": "string",
              "minLength": 1
            },
            "examples": [
              "frame_dir",
              [
                "filename",
                "frame_dir"
              ]
            ]
          },
          "complete": {
            "title": "Complete",
            "description": "Whether every item must be named by somebody. Default: false.",
            "type": "boolean",
            "examples": [
              true
            ]
          }
        },
        "examples": [
          {
            "list": "annotations",
            "key": "frame_dir",
            "complete": true
          }
        ]
      },
      "disjoint": {
        "title": "Disjoint",
        "description": "A regular expression (flag `u`) for keys of the object, whose values are lists: those for which its groups capture the same texts have no item in common.",
        "type": "string",
        "minLength": 1,
        "examples": [
          "^(.*)_(?:train|val)$"
        ]
      }
    },
    "dependentRequired": {
      "finite": [
        "ndarray"
      ],
      "ascending": [
        "ndarray"
      ],
      "within": [
        "ndarray"
      ]
    },
    "dependentSchemas": {
      "unique": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "array"
          }
        }
      },
      "uniform": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "array"
          }
        }
      },
      "allOrNone": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "array"
          }
        }
      },
      "numberKeys": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "object"
          },
          "properties": false,
          "patternProperties": false,
          "required": false
        }
      },
      "consecutive": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "object"
          }
        }
      },
      "span": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "object"
          }
        }
      },
      "majors": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "string"
          }
        }
      },
      "fileName": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "string"
          }
        }
      },
      "references": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "enum": [
              "string",
              "integer"
            ]
          }
        }
      },
      "disjoint": {
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "const": "object"
          }
        }
      }
    }
  },
  "convention.json": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:somakit:convention:1",
    "title": "Convention of somakit",
    "description": "An ordered list of keypoint names. The position in the list is the index in arrays; everything else goes by name.",
    "type": "object",
    "required": [
      "$schema",
      "name",
      "description",
      "keypoints"
    ],
    "additionalProperties": false,
    "properties": {
      "$schema": {
        "title": "Dialect",
        "description": "The relative path of `dialect/convention.json`, or `urn:somakit:convention:1`.",
        "type": "string",
        "examples": [
          "../dialect/convention.json",
          "urn:somakit:convention:1"
        ]
      },
      "$comment": {
        "title": "Comment",
        "description": "For readers of the file; appears nowhere else.",
        "type": "string",
        "examples": [
          "Indices 55 to 75 are regressed."
        ]
      },
      "name": {
        "title": "Name",
        "description": "Name of the convention: that of the file, without `.json`.",
        "$ref": "#/$defs/name",
        "examples": [
          "coco"
        ]
      },
      "description": {
        "title": "Description",
        "description": "What it is, and where the facts come from.",
        "type": "string",
        "minLength": 1,
        "examples": [
          "The 17 keypoints of COCO."
        ]
      },
      "keypoints": {
        "title": "Keypoints",
        "description": "The keypoints in the order of arrays.",
        "type": "array",
        "minItems": 1,
        "items": {
          "title": "Keypoint",
          "description": "One keypoint. The same name means the same place on the body in every convention.",
          "type": "object",
          "required": [
            "name"
          ],
          "additionalProperties": false,
          "properties": {
            "name": {
              "title": "Name",
              "description": "Name of the keypoint, unique within the convention.",
              "$ref": "#/$defs/keypoint",
              "examples": [
                "left_hip"
              ]
            },
            "mirror": {
              "title": "Mirror",
              "description": "The keypoint on the other side, which must name this one in turn.",
              "$ref": "#/$defs/keypoint",
              "examples": [
                "right_hip"
              ]
            },
            "aliases": {
              "title": "Aliases",
              "description": "Former names that files may still use.",
              "$ref": "#/$defs/keypoints",
              "examples": [
                [
                  "nose_3"
                ]
              ]
            },
            "approximations": {
              "title": "Approximations",
              "description": "Keypoints of other conventions that may stand in for this one, best first.",
              "$ref": "#/$defs/keypoints",
              "examples": [
                [
                  "left_hip_openpose",
                  "left_hip_extra"
                ]
              ]
            },
            "parts": {
              "title": "Parts",
              "description": "Parts of the body that the keypoint belongs to; the same keypoint belongs to the same parts in every convention.",
              "type": "array",
              "items": {
                "$ref": "#/$defs/part"
              },
              "minItems": 1,
              "uniqueItems": true,
              "examples": [
                [
                  "body",
                  "hip"
                ]
              ]
            }
          },
          "examples": [
            {
              "name": "left_hip",
              "mirror": "right_hip"
            }
          ]
        },
        "examples": [
          [
            {
              "name": "left_hip",
              "mirror": "right_hip"
            },
            {
              "name": "right_hip",
              "mirror": "left_hip"
            }
          ]
        ]
      },
      "limbs": {
        "title": "Limbs",
        "description": "What a drawn skeleton shows, in the order of drawing: groups of lines between keypoints.",
        "type": "array",
        "items": {
          "title": "Limb",
          "description": "Lines that belong together: those of one part, in one colour.",
          "type": "object",
          "required": [
            "edges"
          ],
          "additionalProperties": false,
          "properties": {
            "part": {
              "title": "Part",
              "description": "What the lines show. It may be more exact than the parts of keypoints.",
              "$ref": "#/$defs/part",
              "examples": [
                "left_hand"
              ]
            },
            "color": {
              "title": "Colour",
              "description": "Red, green and blue from 0 to 255.",
              "type": "array",
              "items": {
                "type": "integer",
                "minimum": 0,
                "maximum": 255
              },
              "minItems": 3,
              "maxItems": 3,
              "examples": [
                [
                  0,
                  255,
                  0
                ]
              ]
            },
            "edges": {
              "title": "Edges",
              "description": "Pairs of keypoints that are joined by a bone or a line; none occurs twice within a convention.",
              "type": "array",
              "items": {
                "type": "array",
                "items": {
                  "$ref": "#/$defs/keypoint"
                },
                "minItems": 2,
                "maxItems": 2
              },
              "minItems": 1,
              "examples": [
                [
                  [
                    "left_hip",
                    "left_knee"
                  ]
                ]
              ]
            }
          },
          "examples": [
            {
              "part": "body",
              "color": [
                255,
                0,
                0
              ],
              "edges": [
                [
                  "left_hip",
                  "left_knee"
                ]
              ]
            }
          ]
        },
        "examples": [
          [
            {
              "part": "body",
              "edges": [
                [
                  "left_hip",
                  "left_knee"
                ]
              ]
            }
          ]
        ]
      }
    },
    "$defs": {
      "name": {
        "title": "name of a convention",
        "description": "A letter, then letters, digits and \"_\".",
        "type": "string",
        "pattern": "^[A-Za-z][A-Za-z0-9_]*$"
      },
      "keypoint": {
        "type": "string",
        "minLength": 1
      },
      "keypoints": {
        "type": "array",
        "items": {
          "$ref": "#/$defs/keypoint"
        },
        "minItems": 1,
        "uniqueItems": true
      },
      "part": {
        "title": "name of a part",
        "description": "A letter, then letters, digits and \"_\".",
        "type": "string",
        "pattern": "^[A-Za-z][A-Za-z0-9_]*$"
      }
    }
  },
  "list.json": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:somakit:list:1",
    "title": "List of somakit",
    "description": "A list of names or numbers that belongs to a data set but to none of its files: the classes that its labels count, the samples that are left out.",
    "type": "object",
    "required": [
      "$schema",
      "name",
      "description",
      "items"
    ],
    "additionalProperties": false,
    "properties": {
      "$schema": {
        "title": "Dialect",
        "description": "The relative path of `dialect/list.json`, or `urn:somakit:list:1`.",
        "type": "string",
        "examples": [
          "../dialect/list.json",
          "urn:somakit:list:1"
        ]
      },
      "$comment": {
        "title": "Comment",
        "description": "For readers of the file; appears nowhere else.",
        "type": "string",
        "examples": [
          "In the order of the table on the web page."
        ]
      },
      "name": {
        "title": "Name",
        "description": "Name of the list: that of the file, without `.json`.",
        "type": "string",
        "pattern": "^[A-Za-z][A-Za-z0-9_]*$",
        "examples": [
          "ucf101_classes"
        ]
      },
      "description": {
        "title": "Description",
        "description": "What it lists, and where that comes from.",
        "type": "string",
        "minLength": 1,
        "examples": [
          "Classes of UCF101 in the order of their labels."
        ]
      },
      "items": {
        "title": "Items",
        "description": "All names, or all whole numbers. Labels are positions in the list, from 0.",
        "if": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "then": {
          "type": "array",
          "items": {
            "type": "string",
            "minLength": 1
          },
          "minItems": 1
        },
        "else": {
          "type": "array",
          "items": {
            "type": "integer"
          },
          "minItems": 1
        },
        "examples": [
          [
            "walk",
            "run"
          ],
          [
            1,
            2,
            4
          ]
        ]
      }
    }
  }
};
