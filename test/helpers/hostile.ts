/**
 * What a liar could write into a file so that a reader's screen says something else. Each is short enough for
 * the name of a file.
 */
export const HOSTILE: Record<string, string> = {
  'a cleared screen': '\u001b[2J\u001b[H',
  'a C1 control sequence': '\u009b2J\u009b1;1H',
  'a line drawn over': '\r\u001b[2K',
  'a line of its own': '\nFORGED\r\nFORGED\u2028FORGED\u0085FORGED\u000bFORGED',
  'a link to elsewhere': '\u001b]8;;https://example.com\u0007x\u001b]8;;\u0007',
  'a turned line': '\u202eDEGROF\u2066',
  'what is not seen': 'a\u200b\u00ad\ufeff\u{e0041}\u3164b',
  'another space': 'a\u00a0\u3000b',
  'letters that turn a row around': '\u05e9\u05e7\u05dc \u0661',
  'marks on marks': `\u0338e${'\u0301'.repeat(12)}`,
  'private and unassigned': '\ue000\u{2ffff}',
}

/** All of it in one. */
export const ALL_HOSTILE = `x${Object.values(HOSTILE).join('')}`

/**
 * Copies of a JSON value with one text or one key made hostile, at most `most` of them, spread over the
 * value.
 */
export function hostileCopies(value: unknown, most: number): unknown[] {
  const paths: { path: (string | number)[]; key: boolean }[] = []
  const walk = (at: unknown, path: (string | number)[]) => {
    if (typeof at === 'string') paths.push({ path, key: false })
    if (typeof at !== 'object' || at === null) return
    for (const [name, part] of Object.entries(at)) {
      const here = [...path, Array.isArray(at) ? Number(name) : name]
      if (!Array.isArray(at)) paths.push({ path: here, key: true })
      walk(part, here)
    }
  }
  walk(value, [])
  const step = Math.max(1, Math.ceil(paths.length / most))
  return paths
    .filter((_, i) => i % step === 0)
    .map(({ path, key }) => {
      const copy = structuredClone(value)
      let parent = copy as Record<string | number, unknown>
      for (const part of path.slice(0, -1)) parent = parent[part] as typeof parent
      const last = path.at(-1)
      if (last === undefined) return ALL_HOSTILE
      if (key) {
        parent[ALL_HOSTILE] = parent[last]
        delete parent[last]
      } else {
        parent[last] = ALL_HOSTILE
      }
      return copy
    })
}
