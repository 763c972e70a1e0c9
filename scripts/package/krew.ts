/** What a placeholder of the template stands for: `{{version}}`, or `{{sha256 linux-amd64}}` with what follows its name. */
export type Placeholders = Readonly<Record<string, (argument: string) => string | undefined>>

/** Fills the template of the Krew manifest. Throws where a placeholder has no value, so that none can stay behind. */
export function fillTemplate(template: string, placeholders: Placeholders): string {
  const body = template.replaceAll(/^#.*\n/gm, '')
  return body.replaceAll(/\{\{(\w+) ?([^}]*)\}\}/g, (placeholder, name: string, argument: string) => {
    const value = placeholders[name]?.(argument)
    if (value === undefined) throw new Error(`krew/migrate.template.yaml: nothing to put in for ${placeholder}`)
    return value
  })
}
