export type { CircuitInput, CircuitInputs } from './circuit-inputs.js'
export { cutDecimal, type DecimalRules, formatDecimal, parseDecimal } from './decimal.js'
export { fits, keyOf, keysOf, magnitudeOf, sideOf } from './key.js'
export { ELEMENT_BYTES, readLittleEndian, writeLittleEndian } from './little-endian.js'
export { encodeSlot, packBytes, packCounts, packSlots, packTriples, type Slot, toBits } from './packing.js'
export { Rational } from './rational.js'
export {
  BASE_FIELD_ORDER,
  FIELD_ORDER,
  invertAll,
  invertField,
  isCanonical,
  isFieldElement,
  parseFieldElement,
  powField,
  toField,
} from './scalar.js'
export { accountIdFault, labelFault, scenarioNameFault, symbolFault, textFault, textSchema } from './text.js'
export * from './widths.js'
