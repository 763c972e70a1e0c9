import type { ClusterErrorCause } from '../cluster/errors.ts'
import { answerSentences } from './cluster-sentences/answers.ts'
import { reachSentences } from './cluster-sentences/reach.ts'
import type { Kind, Sentence, Sentences } from './cluster-sentences/words.ts'

const sentences: Sentences<Kind> = { ...answerSentences, ...reachSentences }

/** The sentence about one failure of the cluster door. */
export function clusterSentence(failure: ClusterErrorCause, name: string): Sentence {
  // each kind has the sentence of its own kind, which the type of the table tells and TypeScript does not follow
  const sentence = sentences[failure.kind] as (failure: ClusterErrorCause, name: string) => Sentence
  return sentence(failure, name)
}
