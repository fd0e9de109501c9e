// Charts by ECharts from the numbers in the page: <figure data-chart="id of a json script" data-library="address">.
// The json holds {kind, unit, categories, series: [{name, values}]}; the table behind "data" shows the same numbers.
const SHAPES = ["circle", "triangle", "rect", "diamond", "emptyCircle"];
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 6]];

export async function wire(scope) {
  for (const figure of scope.querySelectorAll("[data-chart]:not([data-wired])")) {
    figure.dataset.wired = "";
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const echarts = await library(figure.dataset.library);
    const place = figure.querySelector(".chart-canvas");
    const chart = echarts.init(place, null, { renderer: "svg", locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
    chart.setOption(options(data, figure));
    place.hidden = false;
    new ResizeObserver(() => chart.resize()).observe(place);
    figure.querySelector("[data-download]")?.addEventListener("click", (event) => {
      event.currentTarget.href = chart.getDataURL({ type: "svg" });
    });
  }
}

let loading;

function library(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

function options(data, figure) {
  const style = getComputedStyle(figure);
  const token = (name) => style.getPropertyValue(name).trim();
  const colours = ["--accent", "--watch", "--good", "--ink-3", "--seal"].map(token);
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 150,
    color: colours,
    textStyle: { fontFamily: style.fontFamily, color: token("--ink-2") },
    // The default renders HTML with inline styles, which the content security policy forbids.
    tooltip: { trigger: "axis", renderMode: "richText" },
    legend: data.series.length > 1 ? { bottom: 0 } : undefined,
    grid: { left: 8, right: 16, top: 40, bottom: data.series.length > 1 ? 40 : 8, containLabel: true },
    xAxis: { type: "category", data: data.categories, axisTick: { alignWithLabel: true } },
    yAxis: { type: "value", name: data.unit, scale: data.kind === "line", splitLine: { lineStyle: { color: token("--line") } } },
    series: data.series.slice(0, 5).map((series, index) => ({
      name: series.name,
      type: data.kind,
      data: series.values,
      symbol: SHAPES[index],
      symbolSize: 7,
      lineStyle: { type: DASHES[index] },
      itemStyle: data.kind === "bar" && index ? { decal: { symbol: SHAPES[index], symbolSize: 0.6 } } : undefined,
    })),
  };
}
