import { type Command, Option } from 'commander'
import type { EpochCheck } from '../../bundle/index.js'
import type { OpenedPlace, SignedManifest } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import type { Asked, InclusionReport, ReceiptReport } from '../../inclusion/index.js'
import { command } from '../command.js'
import { ManyOption, publicEpochOption, readAddress } from '../options.js'
import { createUi, type Ui } from '../terminal/ui.js'
import { readTrust, type TrustOptions, trustOptions } from '../trust-options.js'

interface VerifyOptions extends TrustOptions {
  epoch?: string
  previous?: string[]
  root?: string
  account?: string
  owner?: string
  json?: boolean
}

export function inclusionVerifyCommand(): Command {
  return command('verify', {
    description: 'Verify that an epoch is valid and counts your exact balances. Works offline.',
    args: [['<file>', 'the inclusion file that the venue gave you']],
    options: [
      publicEpochOption(),
      new ManyOption(
        '--previous <place>',
        'an epoch before it, for the statement of account in the file; can be repeated: every epoch of the statement is needed',
      ),
      new Option(
        '--root <root>',
        'instead of --epoch: the accountsRoot that was published, or an epoch of which the manifest alone is read. Verifies no proof',
      ),
      new Option(
        '--account <id>',
        'your identifier at the venue: a file of another account is not counted as yours',
      ),
      new Option(
        '--owner <file>',
        'your owner file: the leaf must hold its commitment, so that no other customer can be shown it',
      ),
      ...trustOptions(),
    ],
    notes: [
      'With --previous, the statement of account is added up as well: what you held in that epoch, every movement since by its reason, and what you hold, exact. Exit code 1 where it does not add up.',
      'With --root, the answer is IN THIS TREE or NOT IN THIS TREE, and says on whom the rest depends.',
    ],
    examples: [
      'plimsoll inclusion verify inclusion.json --epoch epoch --pins pins.json',
      'plimsoll inclusion verify inclusion.json --root epoch',
    ],
  }).action(async (file: string, options: VerifyOptions) => {
    if ((options.epoch === undefined) === (options.root === undefined)) {
      throw new InputError('USAGE', 'give --epoch or --root, one of them')
    }
    const { pins, production, policy, maxAge, block, challenge, rpc, tokens, asset, exclude } = options
    const ofProofs = [pins, production, policy, maxAge, block, challenge, rpc, tokens, asset, exclude]
    ofProofs.push(options.previous)
    if (options.root !== undefined && ofProofs.some((option) => option !== undefined)) {
      throw new InputError(
        'USAGE',
        'options about proofs and evidence, such as --pins, are for --epoch alone',
        {
          hint: 'With --root no proof is read: name the epoch with --epoch, or give --venue, --account and --owner alone.',
        },
      )
    }
    const { answering } = await import('../../inclusion/index.js')
    const { answerView } = await import('../views/inclusion.js')
    const ui = createUi(options)
    const { exitCode, ...answer } = await answering<InclusionReport | ReceiptReport>(() =>
      options.root === undefined ? verify(ui, file, options) : verifyRoot(ui, file, options.root, options),
    )
    if ('keyKind' in answer) {
      ui.warnOfKeys(answer.keyKind)
      ui.notes(answer.notes)
    }
    ui.result(answer, () => answerView(answer))
    process.exitCode = exitCode
  })
}

async function verify(ui: Ui, file: string, options: VerifyOptions): Promise<InclusionReport> {
  const { verifyInclusion, withLiquidation, withStatement } = await import('../../inclusion/index.js')
  const { openPlace } = await import('../../epoch/index.js')
  const { openSource, readInclusion } = await import('../../inputs/index.js')
  const trust = await readTrust(options)
  const asked = await readAsked(options)
  return ui.step('verifying the epoch and the file', async (update) => {
    const inclusion = await readInclusion(file)
    const onCheck = ({ id }: EpochCheck) => update(id)
    const now = await openPlace(await openSource(options.epoch!), { ...trust, onCheck })
    // Marks of epochs before are old, and evidence that is named is that of the epoch.
    const { maxAge: _, evidence: _own, ...past } = trust
    const before: OpenedPlace[] = []
    for (const place of options.previous ?? []) {
      before.push(await openPlace(await openSource(place), { ...past, onCheck }))
    }
    const report = verifyInclusion(inclusion, now.opened, { ...asked, onCheck })
    const keys = { ...trust, onCheck }
    const liquidated = await withLiquidation(report, inclusion, now, keys)
    return withStatement(liquidated, inclusion, now, before, keys)
  })
}

async function verifyRoot(
  ui: Ui,
  file: string,
  root: string,
  options: VerifyOptions,
): Promise<ReceiptReport> {
  const { verifyReceipt } = await import('../../inclusion/index.js')
  const { readInclusion } = await import('../../inputs/index.js')
  const asked = await readAsked(options)
  return ui.step('holding the file against the root', async () =>
    verifyReceipt(await readInclusion(file), await readRoot(root), asked),
  )
}

async function readAsked({ account, owner, venue }: VerifyOptions): Promise<Asked> {
  const { readOwner } = await import('../../trader/index.js')
  const { ownerCommitment } = await import('../../hash/index.js')
  return {
    ...(account === undefined ? {} : { account }),
    ...(owner === undefined ? {} : { owner: ownerCommitment(await readOwner(owner)) }),
    ...(venue === undefined ? {} : { venue: await readAddress(venue, '--venue') }),
  }
}

/** A published root, or the manifest of an epoch that has it. */
async function readRoot(text: string): Promise<bigint | SignedManifest> {
  const { parseRoot } = await import('../../inclusion/index.js')
  const root = parseRoot(text, '--root')
  if (root !== undefined) return root
  const { readSignedManifest } = await import('../../epoch/index.js')
  const { openSource } = await import('../../inputs/index.js')
  return readSignedManifest(await openSource(text))
}
