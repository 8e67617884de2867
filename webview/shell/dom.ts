type Tags = HTMLElementTagNameMap;

/** An element with attributes and children. Styles go through CSSOM: the page's policy forbids style attributes. */
export function element<T extends keyof Tags>(
  tag: T,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): Tags[T] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The element of the page's own markup that has this id. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element "${id}".`);
  return found as E;
}

/** An icon of codicons, as inline SVG in the colour of the text. Takes the text of the bundled file only. */
export function icon(svg: string): Element {
  const holder = document.createElement('span');
  holder.innerHTML = svg;
  const made = holder.firstElementChild!;
  made.setAttribute('aria-hidden', 'true');
  made.classList.add('icon');
  return made;
}
