import { afterAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../src/kube/object.ts'
import { life } from '../harness.ts'
import { atWrite } from './at-write.ts'
import { deletePlaces, inPlace, type Place, type Run, settles, succeeds, until, v1Path } from './places.ts'
import { back, moved, pair, type Scenario } from './scenarios.ts'

const timeout = 300_000
const troubled = pair('somebody else acts')
/** Who resumes one side while the other runs, or goes, runs both himself until this is noticed and one of them is gone. */
const resumed: Scenario = { ...troubled, beside: 'bert' }
const neverReady = pair('pods that never get ready', '-node-', { [life.neverReady]: 'true' })
const failingLater = pair('pods that fail after ten seconds', '-node-', {
  [life.runSeconds]: '10',
  [life.exitCode]: '3',
})
const waiting = pair('pods of v1 that wait', '-(master|worker)-0$', { [life.waiting]: 'ImagePullBackOff' })
const stuck = pair('a pod of v1 that does not go', '-worker-0$', { [life.stopSeconds]: '3600' })

afterAll(deletePlaces)

const trainJob = '/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainjobs/bert'
const configMaps = '/api/v1/namespaces/NAMESPACE/configmaps'
const merge = 'application/merge-patch+json'

/** The record of the job's migration. */
async function record({ api }: Place): Promise<KubeObject> {
  const list = await api('GET', `${configMaps}?labelSelector=kubectl-migrate.dev/record`)
  const [found] = list['items'] as KubeObject[]
  if (!found) throw new Error('there is no record')
  return found
}

const said = ({ code, stdout, stderr }: Run) => [code, `${stdout}${stderr}`] as const

const moments = [
  ['before the hold', 'PATCH pytorchjobs/bert', 'before'],
  ['after the hold', 'PATCH pytorchjobs/bert', 'after'],
  ['before the start', 'PATCH trainjobs/bert', 'before'],
  ['after the start', 'PATCH trainjobs/bert', 'after'],
] as const

/** What somebody does to one of the objects. */
const deeds: readonly [what: string, act: (place: Place) => Promise<unknown>][] = [
  ['deletes the TrainJob', ({ api }) => api('DELETE', trainJob, { propagationPolicy: 'Background' })],
  ['resumes the TrainJob', ({ api }) => api('PATCH', trainJob, { spec: { suspend: false } }, merge)],
  [
    'labels v1',
    ({ api }) => api('PATCH', `${v1Path(troubled)}/bert`, { metadata: { labels: { team: 'nlp' } } }, merge),
  ],
  [
    'changes the spec of v1',
    ({ api }) => api('PATCH', `${v1Path(troubled)}/bert`, { spec: { runPolicy: { backoffLimit: 7 } } }, merge),
  ],
  [
    'resumes v1',
    ({ api }) => api('PATCH', `${v1Path(troubled)}/bert`, { spec: { runPolicy: { suspend: false } } }, merge),
  ],
  ['deletes v1', ({ api }) => api('DELETE', `${v1Path(troubled)}/bert`, { propagationPolicy: 'Background' })],
  ['deletes the record', async (place) => place.api('DELETE', `${configMaps}/${(await record(place)).metadata.name}`)],
  [
    'truncates the record',
    async (place) => {
      const { metadata, data } = (await record(place)) as KubeObject & { data: { log: string } }
      return place.api('PATCH', `${configMaps}/${metadata.name}`, { data: { log: data.log.slice(0, -20) } }, merge)
    },
  ],
  [
    'takes the lock',
    async (place) => {
      const path = '/apis/coordination.k8s.io/v1/namespaces/NAMESPACE/leases/migration-bert'
      return place.api('PATCH', path, { metadata: { annotations: null }, spec: { holderIdentity: 'jane' } }, merge)
    },
  ],
]

describe.concurrent('while a job is moved, somebody', { timeout }, () => {
  it.each(deeds.flatMap(([what, act]) => moments.map((moment) => [what, ...moment, act] as const)))(
    '%s %s: the run ends, says what stands, and does not run both sides',
    async (what, _, title, moment, act) => {
      await inPlace(what.startsWith('resumes') ? resumed : troubled, 'v1', async (place) => {
        const deed = atWrite(title, moment, () => act(place))
        const move = () => place.run([...troubled.cutover, '--timeout', '20s'], deed.faults)
        let run = await move()
        // on a busy machine a run can be over before it comes so far
        for (let turn = 0; !deed.done && turn < 5; turn++) run = await move()
        expect(deed.done).toBe(true)
        expect(said(run)).toEqual([expect.toBeOneOf([0, 1, 3, 4, 5, 6]), expect.not.stringMatching(/^\s+at /m)])
        if (run.code !== 0 || what === 'deletes v1') {
          if (run.code === 0) expect(said(run)).toEqual([0, expect.stringContaining('somebody deleted v1 meanwhile')])
          await hasWayOn(place, what)
        } else {
          // a lock that somebody else has taken is theirs
          await settles(place, moved(troubled), async () => {
            const { objects, ...sides } = await place.state()
            return {
              ...sides,
              objects: objects.filter((name) => what !== 'takes the lock' || !name.startsWith('Lease/')),
            }
          })
        }
        return 'spent'
      })
    },
  )

  /** Whatever stands: rollback brings v1 back, or says what to type; a v1 that was deleted before it was held stays so. */
  async function hasWayOn(place: Place, what: string): Promise<void> {
    const [code, text] = said(await place.run(troubled.rollback))
    // a v1 that was deleted is made again, and says so
    const marks = what === 'deletes v1' ? ['kubectl-migrate.dev/restored'] : []
    const brought = { v1: { ready: troubled.pods, suspend: false, marks }, v2Ready: 0 }
    if (code === 0) {
      await settles(place, brought, async () => {
        const { v1, v2Ready } = await place.state()
        return { v1, v2Ready }
      })
    } else if (what === 'deletes v1' && code === 2) expect(text).toContain('no v1 job')
    else expect([code, text]).toEqual([expect.toBeOneOf([1, 3, 4]), expect.stringMatching(/kubectl/)])
  }
})

describe.concurrent('what v2 meets after the hold brings v1 back, with exit code 5 and the reason:', {
  timeout,
}, () => {
  it.each<[scenario: Scenario, flags: string[], reason: RegExp]>([
    [neverReady, ['--timeout', '20s'], /not within 0:20: 0 of 2 pods ready/],
    [failingLater, ['--observe', '1m'], /failed: container node ended with exit code 3/],
  ])('$title', async (scenario, flags, reason) => {
    await inPlace(scenario, 'v1', async (place) => {
      const run = await place.run([...scenario.cutover, ...flags])
      expect([run.code, run.stdout]).toEqual([5, expect.stringMatching(reason)])
      await settles(place, { ready: scenario.pods, suspend: false, marks: [] }, async () => (await place.state()).v1)
      return 'v1'
    })
  })
})

describe.concurrent('a policy of the cluster refuses', { timeout }, () => {
  it.each([
    ['to create the TrainJob', 'CREATE', 'trainer.kubeflow.org', 'trainjobs', 1],
    ['to hold v1', 'UPDATE', 'kubeflow.org', 'pytorchjobs', 1],
    ['to start the TrainJob', 'UPDATE', 'trainer.kubeflow.org', 'trainjobs', 5],
  ])('%s: v1 is as it was, and the cutover succeeds when it no longer does', async (_, verb, group, resource, code) => {
    await inPlace(troubled, 'v1', async (place) => {
      const allow = await forbid(place, verb, group, resource)
      const run = await place.run(troubled.cutover)
      await allow()
      expect(said(run)).toEqual([expect.toBeOneOf([code, 3]), expect.stringContaining('no changes on Fridays')])
      const { objects: allowed, ...expected } = back(troubled)
      await settles(place, { ...expected, others: [] }, async () => {
        const { objects, ...sides } = await place.state()
        return { ...sides, others: objects.filter((name) => !allowed.includes(name)) }
      })
      await succeeds(place, troubled.cutover)
      await settles(place, moved(troubled))
      return 'v2'
    })
  })

  /** Lets a policy deny what users do with a resource in a namespace; operators go on. Resolves when it does. */
  async function forbid(place: Place, verb: string, group: string, resource: string): Promise<() => Promise<void>> {
    const { namespace, api } = place
    const name = `${namespace}-${verb.toLowerCase()}-${resource}`
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic'
    const matchConstraints = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      resourceRules: [
        { apiGroups: [group], apiVersions: ['*'], operations: [verb], resources: [resource] },
        // what nobody else makes here tells whether it is in force
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['serviceaccounts'] },
      ],
    }
    const refuses = async (): Promise<boolean> => {
      const probe = api('POST', '/api/v1/namespaces/NAMESPACE/serviceaccounts?dryRun=All', { metadata: { name } })
      return await probe.then(() => false).catch((error: Error) => error.message.includes('no changes on Fridays'))
    }
    const validations = [{ expression: 'false', message: 'no changes on Fridays' }]
    await api('POST', `${path}ies`, { metadata: { name }, spec: { matchConstraints, validations } })
    const spec = { policyName: name, validationActions: ['Deny'] }
    await api('POST', `${path}ybindings`, { metadata: { name }, spec })
    await until(place, 'it is in force', refuses)
    return async () => {
      await api('DELETE', `${path}ybindings/${name}`)
      await api('DELETE', `${path}ies/${name}`)
      await until(place, 'it is no longer', async () => !(await refuses()))
    }
  }
})

describe.concurrent('a pod of v1 that does not go, as its node is lost,', { timeout }, () => {
  it('stops the cutover: v2 is not started, v1 is resumed and waits for it, and what it waits for is named', async () => {
    await inPlace(stuck, 'v1', async (place) => {
      const run = await place.run([...stuck.cutover, '--timeout', '10s'])
      expect(said(run)).toEqual([6, expect.stringContaining('bert-worker-0')])
      expect(place.pods.present('v2')).toBe(0)
      expect((await place.state()).v1).toMatchObject({ suspend: false, marks: [] })
      await place.api('DELETE', '/api/v1/namespaces/NAMESPACE/pods/bert-worker-0?gracePeriodSeconds=0')
      await until(place, 'v1 runs again', () => place.pods.ready('v1') === stuck.pods)
      await succeeds(place, stuck.rollback)
      return 'v1'
    })
  })
})

describe.concurrent('v1 whose pods have not started', { timeout }, () => {
  it('is moved, and comes back to where it was', async () => {
    await inPlace(troubled, 'v1', async (place) => {
      const path = v1Path(troubled)
      await place.api('DELETE', `${path}/bert`, { propagationPolicy: 'Background' })
      await until(place, 'v1 is gone', () => place.pods.present('v1') === 0)
      await place.api('POST', path, waiting.job)
      await until(place, 'its pods wait', () => place.pods.present('v1') === waiting.pods)
      await succeeds(place, waiting.cutover)
      await settles(place, moved(waiting))
      await succeeds(place, waiting.rollback)
      await settles(place, waiting.pods, async () => place.pods.present('v1'))
      await settles(place, { ready: 0, suspend: false, marks: [] }, async () => (await place.state()).v1)
      return 'spent'
    })
  })
})
