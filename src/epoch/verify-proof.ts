import {
  assertPinnedCircuit,
  Checks,
  fail,
  fileKind,
  kindOfPin,
  type ProofFile,
  passed,
  pinOf,
  placeOf,
  proofFileSchema,
  purposeContext,
  readJsonIfThere,
  readTextFrom,
  type Source,
  TAKE_PINS,
  verifyFiledProof,
  vouchedNotes,
} from '../bundle/index.js'
import { ArtifactError, EXIT, InputError } from '../errors/index.js'
import {
  assertSoundKey,
  type VerificationKey,
  verificationKeyHash,
  verificationKeySchema,
} from '../groth16/index.js'
import { parseJsonAs } from '../schema/index.js'
import { namedInstance } from '../statements/index.js'
import { EPOCH_PATHS } from './paths.js'
import type { EpochReport, VerifyEpochOptions } from './verify/verification.js'

/** Report on one proof file. It is not a verdict on an epoch: `notChecked` lists what is missing for one. */
export type ProofReport = Pick<EpochReport, 'keyKind' | 'checks' | 'exitCode'> & {
  /**
   * Whether this one proof verifies under its pinned key, for what the file says. Not `valid`, which is said
   * of an epoch alone.
   */
  proofHolds: boolean
  statement: ProofFile['statement']
  instance: string
  /** Public signals in decimal. The reader has to judge whether they are the right values. */
  signals: Record<string, string>
  /** Purpose of a solvency proof, when the proof's context binds it. */
  for?: ProofFile['for']
  /** What was not checked, one sentence each. */
  notChecked: readonly string[]
}

const NOT_CHECKED: Record<ProofFile['statement'], readonly string[]> = {
  ledger: [
    'that its states are links of a chain from the first state to the last, which a proof of solvency opens',
    'the accounts and the risk table behind its states, which only that proof names',
    'that anything stands behind the balances',
  ],
  solvency: [
    'the policy behind its digest, which may promise nothing at all',
    'the ledger behind accountsRoot: that proofs of all its batches lead from firstState to state',
    'the risk table behind riskRoot, and that timestamp, point and tableAtPoint are of its marks and names',
  ],
  backing: [
    'the evidence behind its digest: control and balances of the addresses that show the amounts',
    'that reservesCommitment is that of a proof of solvency, and whose',
  ],
  disclosure: [
    'what is shown behind its digest: `plimsoll verify EPOCH --openings FILE` does',
    'that firstState and reservesCommitment are those of a proof of solvency, and whose',
  ],
  liquidation: [
    'which accounts, which rule and policy, and whether the leaf has another: `plimsoll liquidation verify` does',
  ],
  weigh: [
    'that proofs of all chunks lead from the first state of a settlement to its last: `plimsoll settlement verify` does',
    'the epochs and the rows behind its transcript: the proof of the settlement has their roots',
  ],
  settlement: [
    'that proofs of all chunks lead from firstState to state, which epochs the roots are of, and terms: `plimsoll settlement verify` does',
  ],
  margin: ['which accounts, which requirement of which rule, and for whom: `plimsoll margin verify` does'],
}

/**
 * Verifies one proof of an epoch alone, against its pinned key. Its place in the chain and the meaning of its
 * signals are for `verifyEpoch`.
 *
 * @param source the epoch that the proof lies in: its key is read from there, and compared with its pin
 * @param path the proof's path in it, as `ledger/0000/0000000.json`
 * @throws {InputError} `PROOF_FILE` when the file is another than a proof file of an epoch: it says what
 * reads it
 * @throws {ArtifactError} `KEY_UNPINNED`, `KEY_MISSING`, `KEY_UNSOUND`, `KEY_DEVELOPMENT`
 * @example
 * const source = await openSource('epoch')
 * const { proofHolds, notChecked } = await verifyProofFile(source, 'ledger/0000/0000000.json', { pins })
 */
export async function verifyProofFile(
  source: Source,
  path: string,
  options: Pick<VerifyEpochOptions, 'pins' | 'production'>,
): Promise<ProofReport> {
  const file = await readProofFile(source, path)
  const pin = pinOf(options.pins, file.instance)
  if (pin === undefined) {
    throw new ArtifactError('KEY_UNPINNED', `the key of ${file.instance} is not pinned`, { hint: TAKE_PINS })
  }
  if (options.production && kindOfPin(pin) !== 'ceremony') {
    throw new ArtifactError('KEY_DEVELOPMENT', 'made with a development key, which its maker can forge with')
  }
  const key = await readKey(source, file.instance)
  if (verificationKeyHash(key) !== pin.keyHash || file.keyHash !== pin.keyHash) {
    throw new ArtifactError('KEY_UNPINNED', `the key of ${file.instance} is not the pinned one`, {
      hint: TAKE_PINS,
    })
  }
  assertPinnedCircuit(file.instance, pin)
  await assertSoundKey(key)
  const checks = new Checks(undefined)
  await checks.run('proof', async () => {
    if (namedInstance(file.instance).statement !== file.statement) {
      fail(`${file.instance} does not prove ${file.statement}`)
    }
    const { valid, detail } = await verifyFiledProof(file, key)
    if (!valid) fail(detail)
    return passed(detail)
  })
  await checks.run('for', () => {
    if ((file.statement === 'solvency') !== (file.for !== undefined)) {
      fail('a solvency proof says what it was made for, and no other proof does')
    }
    if (file.for === undefined) return passed('it names no epoch that it was made for')
    if (file.signals.context !== purposeContext(file.for).toString()) {
      fail(
        'the context is not that of the venue, epoch, target, policy, risk table and previous epoch that it says',
      )
    }
    return passed(`${file.for.venue}, epoch ${file.for.epoch}`)
  })
  const { instance, statement, signals } = file
  return {
    proofHolds: checks.valid,
    statement,
    instance,
    signals,
    ...(checks.valid && file.for !== undefined ? { for: file.for } : {}),
    notChecked: [...NOT_CHECKED[statement], ...vouchedNotes([instance], options.pins)],
    keyKind: kindOfPin(pin),
    checks: checks.list,
    exitCode: checks.valid ? EXIT.ok : EXIT.invalid,
  }
}

/** Commands for files that are not proofs of an epoch, by their kind. */
const READERS: Record<string, string> = {
  'margin-proof': 'plimsoll margin verify FILE --epoch EPOCH',
  inclusion: 'plimsoll inclusion verify FILE --epoch EPOCH',
  liquidation: 'plimsoll liquidation verify FILE --epoch EPOCH',
  epoch: 'plimsoll verify EPOCH, the whole folder',
}

async function readProofFile(source: Source, path: string): Promise<ProofFile> {
  const where = placeOf(source, path)
  const text = await readTextFrom(source, path)
  const kind = fileKind(text)
  if (kind === undefined || kind === 'proof') return parseJsonAs(text, proofFileSchema, where)
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined
  throw new InputError('PROOF_FILE', `this is a file of the kind ${kind}, and no proof of an epoch`, {
    where,
    hint: reader === undefined ? 'Name a proof file, or the folder of an epoch.' : `Check it with: ${reader}`,
  })
}

/** The epoch's own copy of a key. */
async function readKey(source: Source, instance: string): Promise<VerificationKey> {
  const key = await readJsonIfThere(source, EPOCH_PATHS.key(instance), verificationKeySchema)
  if (key !== undefined) return key
  throw new ArtifactError('KEY_MISSING', `no key of ${instance} lies beside the proof`, {
    hint: 'Check the proof inside its epoch folder.',
  })
}
