import type { BetterSizes, Forecast } from '../../venue/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'
import { shownPercent } from './amounts.js'
import { shownTime } from './time.js'

/** The result of `plan`. */
export function planView(plan: Forecast & { better?: BetterSizes; addedTo?: string }): Text {
  const { accounts, solvency, batches, seconds, measured, keys, memory, disk, gas, better } = plan
  return apart([
    table(
      ['instance', 'batches', 'of accounts', 'of slots', 'accounts in them'],
      [
        ...batches.map((run) => [
          run.instance,
          run.batches.toLocaleString('en-US'),
          run.accounts,
          run.pledged === 0 ? run.slots : `${run.slots}, ${run.pledged} pledged`,
          run.filled.toLocaleString('en-US'),
        ]),
        [solvency.instance, '1', '', '', ''],
      ],
    ),
    facts([
      ['accounts', accounts.toLocaleString('en-US')],
      ['proofs', plan.proofs.toLocaleString('en-US')],
      [
        'time here, about',
        `${shownTime(seconds.fold + seconds.proofs)}: ${shownTime(seconds.fold)} to fold the ledger, ${shownTime(seconds.proofs)} to prove it`,
      ],
      ...(keys.missing.length === 0
        ? []
        : [
            [
              'keys to make first',
              `${keys.missing.join(', ')}: about ${shownTime(keys.seconds)} for development keys`,
            ] as const,
          ]),
      ['memory, about', shownBytes(memory)],
      [
        'disk, about',
        `${shownBytes(disk.artifacts)} for circuits and keys, ${shownBytes(disk.epoch)} for the epoch`,
      ],
      ['on a chain, about', `${gas.toLocaleString('en-US')} gas to verify every proof, many in one call`],
    ]),
    `The times rest on measurements of now, on ${measured.cores} ${measured.cores === 1 ? 'core' : 'cores'}: a multiplication of points, for ${(measured.row * 1e6).toFixed(0)} µs a row of a proof, and the hashes of some accounts, ${(measured.account * 1e3).toFixed(1)} ms each.`,
    ...(better === undefined ? [] : [betterText(better, plan.addedTo)]),
  ])
}

function betterText({ instances, saves }: BetterSizes, addedTo: string | undefined): string {
  const names = Object.keys(instances)
  const what = `Circuits of sizes for this ledger alone would take about ${shownPercent(saves.toFixed(2))} less time, and keys of their own: ${names.join(', ')}.`
  const next =
    addedTo === undefined
      ? "With --add-sizes they are added to the project's own."
      : `They are in ${addedTo}, and planned with from now on: make their keys with \`plimsoll setup ${names.join(' ')}\`.`
  return `${what} ${next}`
}

function shownBytes(bytes: number): string {
  const [size, unit] =
    bytes >= 2 ** 30 ? [2 ** 30, 'GiB'] : bytes >= 2 ** 20 ? [2 ** 20, 'MiB'] : [2 ** 10, 'KiB']
  return `${Number((bytes / (size as number)).toPrecision(2))} ${unit}`
}
