import { exitCode } from '../../exit-code.ts'
import { closest } from '../../kube/closest.ts'
import { listOf, type Of, perhapsDone, quote, type Sentence, type Sentences } from './words.ts'

type ReachKind =
  | 'unreachable'
  | 'certificate'
  | 'unauthenticated'
  | 'execPlugin'
  | 'login'
  | 'noKubeconfig'
  | 'invalidKubeconfig'
  | 'unknownContext'
  | 'unknownEntry'
  | 'protocol'
  | 'aborted'

/** Of a cluster that cannot be asked anything: the kubeconfig, the way there, the login. */
export const reachSentences: Sentences<ReachKind> = {
  unreachable: (failure) => ({
    what: `cannot reach the cluster at ${failure.server}: ${failure.reason} (${failure.code})`,
    more: [failure.proxy && `through the proxy ${failure.proxy}`, failure.sent ? perhapsDone : undefined],
    next: ['Is it the right one? `kubectl config get-contexts`, then --context NAME'],
  }),
  certificate: (failure) => ({
    what: `no trusted connection to ${failure.server}: ${failure.reason} (${failure.code})`,
    next: [
      "See the cluster's certificate-authority-data in the kubeconfig, --certificate-authority and --tls-server-name.",
    ],
  }),
  unauthenticated: unauthenticatedSentence,
  execPlugin: (failure) => ({
    what: `cannot log in: the credential plugin ${failure.command} of the kubeconfig: ${failure.reason}`,
    more: [...quote(failure.stderr), ...quote(failure.installHint ?? '')],
    next: [
      failure.exitCode === undefined
        ? '`kubectl auth whoami` runs the same plugin: when that works, this does.'
        : 'Log in again, then try `kubectl auth whoami`: it runs the same plugin.',
    ],
  }),
  login: (failure) => ({
    what: `cannot log in with the auth-provider ${failure.provider} of the kubeconfig`,
    more: [failure.reason],
  }),
  noKubeconfig: (failure) => ({
    what: 'no kubeconfig: it is not known which cluster to talk to',
    more: [failure.tried.length > 0 ? `looked for ${listOf(failure.tried)}` : 'HOME is not set'],
    next: ['Give one with --kubeconfig FILE, or in the environment variable KUBECONFIG.'],
    exit: exitCode.usage,
  }),
  invalidKubeconfig: (failure) => ({
    what: `the kubeconfig cannot be used: ${failure.message}`,
    more: [failure.path],
    next: ['See what kubectl makes of it: kubectl config view'],
    exit: exitCode.usage,
  }),
  unknownContext: unknownContextSentence,
  unknownEntry: unknownEntrySentence,
  protocol: (failure) => ({
    what: `${failure.server} does not answer like Kubernetes: ${failure.reason} (status ${failure.status})`,
    next: ["Is that the cluster's address? A proxy or a login page may stand in between (HTTPS_PROXY, NO_PROXY)."],
  }),
  aborted: () => ({ what: 'interrupted', exit: exitCode.interrupted }),
}

function unauthenticatedSentence(failure: Of<'unauthenticated'>): Sentence {
  const user = failure.user === undefined ? 'the credentials' : `the credentials of ${failure.user}`
  return {
    what: `not logged in: ${failure.server} does not accept ${user} (401)`,
    more: failure.message === 'Unauthorized' ? [] : quote(failure.message),
    next: ['They may have expired: log in again, then try `kubectl auth whoami`.'],
  }
}

function unknownContextSentence({ name, known }: Of<'unknownContext'>): Sentence {
  const chosen = {
    more: [known.length > 0 ? `There is ${listOf(known)}.` : 'It has no context at all.'],
    exit: exitCode.usage,
  }
  if (name === '') {
    return {
      ...chosen,
      what: 'the kubeconfig has no current context',
      next: ['Choose one with --context NAME, or for good with `kubectl config use-context NAME`.'],
    }
  }
  return {
    ...chosen,
    what: `the kubeconfig has no context ${name}${didYouMean(name, known)}`,
    next: ['Choose one with --context NAME; `kubectl config get-contexts` lists them.'],
  }
}

function unknownEntrySentence({ entry, name, known, context }: Of<'unknownEntry'>): Sentence {
  const of = context ? `, which the context ${context} names` : ''
  const missing = name === '' ? `names no ${entry}` : `has no ${entry} ${name}${of}${didYouMean(name, known)}`
  return {
    what: name === '' && context ? `the context ${context} of the kubeconfig ${missing}` : `the kubeconfig ${missing}`,
    more: [known.length > 0 ? `There is ${listOf(known)}.` : undefined],
    next: [`Choose one with --${entry} NAME, or mend the kubeconfig (\`kubectl config view\`).`],
    exit: exitCode.usage,
  }
}

function didYouMean(name: string, known: readonly string[]): string {
  const near = closest(name, known)
  return near.length === 0 ? '' : `; did you mean ${listOf(near)}?`
}
