// Draws the charts of this page from the data that stands next to each, in the colours of light or dark, also when those change.
(() => {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const palette = () => dark.matches
    ? ["#6ea8ff", "#f3a95f", "#63d3a6", "#e98bb8", "#b59cff", "#d9cf6a", "#7fd3e6", "#c9a58c"]
    : ["#2563c9", "#d9761a", "#14926a", "#b83b7b", "#6f4bc4", "#8f7f0e", "#157f99", "#8a5a3b"];
  const plain = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
  const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

  // Words below each other, so that all groups of bars have their names.
  const lines = text => text.split(" ").reduce((all, word) => {
    const last = all[all.length - 1];
    if (last !== undefined && last.length + word.length < 11) all[all.length - 1] = last + " " + word;
    else all.push(word);
    return all;
  }, []);

  // A bar has a length on such an axis only if it begins at a power of ten below all of them.
  const below = values => 10 ** (Math.ceil(Math.log10(Math.min(...values.filter(value => value > 0)))) - 1);

  const axis = (spec, ink, grid, values) => ({
    min: spec.logarithmic && values ? below(values) : undefined,
    type: spec.logarithmic ? "logarithmic" : "linear",
    beginAtZero: !spec.logarithmic,
    title: { display: spec.title !== "", text: spec.title, color: ink },
    grid: { color: grid },
    border: { color: grid },
    ticks: {
      color: ink,
      maxRotation: 0,
      autoSkipPadding: 12,
      // Of a logarithmic axis 1, 2 and 5, or its numbers run into each other.
      callback: value => !spec.logarithmic || [1, 2, 5].some(n => Math.abs(value / 10 ** Math.floor(Math.log10(value) + 1e-9) - n) < 0.01)
        ? short.format(value) : null,
    },
  });

  const config = spec => {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--soft").trim();
    const grid = style.getPropertyValue("--grid").trim();
    const colours = palette();
    const bars = spec.kind === "bar";
    const x = bars
      ? { type: "category", grid: { display: false }, border: { color: grid }, ticks: { color: ink, maxRotation: 0, autoSkip: false } }
      : axis(spec.x, ink, grid);
    return {
      type: spec.kind,
      data: {
        labels: bars ? spec.categories.map(lines) : undefined,
        datasets: spec.series.map((series, i) => {
          const colour = colours[i % colours.length];
          return {
            label: series.label, data: series.data, borderColor: colour, backgroundColor: bars ? colour + "d0" : colour,
            borderWidth: bars ? 0 : 2, borderRadius: 4, maxBarThickness: 44, minBarLength: 2,
            pointRadius: series.data.length > 24 ? 0 : 3, pointHitRadius: 8, borderDash: i < colours.length ? [] : [6, 3],
          };
        }),
      },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, locale: "en",
        interaction: bars ? { mode: "index", intersect: false } : { mode: "nearest", intersect: false },
        scales: { x, y: axis(spec.y, ink, grid, bars ? spec.series.flatMap(series => series.data) : null) },
        plugins: {
          legend: { position: "bottom", labels: { color: ink, usePointStyle: true, boxHeight: 7, padding: 14 } },
          tooltip: {
            callbacks: {
              title: items => bars ? spec.categories[items[0].dataIndex] : spec.x.title + ": " + plain.format(items[0].parsed.x),
              label: item => " " + item.dataset.label + ": " + plain.format(item.parsed.y) + " " + spec.y.title,
            },
          },
        },
      },
    };
  };

  const figures = [...document.querySelectorAll("figure")].map(figure => ({
    canvas: figure.querySelector("canvas"),
    spec: JSON.parse(figure.querySelector("script").textContent),
    chart: null,
  }));
  const draw = () => figures.forEach(figure => {
    if (figure.chart) figure.chart.destroy();
    figure.chart = new Chart(figure.canvas, config(figure.spec));
  });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  draw();
  dark.addEventListener("change", draw);
})();
