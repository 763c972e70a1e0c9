import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { ago, condition, now, runningV1, v1Job, v1Pod, waiting } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'

const lastState = { terminated: { exitCode: 1, reason: 'Error' } }
const crashing = {
  ...waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container', 431),
  phase: 'Running' as const,
}
const looping = {
  ...crashing,
  containerStatuses: (crashing.containerStatuses ?? []).map((status) => ({ ...status, lastState })),
}

const crash: readonly KubeObject[] = [
  runningV1('xlm-crash', { roles: { Master: 1, Worker: 1 } }),
  v1Pod('xlm-crash', 'master', 0, { status: looping, node: 'gpu-02' }),
  v1Pod('xlm-crash', 'worker', 0, { node: 'gpu-02' }),
]

async function status(columns: number, objects = crash) {
  const cluster = new FakeCluster({ objects, namespace: 'nlp' })
  const { out } = await runVerb(['status', 'xlm-crash'], { cluster, tty: true, columns, now: () => now })
  return out
}

describe('pods that are deleted and do not go', () => {
  const stuck = (index: number, seconds: number, taint = true) => {
    const conditions = [{ type: 'DisruptionTarget', status: 'True', message: 'Taint manager: deleting' }]
    const status = { phase: 'Running' as const, ...(taint && { conditions }) }
    const pod = v1Pod('xlm-crash', 'worker', index, { node: 'gpu-09', status })
    return { ...pod, metadata: { ...pod.metadata, deletionTimestamp: ago(seconds) } }
  }
  const job = runningV1('xlm-crash', { roles: { Worker: 3 } })

  it('are told once their time is over, by their nodes', async () => {
    const out = await status(120, [job, stuck(0, 7200), stuck(1, 7200), v1Pod('xlm-crash', 'worker', 2)])
    const at = out.findIndex((line) => line.startsWith('v1  Terminating'))
    expect(out.slice(at, at + 2)).toEqual([
      'v1  Terminating: xlm-crash-worker-0 and 1 more',
      '    its time to end was over 120m ago; Taint manager: deleting   (kubectl get node gpu-09)',
    ])
    expect(await status(120, [job, stuck(0, 7200, false)])).toContain(
      '    its time to end was over 120m ago; its node does not say that it has ended   (kubectl get node gpu-09)',
    )
  })

  it('are not told while they have time to end', async () => {
    const out = await status(120, [job, stuck(0, 30)])
    expect(out.filter((line) => line.startsWith('v1  Terminating'))).toEqual([])
  })
})

it('says why a v1 job restarts, in its operator’s words, where no pod tells', async () => {
  const message = 'PyTorchJob xlm-crash is restarting because 1 Worker replica(s) failed.'
  const restarting = v1Job('xlm-crash', { conditions: [condition('Restarting', { reason: 'JobRestarting', message })] })
  const out = await status(120, [restarting, v1Pod('xlm-crash', 'master', 0)])
  const at = out.indexOf('v1  JobRestarting')
  expect(out[at + 1]).toBe(`    ${message}`)
})

describe('the screen of a job', () => {
  it('has what a pod tells on lines of its own where the terminal is too narrow for one', async () => {
    const out = await status(40)
    const commands = out.findIndex((line) => line.startsWith('Next: '))
    expect(out.slice(0, commands).filter((line) => stringWidth(line) > 40)).toEqual([])
    expect(out.slice(4, 10)).toEqual([
      '├─ Master 0/1',
      '│  └─ xlm-crash-master-0',
      '│     ├─ ▲ CrashLoopBackOff  gpu-02  10m',
      '│     ├─ 431 restarts',
      '│     └─ last: Error, exit 1',
      '└─ Worker 1/1',
    ])
  })

  it('names the log of what ended before anything else, where containers start again and again', async () => {
    const out = await status(120)
    expect(out.slice(-2)).toEqual([
      'Next: kubectl migrate logs pytorchjob/xlm-crash -n nlp --side v1 --previous --tail 20   what it wrote before it ended',
      '      kubectl migrate diff pytorchjob/xlm-crash -n nlp                                  what would differ',
    ])
  })
})
