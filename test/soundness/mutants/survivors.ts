/** Mutants that accept nothing but what the circuit accepts, or nothing that matters, each with the reason. */
export const SURVIVORS: Readonly<Record<string, string>> = {}
