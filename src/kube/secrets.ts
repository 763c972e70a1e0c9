const jsonWebTokens = /\beyJ[\w-]+(?:\.[\w-]*){1,2}/g
const schemes = /\b(bearer|basic)(\s+)[^\s"',]{6,}/gi
const named = /\b(token|password|passwd|secret|api[_-]?key|authorization)(["']?\s*[:=]\s*["']?)[^\s"',]{6,}/gi
/** Characters of base64, base64url and hexadecimal in a row. */
const runs = /[A-Za-z0-9+/_=-]{32,}/g

/** Text of another program without what may be a credential: tokens, long runs of key material, values of telling names. */
export function withoutSecrets(text: string): string {
  const hide = (_: string, name: string, separator: string): string => `${name}${separator}(hidden)`
  return text
    .replace(jsonWebTokens, '(hidden)')
    .replace(schemes, hide)
    .replace(named, hide)
    .replace(runs, (run) => (isKeyMaterial(run) ? '(hidden)' : run))
}

/** Key material mixes letters and digits; so do object names and paths, whose parts are short. */
function isKeyMaterial(run: string): boolean {
  const mixed = /\d/.test(run) && /[A-Za-z]/.test(run)
  const name = /^[a-z0-9]{1,31}(-[a-z0-9]{1,31})+$/.test(run)
  const path = /^(\/[\w.-]{1,31})+\/?$/.test(run)
  return mixed && !name && !path
}
