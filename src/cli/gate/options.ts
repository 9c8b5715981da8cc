import { Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { required } from '../options.js'

/** The record of a gate. */
export function gateOption(): Option {
  return required('--gate <file>', 'the record of the gate, as its lender published it')
}

/** @param what what ends then */
export function untilOption(what: string): Option {
  return new Option('--until <seconds>', `${what}: seconds since 1970-01-01 UTC`).argParser(
    readTime('--until'),
  )
}

/** A time of an option, in seconds: one in milliseconds is refused. */
export function readTime(where: string): (text: string) => number {
  return (text) => {
    if (/^[1-9][0-9]{0,11}$/.test(text) && Number(text) <= 253_402_300_799) return Number(text)
    throw new InputError('USAGE', 'not a time in seconds since 1970-01-01 UTC, of the year 9999 or before', {
      where,
    })
  }
}
