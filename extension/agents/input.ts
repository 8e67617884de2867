import type { FieldSchema, ToolSchema } from './tools';

/** The input with what was left out put in. Throws a sentence that tells the model what to write instead. */
export function checkedInput(input: unknown, { properties, required }: ToolSchema): Record<string, unknown> {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(properties, name));
  if (unknown) throw new Error(`There is no input "${unknown}". There are: ${Object.keys(properties).join(', ')}.`);
  const missing = required.find((name) => given[name] === undefined);
  if (missing) throw new Error(`"${missing}" is missing: ${properties[missing]?.description}`);
  const checked: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    const value = given[name] ?? ('default' in schema ? schema.default : undefined);
    if (value === undefined) continue;
    const wrong = problemOf(value, schema);
    if (wrong) throw new Error(`"${name}" must be ${wrong}, not ${JSON.stringify(value)?.slice(0, 100)}.`);
    checked[name] = value;
  }
  return checked;
}

/** What the value should be; null when it is. */
function problemOf(value: unknown, schema: FieldSchema): string | null {
  switch (schema.type) {
    case 'string':
      if (schema.enum) return schema.enum.includes(value as string) ? null : `one of ${schema.enum.join(', ')}`;
      return typeof value === 'string' && value !== '' ? null : 'a text that is not empty';
    case 'integer': {
      const { minimum, maximum } = schema;
      const fits = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
      return fits ? null : `a whole number from ${minimum} to ${maximum}`;
    }
    case 'array': {
      const fits = Array.isArray(value) && value.length <= schema.maxItems && value.every((x) => typeof x === 'string');
      return fits ? null : `a list of at most ${schema.maxItems} texts`;
    }
  }
}
