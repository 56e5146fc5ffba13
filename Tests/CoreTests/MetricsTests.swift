import Core
import Testing

@Suite struct MetricsTests {
    @Test func `a histogram counts what is at or below each bound`() {
        let histogram = Histogram("h", "Help.", bounds: [1, 2])
        for value in [0.5, 1, 1.5, 9] { histogram.observe(value) }
        #expect(
            histogram.exposition()
                == """
                # HELP h Help.
                # TYPE h histogram
                h_bucket{le="1.0"} 2
                h_bucket{le="2.0"} 3
                h_bucket{le="+Inf"} 4
                h_sum 12.0
                h_count 4

                """)
        #expect(histogram.mean == 3)
    }

    @Test func `a registry shows its figures in order`() {
        let registry = MetricRegistry()
        registry.register(Counter("a_total", "First.")).add(3)
        _ = registry.register(Gauge("b", "Second.") { 1.5 })
        #expect(
            registry.exposition()
                == "# HELP a_total First.\n# TYPE a_total counter\na_total 3\n# HELP b Second.\n# TYPE b gauge\nb 1.5\n"
        )
    }
}
