import { afterAll } from 'vitest'

/** What is left to be done when the test file that runs has ended. */
let left: (() => unknown)[] = []

/** Does something when the test file that runs has ended, the last first. */
export function afterFile(work: () => unknown): void {
  left.push(work)
}

/** Has it done. The setup of every test file calls it, since files of one process read this one once. */
export function endFileProperly(): void {
  afterAll(async () => {
    const works = left.toReversed()
    left = []
    for (const work of works) await work()
  })
}
