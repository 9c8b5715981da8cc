import { InputError } from '../errors/index.js'

/** The option of every command that judges the time of an epoch's marks. */
export const MAX_AGE_OPTION = [
  '--max-age <seconds>',
  'refuse marks of the future, and marks that are older than this',
] as const

/** Seconds as an option gives them. */
export function readMaxAge(text: string): number {
  if (/^[0-9]{1,10}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of seconds', {
    where: '--max-age',
    hint: 'Write whole seconds, such as 86400 for a day.',
  })
}

/** The option of every command that takes a tier table. */
export const TIMESTAMP_OPTION = [
  '--timestamp <seconds>',
  'time of the prices of a tier table (CSV), which has none of its own: seconds since 1970-01-01 UTC',
] as const
