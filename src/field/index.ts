export { type DecimalRules, formatDecimal, parseDecimal } from './decimal.js'
export { encodeSlot, packBytes, packSlots, type Slot } from './packing.js'
export { FIELD_ORDER, invertField, isFieldElement, parseFieldElement, powField, toField } from './scalar.js'
export * from './widths.js'
