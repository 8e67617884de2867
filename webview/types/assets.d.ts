/** The bundler turns an icon into its text, and a stylesheet into a part of main.css. */
declare module '*.svg' {
  const text: string;
  export default text;
}
declare module '*.css';
