import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { node, sources } from '../../cluster/folders.ts'
import { identify, isAlive } from '../../cluster/process-identity.ts'
import { readState } from '../../cluster/state.ts'
import { waitFor } from '../../cluster/wait-for.ts'

/** An owner that starts one process, records it, has it supervised, and then hangs. */
const ownerSource = (folder: string): string => `
import { spawn } from 'node:child_process'
import { identify } from '${join(sources, 'process-identity.ts')}'
import { writeState } from '${join(sources, 'state.ts')}'
import { supervise } from '${join(sources, 'supervise.ts')}'
const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
const folder = ${JSON.stringify(folder)}
supervise(folder)
await writeState(folder, {
  key: 'k', ready: true, ports: {}, owner: identify(process.pid), processes: [{ name: 'etcd', ...identify(child.pid) }],
})
setInterval(() => undefined, 1000)
`

it('a control plane ends when its owner is killed with SIGKILL', async () => {
  const home = await mkdtemp(join(tmpdir(), 'supervisor-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const folder = join(home, 'plane')
  const script = join(home, 'owner.ts')
  await writeFile(script, ownerSource(folder))
  const owner = spawn(node, [script], { stdio: 'ignore' })
  const { processes } = await waitFor('the state of the control plane', () => readState(folder))
  const [etcd] = processes
  if (etcd === undefined) throw new Error('no process was recorded')
  expect(isAlive(etcd)).toBe(true)

  owner.kill('SIGKILL')

  await waitFor('its process has ended', async () => !isAlive(etcd))
  await waitFor('its folder is gone', async () => !existsSync(folder))
  expect(identify(owner.pid ?? 0)).toBeUndefined()
})
