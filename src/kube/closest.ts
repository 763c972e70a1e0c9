import { distance } from 'fastest-levenshtein'

/**
 * The names somebody most likely meant by `typed`, best first, at most `limit`: those at most a third of its letters away
 * (two at least), and those that begin with it.
 */
export function closest(typed: string, names: Iterable<string>, limit = 3): string[] {
  const word = typed.toLowerCase()
  const farthest = Math.max(2, Math.floor(word.length / 3))
  const ranked: { name: string; away: number }[] = []
  for (const name of new Set(names)) {
    const other = name.toLowerCase()
    const away = word.length >= 2 && other.startsWith(word) ? 0.5 : distance(word, other)
    if (away <= farthest && away < other.length) ranked.push({ name, away })
  }
  ranked.sort((a, b) => a.away - b.away || a.name.localeCompare(b.name, 'en'))
  return ranked.slice(0, limit).map(({ name }) => name)
}
