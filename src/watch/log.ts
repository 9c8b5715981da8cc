import * as z from 'zod'
import { readTextFile } from '../files/index.js'
import { recordSchema as keeperSchema } from './act/records.js'
import { recordSchema as alertSchema } from './alerts/records.js'
import { recordsOf } from './journal.js'

/** Something that a watch told or did. */
export interface WatchMoment {
  at: number
  source: 'alert' | 'keeper'
  what: string
  transaction?: string
}

const MAX_BYTES = 1 << 28
const schema = z.union([alertSchema, keeperSchema])

/**
 * What a watch told and did, from the journal of its alerts or of its keeper.
 *
 * @throws {InputError} `WATCH_JOURNAL`, `FILE_ACCESS`, `JSON_SIZE`, `JSON_ENCODING`
 */
export async function readWatchLog(path: string): Promise<WatchMoment[]> {
  const text = await readTextFile(path, { maxBytes: MAX_BYTES })
  return recordsOf(text.slice(0, text.lastIndexOf('\n') + 1), schema, path).flatMap(
    (record): WatchMoment[] => {
      switch (record.kind) {
        case 'notice': {
          const { at, status, rule, severity, alerts } = record
          return alerts.map(({ labels, annotations }) => {
            const series = Object.entries(labels).map(([name, value]) => `${name} ${value}`)
            const about = [
              ...series,
              ...(annotations.value === undefined ? [] : [`value ${annotations.value}`]),
            ]
            const verb = status === 'firing' ? `fires (${severity})` : 'is resolved'
            return { at, source: 'alert', what: `${rule} ${verb}: ${about.join(', ')}` }
          })
        }
        case 'done':
          return record.status === 0
            ? []
            : [
                {
                  at: record.at,
                  source: 'alert',
                  what: `message ${record.number} is answered with ${record.status}`,
                },
              ]
        case 'signed':
          return [
            { at: record.at, source: 'keeper', what: `sends ${record.title}`, transaction: record.hash },
          ]
        case 'mined': {
          const { at, title, hash, succeeded } = record
          const how =
            succeeded === undefined ? 'was overtaken' : succeeded ? 'is in a block' : 'reverted in a block'
          return [
            {
              at,
              source: 'keeper',
              what: `${title} ${how}`,
              ...(hash === undefined ? {} : { transaction: hash }),
            },
          ]
        }
        default:
          return []
      }
    },
  )
}
