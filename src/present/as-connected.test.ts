import { describe, expect, it } from 'vitest'
import { ClusterError } from '../cluster/errors.ts'
import { Problem } from '../problem.ts'
import { asConnected } from './as-connected.ts'
import { describeError } from './errors.ts'

describe('a hint asks the cluster this run asked, as who this run was', () => {
  it.each([
    ['kubectl migrate', 'kubectl get pods -A', 'kubectl get pods -A'],
    [
      'kubectl migrate --context prod',
      '`kubectl get pods -A`, and more',
      '`kubectl --context prod get pods -A`, and more',
    ],
    [
      'kubectl-migrate --as jane --as-group dev',
      'kubectl auth can-i list pods',
      'kubectl --as jane --as-group dev auth can-i list pods',
    ],
    [
      "kubectl migrate --as 'a b'",
      'kubectl migrate list | kubectl apply -f -',
      "kubectl migrate list | kubectl --as 'a b' apply -f -",
    ],
    [
      'kubectl migrate --context a --as jane --as-group dev',
      'kubectl apply -f -   (for whoever may)',
      'kubectl --context a apply -f -   (for whoever may)',
    ],
    ['kubectl migrate --context prod', 'kubectl config get-contexts', 'kubectl config get-contexts'],
  ])('%s: %s', (name, hint, typed) => {
    expect(asConnected(hint, name)).toBe(typed)
  })

  it('in errors of the cluster', () => {
    const missing = {
      kind: 'forbidden',
      verb: 'list',
      resource: 'pods',
      namespace: 'nlp',
      group: '',
      message: '',
    } as const
    expect(describeError(new ClusterError(missing), 'kubectl migrate --as jane --as-group dev').lines.at(-1)).toBe(
      '       Ask for a Role with it; `kubectl --as jane --as-group dev auth can-i list pods -n nlp` tells when you have it.',
    )
  })

  it('in errors of ours, but not in what they quote', () => {
    const problem = new Problem({
      code: 'x',
      what: 'no',
      why: 'kubectl get is what it said',
      next: ['kubectl get pods', '$0 list'],
      exit: 1,
    })
    expect(describeError(problem, 'kubectl migrate --context prod').lines).toEqual([
      'error: no',
      '       kubectl get is what it said',
      '       kubectl --context prod get pods',
      '       kubectl migrate --context prod list',
    ])
  })
})

describe('an error after which it is known what stands', () => {
  it('says so', () => {
    const failure = { kind: 'tooManyRequests', verb: 'create', resource: 'leases', message: '' } as const
    expect(
      describeError(new ClusterError(failure, { stands: 'nothing was changed' }), 'kubectl migrate').lines,
    ).toEqual([
      'error: the cluster is too busy: it turned the request away again and again (429)',
      '       nothing was changed',
      '       Try later.',
    ])
  })
})
