import { EXIT, PlimsollError } from './base.js'

/**
 * The books do not satisfy the statement: there is nothing true to prove.
 *
 * @example
 * try {
 *   await proveMargin({
 *     inclusion: await readInclusion('inclusion.json'),
 *     ownerSecret: await readOwner('owner.json'),
 *     table: await readRiskTable('risk.json'),
 *     requirement: 'maintenance',
 *     times: '900',
 *     purpose: { schema: 'plimsoll/margin-purpose/1', reader: { name: 'Example Desk', purpose: 'line 7' } },
 *     artifacts: ensureArtifacts,
 *     prover: wasmProver,
 *   })
 * } catch (error) {
 *   if (error instanceof StatementError) console.error(error.code) // MARGIN_SHORT
 * }
 */
export class StatementError extends PlimsollError {
  readonly exitCode = EXIT.invalid
}
