import { describe, expect, it } from 'vitest'
import { envLines, kindPods } from '../../test/unit/kind-manifest.ts'

const prefix = 'TF_CONFIG='

/** TF_CONFIG of every pod that has it. */
function configs(...job: Parameters<typeof kindPods> extends [unknown, ...infer Rest] ? Rest : never) {
  const pods = Object.entries(kindPods('TFJob', ...job))
  return Object.fromEntries(
    pods.flatMap(([name, pod]) => {
      const line = envLines(pod).find((each) => each.startsWith(prefix))
      return line === undefined ? [] : [[name, line.slice(prefix.length)]]
    }),
  )
}

describe('TF_CONFIG', () => {
  it('lists every role by the alphabet, the evaluator too, and says which task a pod is', () => {
    const found = configs({ Worker: { replicas: 2 }, PS: {}, Chief: {}, Evaluator: {} })
    const cluster =
      '{"cluster":{"chief":["train-chief-0.nlp.svc:2222"],"evaluator":["train-evaluator-0.nlp.svc:2222"],' +
      '"ps":["train-ps-0.nlp.svc:2222"],"worker":["train-worker-0.nlp.svc:2222","train-worker-1.nlp.svc:2222"]}'
    expect(found).toEqual({
      'chief-0': `${cluster},"task":{"type":"chief","index":0},"environment":"cloud"}`,
      'ps-0': `${cluster},"task":{"type":"ps","index":0},"environment":"cloud"}`,
      'worker-0': `${cluster},"task":{"type":"worker","index":0},"environment":"cloud"}`,
      'worker-1': `${cluster},"task":{"type":"worker","index":1},"environment":"cloud"}`,
      'evaluator-0': `${cluster},"task":{"type":"evaluator","index":0},"environment":"cloud"}`,
    })
  })

  it('is absent from a job of one pod', () => {
    expect(configs({ Worker: {} })).toEqual({})
    expect(configs({ Worker: { replicas: 1 }, PS: { replicas: 0 } })).toEqual({})
  })

  it('takes the port of each role’s own container', () => {
    const ports = [{ name: 'tfjob-port', containerPort: 3000 }]
    expect(configs({ PS: { container: { ports } }, Worker: {} })['worker-0']).toBe(
      '{"cluster":{"ps":["train-ps-0.nlp.svc:3000"],"worker":["train-worker-0.nlp.svc:2222"]},' +
        '"task":{"type":"worker","index":0},"environment":"cloud"}',
    )
  })

  it('lists a role without pods as empty', () => {
    expect(configs({ PS: { replicas: 0 }, Worker: { replicas: 2 } })['worker-1']).toContain('{"cluster":{"ps":[],')
  })

  it('is in the container tensorflow alone', () => {
    const { 'worker-0': pod } = kindPods('TFJob', {
      Worker: { replicas: 2, sidecars: [{ name: 'logger', image: 'l' }] },
    })
    expect(envLines(pod, 'logger')).toEqual([])
    expect(envLines(pod)).toHaveLength(1)
  })

  it('of dynamic workers holds a worker and the PS only, a PS only itself, and no environment', () => {
    const found = configs({ PS: { replicas: 2 }, Worker: { replicas: 2 }, Chief: {} }, { enableDynamicWorker: true })
    expect(found).toEqual({
      'chief-0': '{"cluster":{"worker":{},"ps":[]},"task":{"type":"chief","index":0}}',
      'ps-0': '{"cluster":{"worker":{},"ps":["train-ps-0.nlp.svc:2222"]},"task":{"type":"ps","index":0}}',
      'ps-1': '{"cluster":{"worker":{},"ps":["train-ps-1.nlp.svc:2222"]},"task":{"type":"ps","index":1}}',
      'worker-0':
        '{"cluster":{"worker":{"0":"train-worker-0.nlp.svc:2222"},"ps":["train-ps-0.nlp.svc:2222","train-ps-1.nlp.svc:2222"]},"task":{"type":"worker","index":0}}',
      'worker-1':
        '{"cluster":{"worker":{"1":"train-worker-1.nlp.svc:2222"},"ps":["train-ps-0.nlp.svc:2222","train-ps-1.nlp.svc:2222"]},"task":{"type":"worker","index":1}}',
    })
  })

  it('of dynamic workers without PS says null, as Go writes a list that was never made', () => {
    expect(configs({ Worker: { replicas: 2 } }, { enableDynamicWorker: true })['worker-1']).toBe(
      '{"cluster":{"worker":{"1":"train-worker-1.nlp.svc:2222"},"ps":null},"task":{"type":"worker","index":1}}',
    )
  })
})
