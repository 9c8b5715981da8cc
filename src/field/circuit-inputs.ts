/** A signal's value, or an array of them, as deep as the circuit declares it. */
export type CircuitInput = bigint | readonly CircuitInput[]

/** Every input signal of a circuit, by name. Private: it never leaves the process that proves. */
export type CircuitInputs = Readonly<Record<string, CircuitInput>>
