/** The theme's colours for a canvas. */

/** A variable of the theme, as the page has it now. */
export function variable(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

/** A canvas takes colours only, so that `color-mix` and variables are worked out by an element first. */
export function colour(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
