import { stat } from 'node:fs/promises'
import { Command } from 'commander'
import type { EpochReport } from '../../epoch/index.js'
import { EXIT, InputError } from '../../errors/index.js'
import { readJsonFile } from '../../files/index.js'
import type { Text } from '../layout.js'
import { createUi, DEVELOPMENT_WARNING, table } from '../ui.js'

interface VerifyOptions {
  pins?: string
  production?: boolean
  policy?: string
  json?: boolean
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('Check a proof file, or a whole epoch, against pinned keys.')
    .argument('<path>', 'a proof file or an epoch folder')
    .option('--pins <file>', "the keys to trust (default: those in this machine's own cache)")
    .option('--production', 'refuse development keys')
    .option('--policy <file>', 'the weakest policy to accept (default: full reserves in every instrument)')
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
      }
      const report = await (entry.isDirectory()
        ? ui.step('checking the epoch', (update) =>
            verifyEpoch(path, { ...settings, onCheck: (check) => update(check.id) }),
          )
        : verifyProofFile(path, settings))
      if (report.keyKind === 'development') ui.say(DEVELOPMENT_WARNING)
      ui.result(withoutCode(report), () => describe(report))
      process.exitCode = report.valid ? EXIT.ok : report.exitCode
    })
}

function withoutCode<T extends { exitCode: unknown }>({ exitCode, ...rest }: T): Omit<T, 'exitCode'> {
  return rest
}

/** The report as a table: proofs of batches that pass take one row together. */
export function describe(report: Pick<EpochReport, 'checks' | 'valid'>): Text {
  const isBatch = (id: string) => id.startsWith('batch:')
  const passed = report.checks.filter((c) => isBatch(c.id) && c.ok).length
  const rows = report.checks
    .filter((c) => !(isBatch(c.id) && c.ok))
    .map((c) => [c.ok ? '✓' : '✗', c.id, c.detail])
  if (passed > 0) rows.push(['✓', 'batches', `${passed} proofs verify`])
  return [table(['', 'check', 'detail'], rows), report.valid ? 'VALID' : 'INVALID']
}
