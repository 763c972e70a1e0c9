import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cacheFolder } from '../../cluster/folders.ts'
import { identify, isAlive, kill, type ProcessIdentity } from '../../cluster/process-identity.ts'
import { conditionOf, discard, discardOrphans, readState, type State, writeState } from '../../cluster/state.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'state-'))
  vi.stubEnv('XDG_CACHE_HOME', home)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true, force: true })
})

const ended: ProcessIdentity = { pid: process.pid, start: '1' }

const self = (): ProcessIdentity => {
  const identity = identify(process.pid)
  if (identity === undefined) throw new Error('this process is not there')
  return identity
}

const component = (): ProcessIdentity & { name: string } => {
  const identity = identify(spawn('sleep', ['600'], { stdio: 'ignore' }).pid ?? 0)
  if (identity === undefined) throw new Error('sleep is not there')
  return { name: 'etcd', ...identity }
}

const state = (fields: Partial<State>): State => ({
  key: 'k',
  ready: true,
  ports: {} as State['ports'],
  processes: [],
  ...fields,
})

describe('what a folder holds', () => {
  it.each([
    ['absent', 'nothing is recorded', undefined],
    [
      'starting',
      'its processes run and it is not ready',
      state({ ready: false, processes: [{ name: 'a', ...self() }] }),
    ],
    ['running', 'all processes run', state({ processes: [{ name: 'a', ...self() }] })],
    [
      'dead',
      'one of its processes has ended',
      state({
        processes: [
          { name: 'a', ...self() },
          { name: 'b', ...ended },
        ],
      }),
    ],
  ])('is %s when %s', (expected, _, recorded) => {
    expect(conditionOf(recorded)).toBe(expected)
  })
})

describe('discarding', () => {
  it('kills every recorded process and removes the folder', async () => {
    const folder = join(home, 'plane')
    const etcd = component()
    await writeState(folder, state({ processes: [etcd] }))
    await discard(folder)
    expect(isAlive(etcd)).toBe(false)
    expect(existsSync(folder)).toBe(false)
  })

  it('takes control planes whose owner has ended, and no others', async () => {
    const orphan = join(cacheFolder(), 'run-orphan')
    const owned = join(cacheFolder(), 'run-owned')
    const kept = join(cacheFolder(), 'kept')
    const etcd = component()
    const other = component()
    await writeState(orphan, state({ owner: ended, processes: [etcd] }))
    await writeState(owned, state({ owner: self(), processes: [other] }))
    await writeState(kept, state({ processes: [other] }))
    expect(await discardOrphans()).toEqual([orphan])
    expect(isAlive(etcd)).toBe(false)
    expect(isAlive(other)).toBe(true)
    expect(await readState(owned)).toMatchObject({ owner: self() })
    expect(existsSync(kept)).toBe(true)
    await kill([other])
  })
})
