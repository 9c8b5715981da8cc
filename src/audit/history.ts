import { Checks, type EpochCheck, type Source } from '../bundle/index.js'
import { openEpoch, targetWords, type VerifyEpochOptions } from '../epoch/index.js'
import { PlimsollError } from '../errors/index.js'
import { compareCopies } from './copies.js'
import { compareEpochs, type DatedEpoch, usedAgain } from './previous.js'

/** An epoch of a history, and where its files are. */
export interface PublishedEpoch extends DatedEpoch {
  source: Source
}

/**
 * Walks a published history back from an epoch by the digests that manifests name. Each epoch on the way is
 * verified and compared with the one after it. An epoch that is not on the way is a copy of one that is, of
 * the same books for another target, or it would be a second history.
 *
 * @param published every other epoch, in any order
 */
export async function walkHistory(
  head: PublishedEpoch,
  published: readonly Source[],
  trust: VerifyEpochOptions,
): Promise<EpochCheck[]> {
  const checks: EpochCheck[] = []
  const left = new Map<string, PublishedEpoch>()
  const refuse = (id: string, detail: string) => checks.push({ id, valid: false, detail })
  for (const source of published) {
    try {
      const opened = await openEpoch(source, trust)
      const { manifestSha256, valid } = opened.report
      if (manifestSha256 === head.opened.report.manifestSha256) {
        if (!valid) refuse(`history-epoch:${source.name}`, 'this copy of the epoch is not valid')
        continue
      }
      // Of two copies of one manifest, the one that is not valid counts: a sound one does not excuse it.
      if (!valid || !left.has(manifestSha256)) left.set(manifestSha256, { opened, source })
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error
      refuse(`history-epoch:${source.name}`, error.message)
    }
  }
  const walked = [head]
  let at = head
  for (;;) {
    const { previous } = at.opened.read.manifest
    if (previous === undefined) break
    const before = left.get(previous)
    if (before === undefined) {
      refuse(
        'history',
        `the manifest of epoch ${at.opened.report.epoch} names ${previous} before it, which is not here`,
      )
      return checks
    }
    left.delete(previous)
    const { report } = before.opened
    const next = (await compareEpochs(at, before)).flatMap(({ valid, detail }) => (valid ? [] : [detail]))
    const failures = [...next, ...walked.slice(0, -1).flatMap((later) => usedAgain(later, before))]
    checks.push({
      id: `history-epoch:${report.epoch}`,
      valid: failures.length === 0,
      detail:
        failures.length === 0
          ? `${previous}, valid, and before ${at.opened.report.epoch}`
          : failures.join('; '),
    })
    walked.push(before)
    at = before
  }
  const others: string[] = []
  const copies = new Checks(undefined)
  for (const copy of left.values()) {
    const { epoch } = copy.opened.report
    const of = walked.find(({ opened }) => opened.report.epoch === epoch)
    if (of === undefined || targetOf(of) === targetOf(copy)) others.push(epoch)
    else {
      await copies.run(`history-copy:${copy.source.name}`, () =>
        compareCopies(of.source, of.opened.read.manifest, { copy: copy.source, trust }),
      )
    }
  }
  checks.push(
    ...copies.list,
    others.length > 0
      ? { id: 'history', valid: false, detail: `no manifest leads to: ${others.join(', ')}` }
      : { id: 'history', valid: true, detail: `${walked.length} epochs, one way back to the first` },
  )
  return checks
}

const targetOf = ({ opened }: PublishedEpoch): string => targetWords(opened.read.manifest)
