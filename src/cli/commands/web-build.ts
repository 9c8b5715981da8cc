import { type Command, Option } from 'commander'
import type { DisclosureTrust, OpenedEpoch } from '../../epoch/index.js'
import { command } from '../command.js'
import { forceOption, required } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { readTrust, type TrustOptions, trustOptions } from '../trust-options.js'

interface BuildOptions extends TrustOptions {
  epoch: string
  openings?: string
  out: string
  force?: boolean
  json?: boolean
}

export function webBuildCommand(): Command {
  return command('build', {
    description:
      'Write the page with which the customers of an epoch check, in a browser and without a network, that they are counted.',
    options: [
      required('--epoch <place>', 'the public epoch: a folder, a ZIP archive or an https address'),
      required('--out <folder>', 'write the page and the archive of the epoch to this folder'),
      new Option('--openings <file>', 'what you show of the epoch, as `solvency disclose` writes it'),
      ...trustOptions(),
      forceOption(),
    ],
    notes: [
      'The folder goes to any web server, or onto a USB stick. The page opens no connection; an archive of at most 24 MiB is inside it, and a larger one lies beside it.',
      'The page carries the pins that --pins names, and says that you chose them; without --pins, customers bring their own. The same epoch and pins give the same page, so that others can compare it.',
    ],
    examples: ['plimsoll web build --epoch epoch --pins pins.json --out page'],
  }).action(async (options: BuildOptions) => {
    const { join } = await import('node:path')
    const { mkdir } = await import('node:fs/promises')
    const { openEpoch } = await import('../../epoch/index.js')
    const { assertReplaceable, writeFileAtomic } = await import('../../files/index.js')
    const { openSource } = await import('../../inputs/index.js')
    const { sha256Hex } = await import('../../schema/index.js')
    const { epochArchive } = await import('../../venue/index.js')
    const { epochView } = await import('../views/epoch.js')
    const { builtPageView } = await import('../views/inclusion.js')
    const { writeInclusionPage } = await import('../inclusion-page.js')
    const ui = createUi(options)
    const { out, pins, openings, force = false } = options
    const trust = await readTrust(options)
    const source = await openSource(options.epoch)
    const opened = await ui.step('verifying the epoch, as the page will', (update) =>
      openEpoch(source, { ...trust, onCheck: ({ id }) => update(id) }),
    )
    const { exitCode, ...report } = opened.report
    if (!report.valid) {
      ui.result(report, () => epochView(report))
      process.exitCode = exitCode
      return
    }
    if (openings !== undefined) await assertOpens(openings, opened, trust)
    const path = join(out, ARCHIVE)
    const { archive } = await epochArchive(options.epoch, path)
    await mkdir(out, { recursive: true })
    if (!force) await assertReplaceable(path, archive)
    const built = await writeInclusionPage({
      ...{ out: join(out, 'index.html'), archive, name: ARCHIVE, force },
      ...(pins === undefined ? {} : { pins }),
      ...(openings === undefined ? {} : { openings }),
    })
    await writeFileAtomic(path, archive)
    ui.warnOfKeys(report.keyKind)
    const result = {
      ...built,
      archive: path,
      archiveSha256: sha256Hex(archive),
      carriesPins: pins !== undefined,
    }
    ui.result(result, () => builtPageView(result))
  })
}

const ARCHIVE = 'epoch.zip'

/** Refuses a disclosure that the page would call false. */
async function assertOpens(path: string, { read }: OpenedEpoch, trust: DisclosureTrust): Promise<void> {
  const { verifyDisclosure } = await import('../../epoch/index.js')
  const { InputError } = await import('../../errors/index.js')
  const { readDisclosure } = await import('../../inputs/index.js')
  const { value } = await readDisclosure(path)
  const { checks } = await verifyDisclosure(value, read, trust)
  const failed = checks.find(({ valid }) => !valid)
  if (failed === undefined) return
  throw new InputError('PAGE_OPENINGS', `${failed.id}: ${failed.detail}`, {
    where: path,
    hint: 'Write it with `plimsoll solvency disclose` for this very epoch.',
  })
}
