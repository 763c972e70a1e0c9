import { describe, expect, it } from 'vitest'
import { envLines, kindPods } from '../../test/unit/kind-manifest.ts'

describe('env of an XGBoostJob', () => {
  it('counts ranks from the Master on and lists the Workers', () => {
    const pods = kindPods('XGBoostJob', { Worker: { replicas: 2 }, Master: { replicas: 1 } })
    const ofRank = (rank: number) => [
      'MASTER_PORT=9999',
      'MASTER_ADDR=train-master-0',
      'WORLD_SIZE=3',
      `RANK=${rank}`,
      'PYTHONUNBUFFERED=1',
      'WORKER_PORT=9999',
      'WORKER_ADDRS=train-worker-0,train-worker-1',
    ]
    expect(envLines(pods['master-0'])).toEqual(ofRank(0))
    expect(envLines(pods['worker-0'])).toEqual(ofRank(1))
    expect(envLines(pods['worker-1'])).toEqual(ofRank(2))
  })

  it.each([
    ['without Workers', { Master: { replicas: 1 } }],
    ['with no Worker at all', { Master: { replicas: 1 }, Worker: { replicas: 0 } }],
  ])('%s names none', (_, roles) => {
    expect(envLines(kindPods('XGBoostJob', roles)['master-0'])).toEqual([
      'MASTER_PORT=9999',
      'MASTER_ADDR=train-master-0',
      'WORLD_SIZE=1',
      'RANK=0',
      'PYTHONUNBUFFERED=1',
    ])
  })

  it('takes each role’s own port, and stands behind the template’s in every container', () => {
    const ports = (containerPort: number) => [{ name: 'xgboostjob-port', containerPort }]
    const { 'worker-0': worker } = kindPods('XGBoostJob', {
      Master: { replicas: 1, container: { ports: ports(1000) } },
      Worker: {
        container: { ports: ports(2000), env: [{ name: 'RANK', value: 'mine' }] },
        sidecars: [{ name: 'logger', image: 'l' }],
      },
    })
    const injected = [
      'MASTER_PORT=1000',
      'MASTER_ADDR=train-master-0',
      'WORLD_SIZE=2',
      'RANK=1',
      'PYTHONUNBUFFERED=1',
      'WORKER_PORT=2000',
      'WORKER_ADDRS=train-worker-0',
    ]
    expect(envLines(worker)).toEqual(['RANK=mine', ...injected])
    expect(envLines(worker, 'logger')).toEqual(injected)
  })
})
