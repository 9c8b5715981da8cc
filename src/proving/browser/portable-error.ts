import { ArtifactError, InputError, PlimsollError, StatementError } from '../../errors/index.js'

/** An error as one thread tells another of it: of an unexpected one, its text alone. */
export interface PortableError {
  kind: keyof typeof KINDS | undefined
  code: string
  what: string
  where: string | undefined
  hint: string | undefined
}

const KINDS = { InputError, StatementError, ArtifactError } as const

export function packError(error: unknown): PortableError {
  if (!(error instanceof PlimsollError)) {
    return { kind: undefined, code: '', what: String(error), where: undefined, hint: undefined }
  }
  const { code, what, where, hint } = error
  const kind = Object.entries(KINDS).find(([, Kind]) => error instanceof Kind)?.[0]
  return { kind: kind as PortableError['kind'], code, what, where, hint }
}

export function unpackError({ kind, code, what, where, hint }: PortableError): Error {
  if (kind === undefined) return new Error(what)
  return new KINDS[kind](code, what, {
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
  })
}
