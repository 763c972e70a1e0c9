import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClusterError, type ClusterErrorCause } from '../cluster/errors.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import { describeError } from './errors.ts'

const words = (failure: ClusterErrorCause) => describeError(new ClusterError(failure), 'kubectl migrate')

describe('describeError: where', () => {
  const where = 'spec.runPolicy'
  it.each([
    ['a line of its own', { what: 'wrong' }, ['error: wrong', '       spec.runPolicy', '       because']],
    [
      'told once where the sentence has it',
      { what: 'wrong: spec.runPolicy' },
      ['error: wrong: spec.runPolicy', '       because'],
    ],
    [
      'told once where the reason has it',
      { what: 'wrong', why: 'spec.runPolicy: no' },
      ['error: wrong', '       spec.runPolicy: no'],
    ],
  ])('is %s', (_, told, lines) => {
    const problem = new Problem({ code: 'lost', where, why: 'because', exit: exitCode.no, ...told })
    expect(describeError(problem, 'kubectl migrate').lines).toEqual(lines)
  })
})

describe('describeError: the cluster', () => {
  it.each<[ClusterErrorCause, ExitCode, string[]]>([
    [
      {
        kind: 'forbidden',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        group: 'kubeflow.org',
        user: 'alice',
        message: '',
      },
      3,
      [
        'error: forbidden: you may not patch pytorchjobs in namespace nlp',
        '       Missing: patch pytorchjobs.kubeflow.org in namespace nlp   (you are alice)',
        '       Ask for a Role with it; `kubectl auth can-i patch pytorchjobs.kubeflow.org -n nlp` tells when you have it.',
      ],
    ],
    [
      {
        kind: 'forbidden',
        verb: 'list',
        resource: 'pytorchjobs.kubeflow.org',
        group: 'kubeflow.org',
        user: 'alice',
        message: '',
      },
      3,
      [
        'error: forbidden: you may not list pytorchjobs in all namespaces',
        '       Missing: list pytorchjobs.kubeflow.org in all namespaces   (you are alice)',
        '       Choose a namespace that you may read with -n NAMESPACE,',
        '       or ask for a Role with it; `kubectl auth can-i list pytorchjobs.kubeflow.org` tells when you have it.',
      ],
    ],
    [
      { kind: 'forbidden', verb: 'list', resource: 'pods', group: '', user: 'system:anonymous', message: '' },
      3,
      [
        'error: not logged in: the cluster lets nobody unknown list pods in all namespaces',
        '       The user of the context has no credentials: see `kubectl config view --minify`.',
      ],
    ],
    [
      {
        kind: 'admission',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        message: 'pods "bert" is forbidden: exceeded quota: gpus',
      },
      3,
      [
        'error: refused: the cluster does not admit pytorchjobs nlp/bert',
        '       pods "bert" is forbidden: exceeded quota: gpus',
      ],
    ],
    [
      {
        kind: 'admission',
        verb: 'create',
        resource: 'leases.coordination.k8s.io',
        namespace: 'nlp',
        name: 'migration-bert',
        message:
          'leases "migration-bert" is forbidden: unable to create new content in namespace nlp because it is being terminated',
      },
      3,
      [
        'error: namespace nlp is being deleted: the cluster makes nothing new in it',
        '       refused: to create leases nlp/migration-bert',
        '       See what it still waits for: kubectl get namespace nlp -o yaml',
      ],
    ],
    [
      { kind: 'notFound', verb: 'patch', resource: 'pytorchjobs.kubeflow.org', namespace: 'nlp', name: 'bert' },
      3,
      ['error: not found: pytorchjobs nlp/bert', '       See what there is: kubectl migrate list -n nlp'],
    ],
    [
      { kind: 'notFound', verb: 'create', resource: 'namespaces', name: 'nlp' },
      3,
      ['error: not found: namespace nlp', '       See what there is: kubectl get namespaces'],
    ],
    [
      { kind: 'notFound', verb: 'get', resource: 'configmaps', namespace: 'nlp', name: 'x' },
      3,
      ['error: not found: configmaps nlp/x', '       See what there is: kubectl get configmaps -n nlp'],
    ],
    [
      { kind: 'apiAbsent', verb: 'list', resource: 'pytorchjobs.kubeflow.org' },
      3,
      [
        'error: this cluster does not serve pytorchjobs.kubeflow.org',
        '       Training Operator v1 is not installed here, or not this kind of it.',
        '       Check with `kubectl get crd pytorchjobs.kubeflow.org`; another cluster: --context NAME',
      ],
    ],
    [
      { kind: 'apiAbsent', verb: 'list', resource: 'trainjobs.trainer.kubeflow.org' },
      3,
      [
        'error: this cluster does not serve trainjobs.trainer.kubeflow.org',
        '       Trainer v2 is not installed here, or not in a version with this API.',
        '       Check with `kubectl get crd trainjobs.trainer.kubeflow.org`; another cluster: --context NAME',
      ],
    ],
    [{ kind: 'apiAbsent', verb: 'get', resource: '/nope' }, 3, ['error: this cluster does not serve /nope']],
    [
      {
        kind: 'conflict',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        message: 'Operation cannot be fulfilled',
        owned: [],
      },
      4,
      [
        'error: conflict: pytorchjobs nlp/bert has changed since it was read',
        '       Operation cannot be fulfilled',
        '       The change was not made. Run the command again: it starts from what is there now.',
      ],
    ],
    [
      {
        kind: 'conflict',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        message: '',
        owned: [{ path: 'spec.a', manager: 'kubectl' }],
      },
      4,
      ['error: conflict: fields of pytorchjobs nlp/bert belong to others', '       spec.a   set by kubectl'],
    ],
    [
      { kind: 'alreadyExists', verb: 'patch', resource: 'pytorchjobs.kubeflow.org', namespace: 'nlp', name: 'bert' },
      4,
      [
        'error: exists already: pytorchjobs nlp/bert',
        '       See it: kubectl get pytorchjobs.kubeflow.org bert -n nlp -o yaml',
      ],
    ],
    [
      {
        kind: 'invalid',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        message: 'm',
        fields: [
          { path: 'spec.x', message: 'unknown field' },
          { path: '', message: 'whole' },
        ],
      },
      3,
      [
        'error: invalid: the cluster does not accept pytorchjobs nlp/bert',
        '       spec.x: unknown field',
        '       whole',
      ],
    ],
    [
      {
        kind: 'invalid',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        message: 'm',
        fields: [],
      },
      3,
      ['error: invalid: the cluster does not accept pytorchjobs nlp/bert', '       m'],
    ],
    [
      {
        kind: 'webhook',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        webhook: 'v.x',
        outcome: 'denied',
        message: 'spec.a: no',
      },
      3,
      ['error: refused: the webhook v.x denies pytorchjobs nlp/bert', '       spec.a: no'],
    ],
    [
      {
        kind: 'webhook',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        webhook: 'v.x',
        outcome: 'unreachable',
        message: 'failed to call webhook: Post "https://x": dial tcp: refused',
      },
      3,
      [
        'error: the webhook v.x cannot be asked, so the cluster refuses to patch pytorchjobs nlp/bert',
        '       failed to call webhook: Post "https://x": dial tcp: refused',
        "       Is its operator running? `kubectl get pods -A`, and the Service the webhook's configuration names.",
      ],
    ],
    [
      {
        kind: 'timeout',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        by: 'request',
        seconds: 30,
        server: 'https://k8s.example:6443',
        sent: true,
      },
      3,
      [
        'error: no answer from https://k8s.example:6443 within 30 s, asked to patch pytorchjobs nlp/bert',
        '       The request may have arrived: look at what is there before you repeat it.',
        '       More patience: --request-timeout 5m',
      ],
    ],
    [
      {
        kind: 'timeout',
        verb: 'list',
        resource: 'pods',
        by: 'connect',
        seconds: 30,
        server: 'https://k8s.example:6443',
        sent: false,
      },
      3,
      ['error: cannot reach the cluster at https://k8s.example:6443: no connection within 30 s'],
    ],
    [
      {
        kind: 'timeout',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        by: 'server',
        server: 'https://k8s.example:6443',
        sent: true,
      },
      3,
      [
        'error: the cluster ran out of time to patch pytorchjobs nlp/bert (504)',
        '       The request may have arrived: look at what is there before you repeat it.',
      ],
    ],
    [
      {
        kind: 'unreachable',
        server: 'https://k8s.example:6443',
        code: 'ECONNREFUSED',
        reason: 'nothing listens there',
        sent: false,
      },
      3,
      [
        'error: cannot reach the cluster at https://k8s.example:6443: nothing listens there (ECONNREFUSED)',
        '       Is it the right one? `kubectl config get-contexts`, then --context NAME',
      ],
    ],
    [
      {
        kind: 'unreachable',
        server: 'https://k8s.example:6443',
        code: 'ECONNRESET',
        reason: 'the connection was cut',
        sent: true,
        proxy: 'http://p:1',
      },
      3,
      [
        'error: cannot reach the cluster at https://k8s.example:6443: the connection was cut (ECONNRESET)',
        '       through the proxy http://p:1',
        '       The request may have arrived: look at what is there before you repeat it.',
        '       Is it the right one? `kubectl config get-contexts`, then --context NAME',
      ],
    ],
    [
      {
        kind: 'certificate',
        server: 'https://k8s.example:6443',
        code: 'CERT_HAS_EXPIRED',
        reason: "the server's certificate has expired",
      },
      3,
      [
        "error: no trusted connection to https://k8s.example:6443: the server's certificate has expired (CERT_HAS_EXPIRED)",
        "       See the cluster's certificate-authority-data in the kubeconfig, --certificate-authority and --tls-server-name.",
      ],
    ],
    [
      { kind: 'unauthenticated', server: 'https://k8s.example:6443', user: 'alice', message: 'Unauthorized' },
      3,
      [
        'error: not logged in: https://k8s.example:6443 does not accept the credentials of alice (401)',
        '       They may have expired: log in again, then try `kubectl auth whoami`.',
      ],
    ],
    [
      {
        kind: 'execPlugin',
        command: 'aws',
        reason: 'it is not installed',
        stderr: '',
        installHint: 'Install it:\n  brew install awscli',
      },
      3,
      [
        'error: cannot log in: the credential plugin aws of the kubeconfig: it is not installed',
        '       Install it:',
        '       brew install awscli',
        '       `kubectl auth whoami` runs the same plugin: when that works, this does.',
      ],
    ],
    [
      { kind: 'execPlugin', command: 'aws', exitCode: 255, reason: 'it failed with exit code 255', stderr: 'a\nb' },
      3,
      [
        'error: cannot log in: the credential plugin aws of the kubeconfig: it failed with exit code 255',
        '       a',
        '       b',
        '       Log in again, then try `kubectl auth whoami`: it runs the same plugin.',
      ],
    ],
    [
      { kind: 'login', provider: 'oidc', reason: 'the id-token has expired' },
      3,
      ['error: cannot log in with the auth-provider oidc of the kubeconfig', '       the id-token has expired'],
    ],
    [
      { kind: 'noKubeconfig', tried: ['/a', '/b'] },
      2,
      [
        'error: no kubeconfig: it is not known which cluster to talk to',
        '       looked for /a, /b',
        '       Give one with --kubeconfig FILE, or in the environment variable KUBECONFIG.',
      ],
    ],
    [
      { kind: 'noKubeconfig', tried: [] },
      2,
      [
        'error: no kubeconfig: it is not known which cluster to talk to',
        '       HOME is not set',
        '       Give one with --kubeconfig FILE, or in the environment variable KUBECONFIG.',
      ],
    ],
    [
      { kind: 'invalidKubeconfig', path: '/a', message: 'not valid YAML at line 1, column 2: x' },
      2,
      [
        'error: the kubeconfig cannot be used: not valid YAML at line 1, column 2: x',
        '       /a',
        '       See what kubectl makes of it: kubectl config view',
      ],
    ],
    [
      { kind: 'unknownContext', name: 'prd', known: ['prod', 'dev'] },
      2,
      [
        'error: the kubeconfig has no context prd; did you mean prod?',
        '       There is prod, dev.',
        '       Choose one with --context NAME; `kubectl config get-contexts` lists them.',
      ],
    ],
    [
      { kind: 'unknownContext', name: '', known: ['prod', 'dev'] },
      2,
      [
        'error: the kubeconfig has no current context',
        '       There is prod, dev.',
        '       Choose one with --context NAME, or for good with `kubectl config use-context NAME`.',
      ],
    ],
    [
      { kind: 'unknownContext', name: 'x', known: [] },
      2,
      [
        'error: the kubeconfig has no context x',
        '       It has no context at all.',
        '       Choose one with --context NAME; `kubectl config get-contexts` lists them.',
      ],
    ],
    [
      { kind: 'unknownEntry', entry: 'cluster', name: 'eu', known: ['us'], context: 'prod' },
      2,
      [
        'error: the kubeconfig has no cluster eu, which the context prod names',
        '       There is us.',
        '       Choose one with --cluster NAME, or mend the kubeconfig (`kubectl config view`).',
      ],
    ],
    [
      { kind: 'unknownEntry', entry: 'user', name: '', known: ['us'], context: 'prod' },
      2,
      [
        'error: the context prod of the kubeconfig names no user',
        '       There is us.',
        '       Choose one with --user NAME, or mend the kubeconfig (`kubectl config view`).',
      ],
    ],
    [
      { kind: 'unknownEntry', entry: 'user', name: 'bob', known: ['rob'] },
      2,
      [
        'error: the kubeconfig has no user bob; did you mean rob?',
        '       There is rob.',
        '       Choose one with --user NAME, or mend the kubeconfig (`kubectl config view`).',
      ],
    ],
    [
      { kind: 'expired', verb: 'list', resource: 'pods', message: '' },
      3,
      [
        'error: the cluster forgot the list of pods while it was read, several times over',
        '       Try again, or read less at a time: -n NAMESPACE or -l SELECTOR.',
      ],
    ],
    [
      {
        kind: 'tooManyRequests',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        message: '',
        retryAfterSeconds: 60,
      },
      3,
      ['error: the cluster is too busy: it turned the request away again and again (429)', '       Try again in 60 s.'],
    ],
    [
      {
        kind: 'internal',
        verb: 'patch',
        resource: 'pytorchjobs.kubeflow.org',
        namespace: 'nlp',
        name: 'bert',
        status: 500,
        message: 'etcd',
      },
      3,
      ['error: the cluster fails to patch pytorchjobs nlp/bert (status 500)', '       etcd'],
    ],
    [
      { kind: 'internal', verb: 'list', resource: 'pods', status: 400, message: 'bad selector' },
      3,
      ['error: the cluster refuses to list pods in all namespaces (status 400)', '       bad selector'],
    ],
    [
      {
        kind: 'internal',
        verb: 'list',
        resource: 'pods',
        status: 400,
        message: "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
      },
      2,
      [
        'error: the label selector cannot be read',
        "       unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
        "       -l team=nlp   (also -l 'team in (nlp,vision)', -l 'team!=nlp,!trial')",
      ],
    ],
    [{ kind: 'aborted' }, 130, ['error: interrupted']],
    [
      { kind: 'protocol', server: 'https://k8s.example:6443', status: 502, reason: 'a web page came back' },
      3,
      [
        'error: https://k8s.example:6443 does not answer like Kubernetes: a web page came back (status 502)',
        "       Is that the cluster's address? A proxy or a login page may stand in between (HTTPS_PROXY, NO_PROXY).",
      ],
    ],
  ])('$kind', (failure, exit, lines) => {
    expect(words(failure)).toEqual({ lines, exit })
  })

  it('cuts long answers, and says how much is missing', () => {
    const fields = Array.from({ length: 30 }, (_, index) => ({ path: `spec.f${index}`, message: 'unknown field' }))
    const { lines } = words({ kind: 'invalid', verb: 'create', resource: 'pods', message: '', fields })
    expect(lines).toHaveLength(13)
    expect(lines.at(-1)).toBe('       ... 19 more')
  })

  it('cuts long lists of names', () => {
    const known = Array.from({ length: 30 }, (_, index) => `context-${index}`)
    expect(words({ kind: 'unknownContext', name: '', known }).lines[1]).toMatch(/context-11, \.\.\. \(30\)\.$/)
  })

  it('keeps the line breaks of the server and nothing else that moves the cursor', () => {
    const failure = {
      kind: 'admission',
      verb: 'create',
      resource: 'pods',
      message: 'one\n  two\u001b[2Jthree\r\n\n',
    } as const
    expect(words(failure).lines.slice(1)).toEqual(['       one', '       two\\e[2Jthree'])
  })

  const text = fc.string({ unit: 'binary', maxLength: 30 })
  it('lets nothing reach the terminal that is not printable', () => {
    const asked = { verb: fc.constant('patch'), resource: fc.constant('pods'), namespace: text, name: text }
    const failures: fc.Arbitrary<ClusterErrorCause> = fc.oneof(
      fc.record({ kind: fc.constant('forbidden'), ...asked, group: text, user: text, message: text }),
      fc.record({ kind: fc.constant('admission'), ...asked, message: text }),
      fc.record({ kind: fc.constant('notFound'), ...asked }),
      fc.record({
        kind: fc.constant('conflict'),
        ...asked,
        message: text,
        owned: fc.array(fc.record({ path: text, manager: text })),
      }),
      fc.record({
        kind: fc.constant('invalid'),
        ...asked,
        message: text,
        fields: fc.array(fc.record({ path: text, message: text })),
      }),
      fc.record({
        kind: fc.constant('webhook'),
        ...asked,
        webhook: text,
        outcome: fc.constantFrom('denied', 'unreachable'),
        message: text,
      }),
      fc.record({
        kind: fc.constant('execPlugin'),
        command: text,
        reason: fc.constant('it failed'),
        stderr: text,
        installHint: text,
      }),
      fc.record({ kind: fc.constant('unknownContext'), name: text, known: fc.array(text) }),
      fc.record({
        kind: fc.constant('unknownEntry'),
        entry: fc.constant('user'),
        name: text,
        context: text,
        known: fc.array(text),
      }),
      fc.record({ kind: fc.constant('invalidKubeconfig'), path: text, message: text }),
      fc.record({ kind: fc.constant('noKubeconfig'), tried: fc.array(text) }),
      fc.record({ kind: fc.constant('unauthenticated'), server: text, user: text, message: text }),
    ) as fc.Arbitrary<ClusterErrorCause>
    fc.assert(
      fc.property(failures, (failure) => {
        for (const line of words(failure).lines)
          expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
      }),
    )
  })
})

describe('describeError: problems', () => {
  it('says what, where, why and what to type, with the name the program was called by', () => {
    const problem = new Problem({
      code: 'x',
      what: 'nlp/bert\u001b[2J is not a job',
      where: 'jobs/a.yaml:3:5\n3 | kind: Pod\n        ^',
      why: 'its kind is Pod',
      next: ['$0 list -n nlp'],
      exit: exitCode.usage,
    })
    expect(describeError(problem, 'kubectl migrate')).toEqual({
      lines: [
        'error: nlp/bert\\e[2J is not a job',
        '       jobs/a.yaml:3:5',
        '       3 | kind: Pod',
        '               ^',
        '       its kind is Pod',
        '       kubectl migrate list -n nlp',
      ],
      exit: 2,
    })
  })
})

describe('describeError: files', () => {
  it.each([
    ['ENOENT', 'no such file or folder'],
    ['EACCES', 'you may not'],
    ['ENOSPC', 'no space left'],
  ])('%s', (code, reason) => {
    const error = Object.assign(new Error(`${code}: boom, open 'v2/a.yaml'`), { code, path: 'v2/a.yaml' })
    expect(describeError(error, 'x')).toEqual({ lines: [`error: cannot use the file v2/a.yaml: ${reason}`], exit: 2 })
  })
})

describe('describeError: bugs', () => {
  const bug = new TypeError('x is undefined\nand more', { cause: new RangeError('deep') })

  it('say so in one line, and how to see more', () => {
    expect(describeError(bug, 'kubectl migrate')).toEqual({
      lines: [
        'error: a bug in kubectl-migrate: TypeError: x is undefined',
        '       Please report it with what the same command prints with -v 1 added, and with `kubectl migrate version`.',
      ],
      exit: 3,
    })
  })

  it('show where they are with -v 1, their causes too', () => {
    const { lines } = describeError(bug, 'kubectl migrate', 1)
    expect(lines[2]).toMatch(/^ {7}at .*errors\.test\.ts:\d+:\d+\)?$/)
    expect(lines).toContain('       caused by RangeError')
  })

  it.each([
    ['text', 'boom', 'error: a bug in kubectl-migrate: boom'],
    ['nothing', undefined, 'error: a bug in kubectl-migrate: undefined'],
    ['credentials', new Error('Bearer abcdef12'), 'error: a bug in kubectl-migrate: Error: Bearer (hidden)'],
  ])('thrown as %s', (_, thrown, line) => {
    expect(describeError(thrown, 'x').lines[0]).toBe(line)
  })

  it('of the cluster are no bugs: there is never a trace', () => {
    const { lines } = describeError(new ClusterError({ kind: 'aborted' }), 'kubectl migrate', 9)
    expect(lines).toEqual(['error: interrupted'])
  })
})
