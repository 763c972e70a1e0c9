import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Holder, lockFolder } from './folder-lock.ts'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'kubectl-migrate-test-'))
})
afterEach(() => rm(home, { recursive: true }))

/** A process of this machine; those in `living` live. */
function holder(pid: number, living: readonly number[], more: Partial<Holder['self']> = {}): Holder {
  const self = { user: 'jane', host: 'laptop', pid, place: 'boot-1', started: '100', ...more }
  return { self, isAlive: (other) => living.includes(other.pid) }
}

describe('the folder of a sandbox', () => {
  it('is had by one at a time, and by the next when that gives it back', async () => {
    const folder = path.join(home, 'made')
    const release = await lockFolder(folder, holder(1, [1, 2]))
    await expect(lockFolder(folder, holder(2, [1, 2]))).rejects.toMatchObject({
      name: 'StateProblem',
      message: `${folder} is used by another sandbox (process 1)`,
      lock: path.join(folder, 'sandbox.lock'),
    })
    await release()
    await (await lockFolder(folder, holder(2, [1, 2])))()
    expect(await readdir(folder)).toEqual([])
  })

  it('is taken from a process that is gone', async () => {
    await lockFolder(home, holder(1, []))
    await lockFolder(home, holder(2, [2]))
    expect(JSON.parse(await readFile(path.join(home, 'sandbox.lock'), 'utf8'))).toMatchObject({ pid: 2 })
    expect(await readdir(home)).toEqual(['sandbox.lock'])
  })

  it('is taken by one only of many that find it left', async () => {
    const pids = Array.from({ length: 20 }, (_, at) => at + 2)
    for (let round = 0; round < 20; round++) {
      const folder = path.join(home, String(round))
      await lockFolder(folder, holder(1, []))
      const taken = await Promise.allSettled(pids.map((pid) => lockFolder(folder, holder(pid, pids))))
      expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })

  it('is not waited for without end where somebody was killed while he removed the lock', async () => {
    await lockFolder(home, holder(1, []))
    await writeFile(path.join(home, 'sandbox.lock.left'), '')
    const words = `${home} cannot be taken: ${path.join(home, 'sandbox.lock.left')} stays; delete it if no sandbox starts`
    await expect(lockFolder(home, holder(2, []))).rejects.toThrow(words)
  })

  it.each([
    [
      'a process of another machine has it',
      JSON.stringify({ pid: 7, host: 'other', place: 'boot-2', started: '1' }),
      'was taken by a sandbox elsewhere (process 7 of other), which may still run',
    ],
    ['its lock says nobody', '', 'may be used by another sandbox: its sandbox.lock says nobody'],
  ])('is not taken where %s', async (_, text, words) => {
    await writeFile(path.join(home, 'sandbox.lock'), text)
    await expect(lockFolder(home, holder(1, []))).rejects.toThrow(`${home} ${words}`)
    expect(await readFile(path.join(home, 'sandbox.lock'), 'utf8')).toBe(text)
  })

  it.each([
    ['no/parent', 'the folder it is to be in is not there'],
    ['file', 'it is a file'],
  ])('is refused where it cannot be made: %s', async (name, why) => {
    await writeFile(path.join(home, 'file'), '')
    const folder = path.join(home, name)
    await expect(lockFolder(folder, holder(1, []))).rejects.toThrow(`${folder} cannot keep the sandbox: ${why}`)
  })
})
