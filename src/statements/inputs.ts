/** One input signal: a field element, or an array of them in the shape the circuit declares. */
export type SignalValue = bigint | SignalValue[]

/** Every input signal of a circuit, by name. Private: it never leaves the process that proves. */
export type CircuitInputs = Record<string, SignalValue>
