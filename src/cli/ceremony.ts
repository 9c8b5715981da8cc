import { Option } from 'commander'
import { InputError } from '../errors/index.js'
import type { CeremonyReport } from '../proving/index.js'
import { required } from './options.js'
import { show, type Ui } from './terminal/ui.js'
import { packageVersion } from './version.js'

/** The powers of tau of a ceremony, as the command line names them. */
export interface PowersOptions {
  ptau: string
  trustPtau?: string
}

export function powersOptions(): Option[] {
  return [
    required('--ptau <file>', 'powers of tau that the ceremony begins with, as published'),
    new Option('--trust-ptau <hash>', 'BLAKE2b hash of powers of tau that you vouch for yourself'),
  ]
}

/** What is said to have made a contribution. */
export function software(): string {
  return `plimsoll ${packageVersion()}`
}

/** Verifies a ceremony, with progress. */
export async function verifyWith(ui: Ui, folder: string, options: PowersOptions): Promise<CeremonyReport> {
  const { verifyCeremony } = await import('../proving/index.js')
  return ui.step('verifying the ceremony', (update) =>
    verifyCeremony(folder, {
      powers: options.ptau,
      ...(options.trustPtau === undefined ? {} : { trustPowers: options.trustPtau }),
      onProgress: update,
    }),
  )
}

/**
 * A contributor's own randomness: a file's bytes, or what is typed at the terminal, which does not show it.
 * It is never an argument, as every process of the machine can read those.
 *
 * @throws {InputError} `USAGE` when there is neither a file nor a terminal
 */
export async function readEntropy(file: string | undefined): Promise<Uint8Array> {
  if (file !== undefined) {
    const { readBytes } = await import('../files/index.js')
    return readBytes(file, 1 << 24)
  }
  if (!process.stdin.isTTY) {
    throw new InputError('USAGE', 'there is no terminal to type at', {
      where: '--entropy-file',
      hint: 'Name a file with randomness of your own, such as notes of dice. It is mixed with that of the system.',
    })
  }
  const [{ createInterface }, { Writable }] = await Promise.all([
    import('node:readline'),
    import('node:stream'),
  ])
  show(process.stderr, 'Type some random text, which is not shown, and press Enter:')
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true })
  const text = await new Promise<string>((resolve) => reader.question('', resolve))
  reader.close()
  return new TextEncoder().encode(text)
}
