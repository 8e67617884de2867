/** The editor's colours in a browser. What we contribute to the editor's themes is put in from the manifest by the build. */

type Theme = 'light' | 'dark';

declare const CONTRIBUTED_COLOURS: { id: string; defaults: Record<Theme, string> }[];

export const preferredTheme = (): Theme => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

export const currentTheme = (): Theme => (document.body.classList.contains('vscode-dark') ? 'dark' : 'light');

export function setTheme(theme: Theme): void {
  const { style } = document.documentElement;
  for (const { id, defaults } of CONTRIBUTED_COLOURS) {
    style.setProperty(`--vscode-${id.replaceAll('.', '-')}`, defaults[theme]);
  }
  document.documentElement.dataset.theme = theme;
  document.body.classList.toggle('vscode-dark', theme === 'dark');
  document.body.classList.toggle('vscode-light', theme === 'light');
}
