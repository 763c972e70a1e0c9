import { describe, expect, it } from 'vitest'
import { envLines, kindPods } from '../../test/unit/kind-manifest.ts'

describe('env of a JAXJob', () => {
  it('names the first pod as coordinator and numbers the processes, in every container', () => {
    const pods = kindPods('JAXJob', { Worker: { replicas: 2, sidecars: [{ name: 'logger', image: 'l' }] } })
    const ofProcess = (id: number) => [
      'PYTHONUNBUFFERED=1',
      'COORDINATOR_PORT=6666',
      'COORDINATOR_ADDRESS=train-worker-0',
      'NUM_PROCESSES=2',
      `PROCESS_ID=${id}`,
    ]
    expect(envLines(pods['worker-0'])).toEqual(ofProcess(0))
    expect(envLines(pods['worker-1'])).toEqual(ofProcess(1))
    expect(envLines(pods['worker-1'], 'logger')).toEqual(ofProcess(1))
  })

  it('takes the container’s own port', () => {
    const ports = [{ name: 'jaxjob-port', containerPort: 1000 }]
    expect(envLines(kindPods('JAXJob', { Worker: { container: { ports } } })['worker-0'])).toContain(
      'COORDINATOR_PORT=1000',
    )
  })
})
