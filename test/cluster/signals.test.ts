import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeEvent } from '../../src/kube/event.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { cluster } from './harness.ts'
import { isReady, v1Job } from './jobs.ts'
import { type LogKubelet, startLogKubelet } from './log-kubelet.ts'

let kubelet: LogKubelet
let folder: string

beforeAll(async () => {
  kubelet = await startLogKubelet(cluster().kubeconfig)
  folder = await mkdtemp(path.join(tmpdir(), 'kubectl-migrate-hooks-'))
})

afterAll(async () => {
  await kubelet.stop()
  await rm(folder, { recursive: true })
})

describe('what a cutover tells beside itself', () => {
  it('logs of both sides, hooks, and Events on both jobs', async () => {
    const { namespace, create, get, waitFor, migrate } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert', { roles: { Master: 1, Worker: 1 }, podSpec: kubelet.podSpec }))
    await waitFor('v1 runs', async () => {
      const { items } = await get<{ items: Pod[] }>(['pods'], { namespace: place })
      return items.filter(isReady).length === 2
    })
    const checkpoint = 'saved checkpoint at step 47900'
    kubelet.log(place, 'bert-master-0', 'pytorch').write('step 47900 loss 1.5', checkpoint, 'step 48200 loss 1.4')
    kubelet.log(place, 'bert-node-0-0', 'node').write('loading', 'step 47901 loss 1.5')
    const calls = path.join(folder, 'calls')
    const hooks = ['before-hold', 'after-hold', 'after-start', 'done'].flatMap((event) => [
      '--hook',
      `${event}=cat >> ${calls}; echo heard ${event}`,
    ])
    const words = ['cutover', 'job', 'bert', '--yes', '--observe', '15s', '--require-resume', ...hooks]
    const moved = await migrate(words, { namespace: place })
    expect([moved.code, moved.stdout]).toEqual([
      0,
      `${place}/bert is cut over: 2 of 2 pods run, equal to the proof; v1 is kept suspended; resumed at step 47 901\n`,
    ])
    expect(moved.stderr).toMatch(
      /Last checkpoint seen \d+ (s|min) ago \(step 47 900\): about 2 pods x \d+ (s|min) are repeated/,
    )
    expect(moved.stderr).toContain(' hook after-hold: heard after-hold\n')
    const heard = (await readFile(calls, 'utf8')).trimEnd().split('\n')
    expect(heard.map((line) => JSON.parse(line)).map(({ event, state }) => `${event} ${state}`)).toEqual([
      'before-hold moving',
      'after-hold moving',
      'after-start moving',
      'done moved',
    ])
    const { items } = await get<{ items: KubeEvent[] }>(['events'], { namespace: place })
    const told = items.filter(({ reason }) => reason?.startsWith('Migration'))
    expect(told.map(({ reason, involvedObject: { kind } }) => `${reason} ${kind}`).sort()).toEqual(
      ['Done', 'Held', 'Started'].flatMap((turn) => [`Migration${turn} PyTorchJob`, `Migration${turn} TrainJob`]),
    )
    const status = await migrate(['status', 'pytorchjob/bert'], { namespace: place })
    expect(status.stdout.split('\n')[1]).toBe('resumed at step 47 901')
  })
})
