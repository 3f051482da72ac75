package org.pfsyncd.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Pictures as SVG files. Stateless. */
final class Charts {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 520;
    private static final int STEPS_PER_HALVING = 5;
    private static final int MARKED_POINTS = 20;
    private static final float GRID_WIDTH = 0.5f;
    private static final double LAST_SHARE = 1e-6;
    private static final double NS_PER_US = 1e3;

    private Charts() {}

    /**
     * Percentile curves: to the right one over the share that is slower, so that each power of ten
     * is one nine more.
     */
    static Picture percentiles(String scenario, Map<String, Histogram> histograms) {
        Map<String, List<Picture.Point>> lines = new LinkedHashMap<>();
        histograms.forEach((name, histogram) -> lines.put(name, curve(histogram)));
        return new Picture(
                "percentiles",
                scenario + ": latency by percentile",
                "1 / (1 - percentile): 10 is p90, 100 is p99, 1000 is p99.9",
                "microseconds",
                true,
                true,
                lines);
    }

    private static List<Picture.Point> curve(Histogram histogram) {
        List<Picture.Point> points = new ArrayList<>();
        for (HistogramIterationValue value : histogram.percentiles(STEPS_PER_HALVING)) {
            double share = 1 - value.getPercentileLevelIteratedTo() / 100;
            if (share > LAST_SHARE) {
                points.add(
                        new Picture.Point(
                                1 / share, Math.max(0.1, value.getValueIteratedTo() / NS_PER_US)));
            }
        }
        return points;
    }

    /** Writes {@code NAME.svg} into a directory. */
    static void write(Picture picture, Path directory) throws IOException {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(picture.title())
                        .xAxisTitle(picture.xTitle())
                        .yAxisTitle(picture.yTitle())
                        .theme(Styler.ChartTheme.Matlab)
                        .build();
        chart.getStyler().setXAxisLogarithmic(picture.isXLogarithmic());
        chart.getStyler().setYAxisLogarithmic(picture.isYLogarithmic());
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
        // Dashes become a path each, and the file a hundred times as large.
        chart.getStyler().setPlotGridLinesColor(Color.LIGHT_GRAY);
        chart.getStyler().setPlotGridLinesStroke(new BasicStroke(GRID_WIDTH));
        chart.getStyler().setAxisTickMarksStroke(new BasicStroke(GRID_WIDTH));
        picture.lines().forEach((name, points) -> draw(chart, name, points));
        VectorGraphicsEncoder.saveVectorGraphic(
                chart,
                directory.resolve(picture.name()).toString(),
                VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
    }

    private static void draw(XYChart chart, String name, List<Picture.Point> points) {
        double[] x = points.stream().mapToDouble(Picture.Point::x).toArray();
        double[] y = points.stream().mapToDouble(Picture.Point::y).toArray();
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(x.length > MARKED_POINTS ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
        series.setLineStyle(SeriesLines.SOLID);
    }
}
