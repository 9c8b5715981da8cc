import type { ReservesStatement } from '../message.js'

const TEXT =
  /^Plimsoll reserves 1\nvenue: (.+)\nepoch: (.+)\naccount: (.+)\nholds for: (.+)\nchallenge: ([0-9a-f]{64})$/

/** The fields of a text that `reservesMessage` made, or nothing for another text. */
export function messageFields(text: string): ReservesStatement | undefined {
  const [, venue, epoch, account, holdsFor, challenge] = TEXT.exec(text) ?? []
  if (challenge === undefined) return undefined
  return {
    venue: venue!,
    epoch: epoch!,
    account: account!,
    holdsFor: holdsFor as ReservesStatement['holdsFor'],
    challenge,
  }
}
