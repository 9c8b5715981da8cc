import { InputError } from '../errors/index.js'
import { formatRiskTable, parseRiskTable, type RiskTable } from '../risk/index.js'
import { parseJsonAs, sha256Text } from '../schema/index.js'
import { formatPolicy, type PolicyFile, policySchema } from '../statements/index.js'
import { placeOf, readTextFrom, type Source } from './source.js'

/** A public file, read once, and the SHA-256 of its bytes. */
export interface Published<T> {
  value: T
  sha256: string
}

/**
 * SHA-256 of a risk table's canonical text, lower-case hex: that of the bytes of an epoch's `risk.json`, as
 * any tool computes it.
 *
 * @example
 * const { epoch } = await openEpoch(await openSource('epoch'), { pins })
 * const isOwn = epoch?.manifest.riskTable === riskTableHash(await readRiskTable('risk.json'))
 */
export function riskTableHash(table: RiskTable): string {
  return sha256Text(formatRiskTable(table))
}

/**
 * SHA-256 of a policy's canonical text, lower-case hex: that of the bytes of an epoch's `policy.json`.
 *
 * @example
 * const hash = policyHash(FULL_RESERVES)
 */
export function policyHash(policy: PolicyFile): string {
  return sha256Text(formatPolicy(policy))
}

/**
 * Reads a risk table that was published. Its bytes are the canonical text of what is read from them: whatever
 * else reads the file reads the same table.
 *
 * @throws {InputError} `FILE_CANONICAL`, and what `readTextFrom` and `parseRiskTable` throw
 */
export async function readPublishedTable(source: Source, path: string): Promise<Published<RiskTable>> {
  return canonical(source, path, parseRiskTable, formatRiskTable)
}

/**
 * Reads a policy that was published, in its canonical text.
 *
 * @throws {InputError} `FILE_CANONICAL`, and what `readTextFrom` and `parseJsonAs` throw
 */
export async function readPublishedPolicy(source: Source, path: string): Promise<Published<PolicyFile>> {
  return canonical(source, path, (text, where) => parseJsonAs(text, policySchema, where), formatPolicy)
}

async function canonical<T>(
  source: Source,
  path: string,
  parse: (text: string, where: string) => T,
  format: (value: T) => string,
): Promise<Published<T>> {
  const text = await readTextFrom(source, path)
  const where = placeOf(source, path)
  const value = parse(text, where)
  if (format(value) === text) return { value, sha256: sha256Text(text) }
  throw new InputError('FILE_CANONICAL', 'is not written in the one way in which it is published', {
    where,
    hint: 'Take the file as the venue published it: an editor, or git, may have changed its line ends, spacing or order.',
  })
}
