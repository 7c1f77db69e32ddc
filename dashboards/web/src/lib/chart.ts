// The parts of ECharts that are used, and nothing else. Loaded when the first chart is shown.

import { LineChart, ScatterChart } from 'echarts/charts';
import { DataZoomInsideComponent, DataZoomSliderComponent, GridComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([LineChart, ScatterChart, GridComponent, TooltipComponent, DataZoomInsideComponent, DataZoomSliderComponent, MarkAreaComponent, CanvasRenderer]);

export type Chart = ECharts;

export const draw = (node: HTMLElement): Chart => init(node, null, { renderer: 'canvas', useDirtyRect: false });
