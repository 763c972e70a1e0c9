import type { Asked } from '../../cluster/errors.ts'
import { exitCode } from '../../exit-code.ts'
import {
  kubectlGet,
  type Of,
  objectOf,
  perhapsDone,
  placeOf,
  plural,
  quote,
  type Sentence,
  type Sentences,
  shortened,
} from './words.ts'

type AnswerKind =
  | 'forbidden'
  | 'admission'
  | 'notFound'
  | 'apiAbsent'
  | 'conflict'
  | 'alreadyExists'
  | 'invalid'
  | 'webhook'
  | 'timeout'
  | 'expired'
  | 'tooManyRequests'
  | 'internal'

/** Of an API server that was asked something: what it did not do, and why. */
export const answerSentences: Sentences<AnswerKind> = {
  forbidden: forbiddenSentence,
  admission: admissionSentence,
  notFound: (failure, name) => ({ what: `not found: ${objectOf(failure)}`, next: [whatThereIs(failure, name)] }),
  apiAbsent: apiAbsentSentence,
  conflict: conflictSentence,
  alreadyExists: (failure) => ({
    what: `exists already: ${objectOf(failure)}`,
    next: [failure.name && `See it: ${kubectlGet(failure)} -o yaml`],
    exit: exitCode.conflict,
  }),
  invalid: invalidSentence,
  webhook: webhookSentence,
  timeout: timeoutSentence,
  expired: (failure) => ({
    what: `the cluster forgot the list of ${failure.resource} while it was read, several times over`,
    next: ['Try again, or read less at a time: -n NAMESPACE or -l SELECTOR.'],
  }),
  tooManyRequests: (failure) => ({
    what: 'the cluster is too busy: it turned the request away again and again (429)',
    next: [failure.retryAfterSeconds === undefined ? 'Try later.' : `Try again in ${failure.retryAfterSeconds} s.`],
  }),
  internal: internalSentence,
}

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

function whatThereIs(asked: Asked, name: string): string {
  const at = asked.namespace === undefined ? '' : ` -n ${asked.namespace}`
  const isJob = asked.resource === 'trainjobs.trainer.kubeflow.org' || asked.resource.endsWith('jobs.kubeflow.org')
  return `See what there is: ${isJob ? `${name} list${at}` : kubectlGet({ ...asked, name: undefined })}`
}
