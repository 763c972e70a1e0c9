import { describe, expect, it } from 'vitest'
import published from '../../docs/schema/preflight.json' with { type: 'json' }
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import type { FakeEnvOptions } from '../../test/unit/fake-env.ts'
import { discovery, group, groups, installed, operator } from '../../test/unit/installed.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { resources } from '../kube/resources.ts'

const nlp = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nlp' } }

async function preflight(words: string, cluster: FakeClusterOptions = {}, env: FakeEnvOptions = {}) {
  const objects = [...(cluster.objects ?? installed), nlp]
  const fake = new FakeCluster({ raw: discovery(), namespace: 'nlp', ...cluster, objects })
  const outcome = await runVerb(`preflight ${words}`.trim().split(' '), { cluster: fake, ...env })
  return { ...outcome, log: fake.log }
}

describe('preflight', () => {
  it('says what is installed, and that every verb may be used', async () => {
    const { code, out, err } = await preflight('')
    expect([code, err]).toEqual([0, ['ready to move jobs of namespace nlp: 15 ok, 0 warnings']])
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "ok        training-operator  v1.9.4 in system/training-operator-manager; serves all six kinds
      ok        trainer            v2.3.0 in system/trainer-manager; TrainJobs are written as Trainer 2.3 has them (runtimePatches)
      ok        jobset             v0.12.0 in system/jobset-manager; serves v1alpha2
      ok        kueue              not installed
      ok        list               you may, in namespace nlp
      ok        status             you may, in namespace nlp
      ok        diff               you may, in namespace nlp
      ok        logs               you may, in namespace nlp
      ok        compare            you may, in namespace nlp
      ok        runtimes           you may, in namespace nlp
      ok        convert            you may, in namespace nlp
      ok        start              you may, in namespace nlp
      ok        cutover            you may, in namespace nlp
      ok        rollback           you may, in namespace nlp
      ok        finalize           you may, in namespace nlp"
    `)
  })

  it('blocks on a namespace that is not there, and is silent where that may not be read', async () => {
    const { code, out } = await preflight('', { namespace: 'npl' })
    expect(out.slice(4, 6)).toEqual([
      'blocks    namespace          there is no namespace npl',
      '                             -> kubectl get namespaces, then -n NAMESPACE',
    ])
    expect(code).toBe(1)
    const forbid: FakeClusterOptions['forbid'] = ({ resource }) => resource === 'namespaces'
    expect((await preflight('', { namespace: 'npl', forbid })).code).toBe(0)
  })

  it('asks little: three times for what is installed, once for all rights, and for what has no namespace, the namespace itself too', async () => {
    const { log } = await preflight('')
    expect(log.filter((line) => line.startsWith('review')).sort()).toEqual([
      'review get clustertrainingruntimes.trainer.kubeflow.org',
      'review list clustertrainingruntimes.trainer.kubeflow.org',
      'review list nodes',
      'review rights',
    ])
    expect(log.length).toBeLessThanOrEqual(16)
  })

  it('names what a viewer may not, on a terminal of 80 columns', async () => {
    const forbid: FakeClusterOptions['forbid'] = ({ verb, resource }) =>
      !['get', 'list', 'watch'].includes(verb) || /pods\/log|webhook/.test(resource)
    const { code, out, err } = await preflight('', { forbid }, { columns: 80, tty: true })
    expect(code).toBe(1)
    expect(out.filter((line) => line.length > 80)).toEqual([])
    expect([...out, ...err].join('\n')).toMatchInlineSnapshot(`
      "ok        training-operator  version not to be seen; serves all six kinds
      ok        trainer            version not to be seen; TrainJobs are written as
                                   Trainer 2.3 has them (runtimePatches)
      ok        jobset             version not to be seen; serves v1alpha2
      ok        kueue              not installed
      ok        list               you may, in namespace nlp
      warning   status             it will show less: you may not get pods/log
                                   -> kubectl migrate preflight --print-rbac=viewer -n
                                   nlp
      ok        diff               you may, in namespace nlp
      blocks    logs               you may not get pods/log
                                   -> kubectl migrate preflight --print-rbac=viewer -n
                                   nlp
      blocks    compare            you may not get pods/log
                                   -> kubectl migrate preflight --print-rbac=viewer -n
                                   nlp
      ok        runtimes           you may, in namespace nlp
      ok        convert            you may, in namespace nlp
      blocks    start              you may not create, patch configmaps; create,
                                   patch, delete leases (coordination.k8s.io); create,
                                   patch, delete trainjobs (trainer.kubeflow.org);
                                   create trainingruntimes (trainer.kubeflow.org);
                                   create pods/exec, serviceaccounts; create
                                   rolebindings, roles (rbac.authorization.k8s.io)
                                   -> kubectl migrate preflight --print-rbac=mover -n
                                   nlp
      blocks    cutover            you may not patch jaxjobs, mpijobs, paddlejobs,
                                   pytorchjobs, tfjobs, xgboostjobs (kubeflow.org);
                                   create, patch configmaps; create, patch, delete
                                   leases (coordination.k8s.io); create, patch, delete
                                   trainjobs (trainer.kubeflow.org); create pods/exec,
                                   secrets, serviceaccounts; create trainingruntimes
                                   (trainer.kubeflow.org); create rolebindings, roles
                                   (rbac.authorization.k8s.io)
                                   -> kubectl migrate preflight --print-rbac=mover -n
                                   nlp
      blocks    rollback           you may not create, patch jaxjobs, mpijobs,
                                   paddlejobs, pytorchjobs, tfjobs, xgboostjobs
                                   (kubeflow.org); create, patch configmaps; create,
                                   patch, delete leases (coordination.k8s.io); delete
                                   trainjobs (trainer.kubeflow.org)
                                   -> kubectl migrate preflight --print-rbac=mover -n
                                   nlp
      blocks    finalize           you may not delete jaxjobs, mpijobs, paddlejobs,
                                   pytorchjobs, tfjobs, xgboostjobs (kubeflow.org);
                                   create, patch configmaps; create, patch, delete
                                   leases (coordination.k8s.io); create secrets
                                   -> kubectl migrate preflight --print-rbac=mover -n
                                   nlp
      note: you may not read
            mutatingwebhookconfigurations.admissionregistration.k8s.io in all
            namespaces: these are not shown
      note: you may not read
            validatingwebhookconfigurations.admissionregistration.k8s.io in all
            namespaces: these are not shown
      not ready: 6 of 15 checks block; 8 ok, 1 warning"
    `)
  })

  it('fits 40 columns, in colour', async () => {
    const forbid: FakeClusterOptions['forbid'] = ({ resource }) => resource === 'pods/log'
    const { out } = await preflight('', { forbid }, { columns: 40, tty: true, color: true })
    expect(out.join('\n').replaceAll('\u001b', '^')).toMatchInlineSnapshot(`
      "^[32mok^[39m        training-operator
        v1.9.4 in
        system/training-operator-manager;
        serves all six kinds
      ^[32mok^[39m        trainer
        v2.3.0 in system/trainer-manager;
        TrainJobs are written as Trainer 2.3
        has them (runtimePatches)
      ^[32mok^[39m        jobset
        v0.12.0 in system/jobset-manager;
        serves v1alpha2
      ^[32mok^[39m        kueue
        not installed
      ^[32mok^[39m        list
        you may, in namespace nlp
      ^[33mwarning^[39m   status
        it will show less: you may not get
        pods/log
        -> kubectl migrate preflight
        --print-rbac=viewer -n nlp
      ^[32mok^[39m        diff
        you may, in namespace nlp
      ^[31mblocks^[39m    logs
        you may not get pods/log
        -> kubectl migrate preflight
        --print-rbac=viewer -n nlp
      ^[31mblocks^[39m    compare
        you may not get pods/log
        -> kubectl migrate preflight
        --print-rbac=viewer -n nlp
      ^[32mok^[39m        runtimes
        you may, in namespace nlp
      ^[32mok^[39m        convert
        you may, in namespace nlp
      ^[33mwarning^[39m   start
        it will show less: you may not get
        pods/log
        -> kubectl migrate preflight
        --print-rbac=mover -n nlp
      ^[33mwarning^[39m   cutover
        it will show less: you may not get
        pods/log
        -> kubectl migrate preflight
        --print-rbac=mover -n nlp
      ^[33mwarning^[39m   rollback
        it will show less: you may not get
        pods/log
        -> kubectl migrate preflight
        --print-rbac=mover -n nlp
      ^[33mwarning^[39m   finalize
        it will show less: you may not get
        pods/log
        -> kubectl migrate preflight
        --print-rbac=mover -n nlp"
    `)
  })

  it.each<[string, FakeClusterOptions, readonly string[]]>([
    [
      'without Trainer',
      { raw: discovery(groups.filter(({ name }) => name === 'kubeflow.org')), absent: [resources.trainJobs] },
      [
        'blocks    trainer            trainer.kubeflow.org is not served: Trainer v2 is not installed',
        'blocks    jobset             jobset.x-k8s.io is not served',
      ],
    ],
    [
      'without v1',
      { raw: discovery(groups.slice(1)) },
      ['blocks    training-operator  kubeflow.org/v1 is not served: there are no v1 jobs to move here'],
    ],
    [
      'without webhooks for v1',
      { objects: installed.slice(3) },
      ['warning   training-operator  version not to be seen; serves all six kinds; no webhook checks its objects'],
    ],
    [
      'with fewer kinds of an older Training Operator',
      {
        raw: discovery(groups, ['PyTorchJob', 'TFJob']),
        objects: [...operator('old', 'kubeflow.org', 'reg:5000/training-operator:v1-855e096'), ...installed.slice(3)],
      },
      [
        'ok        training-operator  version not to be seen in system/old-manager; serves PyTorchJob, TFJob, not MPIJob, XGBoostJob, PaddleJob, JAXJob',
      ],
    ],
    [
      'with a Trainer that nobody tested',
      {
        objects: [
          ...installed.slice(0, 3),
          ...operator('new', 'trainer.kubeflow.org', 'trainer:v2.4.0'),
          ...installed.slice(6),
        ],
      },
      [
        'warning   trainer            v2.4.0 in system/new-manager; TrainJobs are written as Trainer 2.3 has them (runtimePatches)',
      ],
    ],
    [
      'with a Kueue that does not go with this Trainer, and whose webhooks look at v1 jobs too',
      {
        raw: discovery([...groups, group('kueue.x-k8s.io', 'v1beta1')]),
        objects: [
          ...installed,
          ...operator('kueue', 'kueue.x-k8s.io', 'kueue:v0.16.9').map((object) =>
            Array.isArray(object['webhooks'])
              ? { ...object, webhooks: [...object['webhooks'], { rules: [{ apiGroups: ['kubeflow.org'] }] }] }
              : object,
          ),
        ],
      },
      [
        'blocks    kueue              v0.16.9 in system/kueue-manager; it writes podTemplateOverrides into TrainJobs, and this Trainer has runtimePatches: they would not start where they should',
      ],
    ],
    [
      'without the right to make runtimes',
      { forbid: ({ verb, resource }) => verb === 'create' && resource.startsWith('trainingruntimes') },
      ['start', 'cutover'].map(
        (verb) => `warning   ${verb.padEnd(17)}  where a job needs a runtime that is not there: you may not make one`,
      ),
    ],
    [
      'without the right to give an MPIJob its helpers',
      { forbid: ({ resource }) => resource === 'pods/exec' },
      ['start', 'cutover'].map(
        (verb) => `warning   ${verb.padEnd(17)}  MPIJobs by kubectl exec are refused: you may not create pods/exec`,
      ),
    ],
    [
      'without the events',
      { forbid: ({ resource }) => resource === 'events' },
      ['list', 'status', 'diff', 'logs', 'compare', 'start', 'cutover', 'rollback', 'finalize'].map(
        (verb) =>
          `warning   ${verb.padEnd(17)}  it will show less: you may not list${['start', 'cutover', 'rollback', 'finalize'].includes(verb) ? ', watch' : ''} events`,
      ),
    ],
    [
      'where the cluster tells nobody their rights',
      { absent: [resources.selfSubjectRulesReviews] },
      ['warning   rights             the cluster does not tell what you may do'],
    ],
  ])('%s', async (_name, cluster, expected) => {
    const { code, out } = await preflight('', cluster)
    const told = out
      .filter((line) => !line.startsWith('ok') || line.includes(', not '))
      .filter((line) => !line.startsWith(' '))
    expect(told).toEqual(expected)
    expect(code).toBe(expected.some((line) => line.startsWith('blocks')) ? 1 : 0)
  })

  it('is data that the published schema describes', async () => {
    const { code, out, err } = await preflight('-o json', { forbid: ({ verb }) => verb === 'patch' })
    const data = JSON.parse(out.join('\n'))
    expect({ code, err, faults: faultsOf(published, data), ready: data.ready }).toEqual({
      ...{ code: 1, err: [], faults: [], ready: false },
    })
  })

  it('prints a role without a cluster', async () => {
    const { code, out, err, log } = await preflight('--print-rbac=viewer')
    expect([code, err, log, out.slice(0, 6)]).toEqual([
      0,
      [],
      [],
      [
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: ClusterRole',
        'metadata:',
        '  name: kubectl-migrate-viewer',
        '  labels:',
        '    app.kubernetes.io/name: kubectl-migrate',
      ],
    ])
  })

  it.each([
    ['bert', 'error: preflight takes no names, but there is "bert"'],
    ['--print-rbac=admin', 'error: --print-rbac cannot be "admin": it takes viewer, mover, platform'],
  ])('refuses %s', async (words, said) => {
    const { code, out, err } = await preflight(words)
    expect([code, out, err[0]]).toEqual([2, [], said])
  })
})
