import { failedWith } from '../cluster/errors.ts'
import { type KindInfo, v1Kinds } from '../v1/kinds.ts'
import { type Gaps, settle } from './gaps.ts'

/**
 * What is read of each v1 kind, together. Kinds that are not served or may not be read are gaps; throws the refusal where none may be
 * read: that there is nothing would be a guess.
 */
export async function readEachKind<T>(
  gaps: Gaps,
  namespace: string | undefined,
  read: (kind: KindInfo) => Promise<readonly T[]>,
): Promise<T[]> {
  let refused: unknown
  const lists = await settle(
    ...v1Kinds.map((kind) =>
      gaps.optional(kind.resource, namespace, async () => {
        try {
          return await read(kind)
        } catch (error) {
          if (failedWith(error, 'forbidden')) refused ??= error
          throw error
        }
      }),
    ),
  )
  if (refused !== undefined && lists.every((list) => list === undefined)) throw refused
  return lists.flatMap((list) => list ?? [])
}
