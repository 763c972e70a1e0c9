import type { Asked, ClusterErrorCause } from '../cluster/errors.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { closest } from '../kube/closest.ts'

/** Text of others is still as it came: describeError makes whole lines safe for a terminal. */
export interface Sentence {
  /** after `error: `; one sentence without a full stop */
  readonly what: string
  readonly more?: readonly (string | undefined)[]
  /** what to type or ask for */
  readonly next?: readonly (string | undefined)[]
  readonly exit?: ExitCode
}

const longestList = 12

/** The sentence about one failure of the cluster door. */
export function clusterSentence(failure: ClusterErrorCause, name: string): Sentence {
  switch (failure.kind) {
    case 'forbidden':
      return forbiddenSentence(failure)
    case 'admission':
      return admissionSentence(failure)
    case 'notFound':
      return { what: `not found: ${objectOf(failure)}`, next: [whatThereIs(failure, name)] }
    case 'apiAbsent':
      return apiAbsentSentence(failure)
    case 'conflict':
      return conflictSentence(failure)
    case 'alreadyExists':
      return {
        what: `exists already: ${objectOf(failure)}`,
        next: [failure.name && `See it: ${kubectlGet(failure)} -o yaml`],
        exit: exitCode.conflict,
      }
    case 'invalid':
      return invalidSentence(failure)
    case 'webhook':
      return webhookSentence(failure)
    case 'timeout':
      return timeoutSentence(failure)
    case 'unreachable':
      return {
        what: `cannot reach the cluster at ${failure.server}: ${failure.reason} (${failure.code})`,
        more: [failure.proxy && `through the proxy ${failure.proxy}`, failure.sent ? perhapsDone : undefined],
        next: ['Is it the right one? `kubectl config get-contexts`, then --context NAME'],
      }
    case 'certificate':
      return {
        what: `no trusted connection to ${failure.server}: ${failure.reason} (${failure.code})`,
        next: [
          "See the cluster's certificate-authority-data in the kubeconfig, --certificate-authority and --tls-server-name.",
        ],
      }
    case 'unauthenticated':
      return unauthenticatedSentence(failure)
    case 'execPlugin':
      return {
        what: `cannot log in: the credential plugin ${failure.command} of the kubeconfig: ${failure.reason}`,
        more: [...quote(failure.stderr), ...quote(failure.installHint ?? '')],
        next: [
          failure.exitCode === undefined
            ? '`kubectl auth whoami` runs the same plugin: when that works, this does.'
            : 'Log in again, then try `kubectl auth whoami`: it runs the same plugin.',
        ],
      }
    case 'login':
      return {
        what: `cannot log in with the auth-provider ${failure.provider} of the kubeconfig`,
        more: [failure.reason],
      }
    case 'noKubeconfig':
      return {
        what: 'no kubeconfig: it is not known which cluster to talk to',
        more: [failure.tried.length > 0 ? `looked for ${listOf(failure.tried)}` : 'HOME is not set'],
        next: ['Give one with --kubeconfig FILE, or in the environment variable KUBECONFIG.'],
        exit: exitCode.usage,
      }
    case 'invalidKubeconfig':
      return {
        what: `the kubeconfig cannot be used: ${failure.message}`,
        more: [failure.path],
        next: ['See what kubectl makes of it: kubectl config view'],
        exit: exitCode.usage,
      }
    case 'unknownContext':
      return unknownContextSentence(failure)
    case 'unknownEntry':
      return unknownEntrySentence(failure)
    case 'expired':
      return {
        what: `the cluster forgot the list of ${failure.resource} while it was read, several times over`,
        next: ['Try again, or read less at a time: -n NAMESPACE or -l SELECTOR.'],
      }
    case 'tooManyRequests':
      return {
        what: 'the cluster is too busy: it turned the request away again and again (429)',
        next: [failure.retryAfterSeconds === undefined ? 'Try later.' : `Try again in ${failure.retryAfterSeconds} s.`],
      }
    case 'internal':
      return internalSentence(failure)
    case 'aborted':
      return { what: 'interrupted', exit: exitCode.interrupted }
    case 'protocol':
      return {
        what: `${failure.server} does not answer like Kubernetes: ${failure.reason} (status ${failure.status})`,
        next: ["Is that the cluster's address? A proxy or a login page may stand in between (HTTPS_PROXY, NO_PROXY)."],
      }
  }
}

const perhapsDone = 'The request may have arrived: look at what is there before you repeat it.'

type Of<K extends ClusterErrorCause['kind']> = Extract<ClusterErrorCause, { kind: K }>

function forbiddenSentence(failure: Of<'forbidden'>): Sentence {
  const where = placeOf(failure)
  const flag = failure.namespace === undefined ? '' : ` -n ${failure.namespace}`
  const all = failure.namespace === undefined && ['list', 'watch'].includes(failure.verb)
  // the API server's name for a request without credentials (k8s.io/apiserver, authentication/user)
  if (failure.user === 'system:anonymous') {
    return {
      what: `not logged in: the cluster lets nobody unknown ${failure.verb} ${plural(failure)}${where}`,
      next: ['The user of the context has no credentials: see `kubectl config view --minify`.'],
    }
  }
  return {
    what: `forbidden: you may not ${failure.verb} ${plural(failure)}${where}`,
    more: [`Missing: ${failure.verb} ${failure.resource}${where}${failure.user ? `   (you are ${failure.user})` : ''}`],
    next: [
      all ? 'Choose a namespace that you may read with -n NAMESPACE,' : undefined,
      `${all ? 'or ask' : 'Ask'} for a Role with it; \`kubectl auth can-i ${failure.verb} ${failure.resource}${flag}\` tells when you have it.`,
    ],
  }
}

function admissionSentence(failure: Of<'admission'>): Sentence {
  const { namespace, message } = failure
  // k8s.io/apiserver, pkg/admission/plugin/namespace/lifecycle
  if (namespace !== undefined && message.endsWith('because it is being terminated')) {
    return {
      what: `namespace ${namespace} is being deleted: the cluster makes nothing new in it`,
      more: [`refused: to ${failure.verb} ${objectOf(failure)}`],
      next: [`See what it still waits for: kubectl get namespace ${namespace} -o yaml`],
    }
  }
  return { what: `refused: the cluster does not admit ${objectOf(failure)}`, more: quote(message) }
}

const operators: Readonly<Record<string, string>> = {
  'kubeflow.org': 'Training Operator v1 is not installed here, or not this kind of it.',
  'trainer.kubeflow.org': 'Trainer v2 is not installed here, or not in a version with this API.',
  'jobset.x-k8s.io': 'JobSet, which Trainer v2 needs, is not installed here.',
}

function apiAbsentSentence(failure: Of<'apiAbsent'>): Sentence {
  const group = failure.resource.slice(failure.resource.indexOf('.') + 1)
  const path = failure.resource.startsWith('/')
  return {
    what: `this cluster does not serve ${failure.resource}`,
    more: [operators[group]],
    next: [path ? undefined : `Check with \`kubectl get crd ${failure.resource}\`; another cluster: --context NAME`],
  }
}

function conflictSentence(failure: Of<'conflict'>): Sentence {
  if (failure.owned.length > 0) {
    return {
      what: `conflict: fields of ${objectOf(failure)} belong to others`,
      more: shortened(failure.owned.map(({ path, manager }) => `${path}   set by ${manager}`)),
      exit: exitCode.conflict,
    }
  }
  return {
    what: `conflict: ${objectOf(failure)} has changed since it was read`,
    more: quote(failure.message),
    next: ['The change was not made. Run the command again: it starts from what is there now.'],
    exit: exitCode.conflict,
  }
}

function invalidSentence(failure: Of<'invalid'>): Sentence {
  const fields = failure.fields.map(({ path, message }) => (path ? `${path}: ${message}` : message))
  return {
    what: `invalid: the cluster does not accept ${objectOf(failure)}`,
    more: fields.length > 0 ? shortened(fields) : quote(failure.message),
  }
}

function webhookSentence(failure: Of<'webhook'>): Sentence {
  const { webhook } = failure
  if (failure.outcome === 'denied') {
    return { what: `refused: the webhook ${webhook} denies ${objectOf(failure)}`, more: quote(failure.message) }
  }
  return {
    what: `the webhook ${webhook} cannot be asked, so the cluster refuses to ${failure.verb} ${objectOf(failure)}`,
    more: quote(failure.message),
    next: ["Is its operator running? `kubectl get pods -A`, and the Service the webhook's configuration names."],
  }
}

/** How k8s.io/apimachinery, pkg/labels/selector.go begins what it says of a text that is no selector. */
const noSelector = /^(unable to parse requirement|couldn't parse the selector|found '|unexpected )/

function internalSentence(failure: Of<'internal'>): Sentence {
  const { status, verb, message } = failure
  if (status === 400 && ['list', 'watch'].includes(verb) && noSelector.test(message)) {
    return {
      what: 'the label selector cannot be read',
      more: quote(message),
      next: ["-l team=nlp   (also -l 'team in (nlp,vision)', -l 'team!=nlp,!trial')"],
      exit: exitCode.usage,
    }
  }
  return {
    what: `the cluster ${status < 500 ? 'refuses' : 'fails'} to ${verb} ${objectOf(failure)} (status ${status})`,
    more: quote(message),
  }
}

function timeoutSentence(failure: Of<'timeout'>): Sentence {
  const { server } = failure
  const writes = !['get', 'list', 'watch'].includes(failure.verb)
  const perhaps = failure.sent && writes ? perhapsDone : undefined
  if (failure.by === 'server') {
    return { what: `the cluster ran out of time to ${failure.verb} ${objectOf(failure)} (504)`, more: [perhaps] }
  }
  if (failure.by === 'connect') {
    return { what: `cannot reach the cluster at ${server}: no connection within ${failure.seconds} s` }
  }
  return {
    what: `no answer from ${server} within ${failure.seconds} s, asked to ${failure.verb} ${objectOf(failure)}`,
    more: [perhaps],
    next: ['More patience: --request-timeout 5m'],
  }
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

/** `pytorchjobs nlp/bert`, `namespace nlp`, `/version` */
function objectOf(asked: Asked): string {
  if (asked.resource === 'namespaces' && asked.name) return `namespace ${asked.name}`
  if (asked.name === undefined) return `${plural(asked)}${placeOf(asked)}`
  return `${plural(asked)} ${asked.namespace ? `${asked.namespace}/${asked.name}` : asked.name}`
}

function plural(asked: Asked): string {
  return asked.resource.startsWith('/') ? asked.resource : (asked.resource.split('.')[0] ?? '')
}

function placeOf(asked: Asked): string {
  if (asked.namespace !== undefined) return ` in namespace ${asked.namespace}`
  return ['list', 'watch'].includes(asked.verb) ? ' in all namespaces' : ''
}

function whatThereIs(asked: Asked, name: string): string {
  const at = asked.namespace === undefined ? '' : ` -n ${asked.namespace}`
  const isJob = asked.resource === 'trainjobs.trainer.kubeflow.org' || asked.resource.endsWith('jobs.kubeflow.org')
  return `See what there is: ${isJob ? `${name} list${at}` : kubectlGet({ ...asked, name: undefined })}`
}

function kubectlGet(asked: Asked): string {
  const object = asked.name === undefined ? '' : ` ${asked.name}`
  return `kubectl get ${asked.resource}${object}${asked.namespace === undefined ? '' : ` -n ${asked.namespace}`}`
}

/** The server's own words, line by line. */
function quote(text: string): string[] {
  return shortened(text.split('\n').flatMap((line) => line.trim() || []))
}

function shortened(lines: string[]): string[] {
  if (lines.length <= longestList) return lines
  return [...lines.slice(0, longestList - 1), `... ${lines.length - longestList + 1} more`]
}

function listOf(names: readonly string[]): string {
  return names.length <= longestList
    ? names.join(', ')
    : `${names.slice(0, longestList).join(', ')}, ... (${names.length})`
}

function didYouMean(name: string, known: readonly string[]): string {
  const near = closest(name, known)
  return near.length === 0 ? '' : `; did you mean ${listOf(near)}?`
}
