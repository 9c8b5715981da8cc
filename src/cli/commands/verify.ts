import { stat } from 'node:fs/promises'
import { Command } from 'commander'
import type { EpochCheck } from '../../bundle/index.js'
import type { EpochReport, ProofReport } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import { readJsonFile } from '../../files/index.js'
import type { Text } from '../terminal/layout.js'
import { createUi, DEVELOPMENT_WARNING, table } from '../terminal/ui.js'
import { MAX_AGE_OPTION, readMaxAge } from '../timestamp.js'

interface VerifyOptions {
  pins?: string
  production?: boolean
  policy?: string
  maxAge?: string
  json?: boolean
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('Check a whole epoch, or one proof file of it by itself, against pinned keys.')
    .argument('<path>', 'the folder of an epoch, or a proof file in it')
    .option('--pins <file>', "the keys to trust (default: those in this machine's own cache)")
    .option('--production', 'refuse development keys')
    .option('--policy <file>', 'the weakest policy to accept (default: full reserves in every instrument)')
    .option(...MAX_AGE_OPTION)
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', '\nExample:\n  plimsoll verify epoch --pins pins.json --production')
    .action(async (path: string, options: VerifyOptions) => {
      const { verifyEpoch, verifyProofFile } = await import('../../epoch/index.js')
      const { policySchema } = await import('../../statements/index.js')
      const { resolvePins } = await import('../artifacts.js')
      const ui = createUi(options.json ?? false)
      const entry = await stat(path).catch(() => {
        throw new InputError('FILE_ACCESS', 'cannot be read', { where: path })
      })
      const settings = {
        pins: await resolvePins(options.pins),
        production: options.production ?? false,
        ...(options.policy ? { policy: await readJsonFile(options.policy, policySchema) } : {}),
        ...(options.maxAge === undefined ? {} : { maxAge: readMaxAge(options.maxAge) }),
      }
      const warn = (keyKind: string) => {
        if (keyKind === 'development') ui.say(DEVELOPMENT_WARNING)
      }
      if (!entry.isDirectory()) {
        const { exitCode, ...report } = await verifyProofFile(path, settings)
        warn(report.keyKind)
        ui.result(report, () => describeProof(report))
        process.exitCode = exitCode
        return
      }
      const { exitCode, verified, ...report } = await ui.step('checking the epoch', (update) =>
        verifyEpoch(path, { ...settings, onCheck: (check) => update(check.id) }),
      )
      warn(report.keyKind)
      for (const note of report.notes) ui.say(`note: ${note}`)
      ui.result(report, () => describeEpoch(report))
      process.exitCode = exitCode
    })
}

function describeEpoch({ checks, valid }: Pick<EpochReport, 'checks' | 'valid'>): Text {
  return [...describeChecks(checks), valid ? 'VALID' : 'INVALID']
}

/** What one proof shows, and what it does not: no word of it is that of a whole epoch. */
function describeProof(report: Omit<ProofReport, 'exitCode'>): Text {
  const { checks, proofHolds, statement, for: purpose, notChecked } = report
  if (!proofHolds) return [...describeChecks(checks), 'PROOF DOES NOT HOLD']
  const about = purpose === undefined ? '' : `, made for epoch ${purpose.epoch} of ${purpose.venue}`
  return [
    ...describeChecks(checks),
    `PROOF HOLDS: one proof of ${statement}${about}, and nothing else.`,
    'Not checked:',
    ...notChecked.map((what) => `  ${what}`),
    'Name the folder of the epoch to have all of it checked.',
  ]
}

/** Checks as a table, proofs of batches that pass in one row together; below it what to do about those that fail. */
export function describeChecks(checks: readonly EpochCheck[]): readonly Text[] {
  const isBatch = (id: string) => id.startsWith('batch:')
  const passed = checks.filter(({ id, valid }) => isBatch(id) && valid).length
  const rows = checks
    .filter(({ id, valid }) => !(isBatch(id) && valid))
    .map(({ valid, id, detail }) => [valid ? '✓' : '✗', id, detail])
  if (passed > 0) rows.push(['✓', 'batches', `${passed} proofs verify`])
  return [table(['', 'check', 'detail'], rows), ...todos(checks)]
}

/** What to do about checks that fail, each once. */
export function todos(checks: readonly EpochCheck[]): string[] {
  return [...new Set(checks.flatMap(({ todo }) => (todo === undefined ? [] : [todo])))]
}
