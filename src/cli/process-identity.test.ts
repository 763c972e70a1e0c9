import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { isAlive, processIdentity } from './process-identity.ts'

const kill = process.kill.bind(process)
const self = processIdentity(process.pid, process.platform)

describe('a process', () => {
  it('is alive while it runs, and not when another has its pid', () => {
    expect(isAlive(self, kill)).toBe(true)
    if (process.platform === 'linux') expect(isAlive({ ...self, started: '1' }, kill)).toBe(false)
  })

  it('is not alive when it has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
    await once(child, 'spawn')
    const identity = processIdentity(child.pid ?? 0, process.platform)
    expect(isAlive(identity, kill)).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isAlive(identity, kill)).toBe(false)
  })

  it('knows its place: what its pid means', () => {
    expect(self.place).not.toBe('')
    expect(processIdentity(process.pid, process.platform)).toEqual(self)
  })
})
