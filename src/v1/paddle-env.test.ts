import { describe, expect, it } from 'vitest'
import { envLines, kindPods } from '../../test/unit/kind-manifest.ts'

const common = (nodes: number) => ['PYTHONUNBUFFERED=1', 'PADDLE_JOB_ID=train', `PADDLE_NNODES=${nodes}`]
const ownAddress = (port: number) => ['POD_IP_DUMMY=<status.podIP>', `PADDLE_MASTER=$(POD_IP_DUMMY):${port}`]

describe('env of a PaddleJob', () => {
  it('without a Master is collective: the first Worker knows its address, the others its name', () => {
    const pods = kindPods('PaddleJob', { Worker: { replicas: 3 } })
    expect(envLines(pods['worker-0'])).toEqual([...common(3), ...ownAddress(36543)])
    for (const name of ['worker-1', 'worker-2']) {
      expect(envLines(pods[name])).toEqual([...common(3), 'PADDLE_MASTER=train-worker-0:36543'])
    }
  })

  it('with a Master has one server or one trainer a pod, and the first Master leads', () => {
    const pods = kindPods('PaddleJob', { Master: { replicas: 2 }, Worker: { replicas: 1 } })
    const named = 'PADDLE_MASTER=train-master-0:36543'
    expect(envLines(pods['master-0'])).toEqual([...common(3), ...ownAddress(36543), 'PADDLE_SERVER_NUM=1'])
    expect(envLines(pods['master-1'])).toEqual([...common(3), named, 'PADDLE_SERVER_NUM=1'])
    expect(envLines(pods['worker-0'])).toEqual([...common(3), named, 'PADDLE_TRAINER_NUM=1'])
  })

  it('takes the leading role’s port', () => {
    const ports = [{ name: 'master', containerPort: 1000 }]
    const pods = kindPods('PaddleJob', { Worker: { replicas: 2, container: { ports } } })
    expect(envLines(pods['worker-0'])).toEqual([...common(2), ...ownAddress(1000)])
    expect(envLines(pods['worker-1'])).toContain('PADDLE_MASTER=train-worker-0:1000')
  })

  it('is in every container', () => {
    const pods = kindPods('PaddleJob', { Worker: { sidecars: [{ name: 'logger', image: 'l' }] } })
    expect(envLines(pods['worker-0'], 'logger')).toEqual([...common(1), ...ownAddress(36543)])
  })
})
