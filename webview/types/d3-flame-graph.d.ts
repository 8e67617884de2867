/** Of d3-flame-graph 5.0.0, which ships no types, the part that webview/flamegraph/chart.ts uses. */
declare module 'd3-flame-graph' {
  import type { BaseType, Selection } from 'd3-selection';

  /** d3-hierarchy's node with what the chart writes into it. `x0` and `x1` are shares of the width, 0–1. */
  export interface ChartNode<Datum> {
    data: Datum;
    id: number;
    depth: number;
    value: number;
    x0: number;
    x1: number;
    parent: ChartNode<Datum> | null;
    children?: ChartNode<Datum>[];
  }

  export interface FlameGraph<Datum> {
    /** Call once; later data goes through `update`. */
    (selection: Selection<HTMLElement, Datum, BaseType, unknown>): void;
    /** Without data: lays out and draws again. */
    update(data?: Datum): this;
    width(pixels: number): this;
    cellHeight(pixels: number): this;
    minFrameSize(pixels: number): this;
    inverted(rootOnTop: boolean): this;
    tooltip(none: false): this;
    transitionDuration(ms: number): this;
    getName(name: (node: ChartNode<Datum>) => string): this;
    setLabelHandler(title: (node: ChartNode<Datum>) => string): this;
    setColorMapper(colour: (node: ChartNode<Datum>, original: string) => string): this;
    /** Called after every zoom, also one by `zoomTo` and `resetZoom`. */
    onClick(handler: (node: ChartNode<Datum>) => void): this;
    zoomTo(node: ChartNode<Datum>): void;
  }

  export default function flamegraph<Datum>(): FlameGraph<Datum>;
}
