import { describe, expect, it } from 'vitest'
import type { ContainerStatus, Pod, PodStatus } from '../kube/pod.ts'
import { containerLife } from './life.ts'

const pod = (
  state: ContainerStatus['state'],
  more: Partial<ContainerStatus> = {},
  phase?: PodStatus['phase'],
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'main' }], restartPolicy: 'OnFailure' },
  status: { phase, containerStatuses: [{ name: 'main', state, ...more }] },
})
const terminated = (exitCode: number) => ({ terminated: { exitCode } })

describe('containerLife', () => {
  it.each<[string, Pod, string]>([
    ['no status at all', { ...pod({}), status: undefined }, 'waiting'],
    ['waiting for its image', pod({ waiting: { reason: 'ImagePullBackOff' } }, {}, 'Pending'), 'waiting'],
    ['running', pod({ running: {} }, {}, 'Running'), 'running'],
    [
      'crashed, and waiting to be started again',
      pod({ waiting: {} }, { lastState: terminated(1) }, 'Running'),
      'ended',
    ],
    ['crashed', pod(terminated(1), {}, 'Running'), 'ended'],
    ['ended well', pod(terminated(0), {}, 'Running'), 'over'],
    ['crashed in a pod that failed', pod(terminated(1), {}, 'Failed'), 'over'],
    ['evicted before it was started', pod({}, {}, 'Failed'), 'over'],
  ])('%s', (_, one, word) => {
    expect(containerLife(one, 'main')).toBe(word)
  })

  it('is over in a pod that is deleted, or never started again', () => {
    const one = pod(terminated(1), {}, 'Running')
    expect(containerLife({ ...one, metadata: { deletionTimestamp: 'now' } }, 'main')).toBe('over')
    expect(containerLife({ ...one, spec: { containers: [], restartPolicy: 'Never' } }, 'main')).toBe('over')
    expect(containerLife({ ...one, spec: { containers: [], restartPolicy: 'Always' } }, 'main')).toBe('ended')
  })

  it('knows init containers too', () => {
    const init: Pod = { ...pod({}), status: { initContainerStatuses: [{ name: 'init', state: terminated(0) }] } }
    expect(containerLife(init, 'init')).toBe('over')
  })
})
