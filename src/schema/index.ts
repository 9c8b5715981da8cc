export { bySchema, type SchemaFault } from './by-schema.js'
export { joinBytes } from './bytes.js'
export { decimalSchema } from './decimal.js'
export { editable } from './editable.js'
export { canonicalSchema, fieldElementSchema } from './field-element.js'
export { formatJson } from './format-json.js'
export { type KeyKind, keyKindSchema } from './key-kind.js'
export {
  MAX_INSTRUMENTS,
  MAX_TABLE_SCENARIOS,
  MAX_TIMESTAMP,
  symbolSchema,
  timestampSchema,
} from './limits.js'
export { parseJsonAs } from './parse-json.js'
export { sha256Hex, sha256Schema, sha256Text } from './sha256.js'
export { parseJson } from './strict-json.js'
export { decodeText, MAX_TEXT_BYTES, tooLarge } from './text.js'
export { toldName } from './told.js'
