package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
)

// exporterHealth is the board of those who run the exporter: whether the figures
// of all the other boards can be trusted.
func exporterHealth() board {
	return board{
		name: "exporter", title: "Exporter health",
		about: "Whether sources are read, how far behind they are, what is left out, and what the exporter costs.",
		rows: []row{
			{"Can the figures be trusted?", trust()},
			{"Source by source", []panel{sourceStates(), sourceAnswers()}},
			{"Polls", polls()},
			{"What polls bring, and how soon", news()},
			{"What is left out", leftOut()},
			{"The exporters themselves, all desks together", append([]panel{exporters()}, itself()...)},
			{"Alerts", []panel{alerts(), firing()}},
		},
	}
}

// own returns a metric of the exporter as a whole, which has no desk.
func own(metric string) string { return metric + `{job=~"$job", instance=~"$instance"}` }

// ofExporters keeps what is about targets that serve our metrics, or did within
// a day: a job may have others, and one that is down serves nothing.
func ofExporters(expr string) string {
	return expr + "\nand on (job, instance)\nlast_over_time(" + own("helpdesk_exporter_build_info") + "[1d])"
}

// none is 0 as long as there are exporters to ask: without them nobody knows.
func none() string { return "0 * count(" + own("helpdesk_exporter_build_info") + ")" }

// orNone says that there is none where there is nothing to tell of.
func orNone(expr, label string) string {
	return fmt.Sprintf("%s\nor on ()\nlabel_replace(%s, %q, \"none\", \"\", \"\")", expr, none(), label)
}

// zeros counts those that are 0, and is itself 0 only where there are others.
func zeros(expr string) string { return "sum((" + expr + ") == bool 0)" }

// grown returns by how much a counter has grown in a span, in whole steps:
// Prometheus reckons to the ends of the span.
func grown(counter, span string, by ...string) string {
	return "round(" + sum("increase("+counter+"["+span+"])", by...) + ")"
}

// since returns how many seconds ago a timestamp was.
func since(metric string) string { return "time() - " + selector(metric) }

var (
	oneIsWarning = verdict{[]step{{colour: good}, {1, warning}}}
	// HelpdeskSourceDown tells after ten minutes, HelpdeskSourceStale after fifteen.
	silence = atMost(600, 900)
)

func trust() []panel {
	failed := selector("helpdesk_source_rejects_total")
	return []panel{
		number{figure: figure{
			title: "Exporters down", unit: "none", width: 3, judged: noneOf(),
			about:   "Exporters that Prometheus cannot scrape, of those that have served figures within a day.",
			queries: []query{{expr: zeros(ofExporters(own("up"))), legend: "down"}},
		}},
		number{figure: figure{
			title: "Failing sources", unit: "none", width: 3, judged: noneOf(),
			about:   "Sources whose last poll could not be read to its end and kept. Figures that rest on them stay as they are until they are stale, and vanish then.",
			queries: []query{{expr: zeros(selector("helpdesk_source_up")), legend: "failing"}},
		}},
		number{figure: figure{
			title: "In first sync", unit: "none", width: 3, judged: oneIsWarning,
			about:   "Sources that have not been read to their end yet. No figure rests on them before.",
			queries: []query{{expr: zeros(selector("helpdesk_source_sync_complete")), legend: "first sync"}},
		}},
		number{figure: figure{
			title: "Last success", unit: "s", width: 3, judged: silence,
			about: "Time since the last poll without an error, at the source where it is longest. A warning from ten minutes on and bad from fifteen on, as the alerts " +
				"on sources have it.",
			queries: []query{{expr: largest(since("helpdesk_source_last_success_timestamp_seconds")), legend: "silent"}},
		}},
		number{figure: figure{
			title: "Behind by", unit: "s", width: 3,
			about:   "Time since the moment up to which a source is known completely, at the source where it is longest. Windows end there.",
			queries: []query{{expr: largest(since("helpdesk_source_as_of_timestamp_seconds")), legend: "behind"}},
		}},
		number{figure: figure{
			title: "Rejected, 1 hour", unit: "none", width: 3, judged: oneIsWarning,
			about:   "Records of the last hour that could not be read; they are kept under rejects/ in the storage path, and missing from the figures.",
			queries: []query{{expr: grown(failed, "1h"), legend: "rejected"}},
		}},
		number{figure: figure{
			title: "Reloads refused", unit: "none", width: 3, judged: noneOf(),
			about:   "Exporters that could not load the configuration that is in their file, and go on with the one before.",
			queries: []query{{expr: zeros(own("helpdesk_config_last_reload_successful")), legend: "refused"}},
		}},
		number{figure: figure{
			title: "Labels folded", unit: "none", width: 3, judged: oneIsWarning,
			about:   "Labels of which values went to other since the exporter started, because the limits allow no more.",
			queries: []query{{expr: "count(group by (label) (" + own("helpdesk_label_values_folded_total") + "))\nor\n" + none(), legend: "labels"}},
		}},
	}
}

func exporters() panel {
	perExporter := func(expr string) string { return largest(expr, "job", "instance") }
	return grid{
		title: "Exporters", sorted: "Exporter", ascending: true, height: 5,
		about: "One line for each exporter that has served figures within a day. Cores are processor seconds per second, over five minutes.",
		keys:  []key{{label: "job", name: "Job"}, {label: "instance", name: "Exporter"}, {label: "version", name: "Version"}, {label: "goversion", name: "Go"}},
		columns: []column{
			{
				name: "State", unit: "none", judged: verdict{[]step{{colour: bad}, {1, good}}}, words: map[string]string{"0": "down", "1": "up"},
				expr: aggregate("min", own("up")+"\n* on (job, instance) group_left (version, goversion)\n"+build(), "job", "instance", "version", "goversion"),
			},
			{name: "Started", unit: "dateTimeFromNow", expr: perExporter(ofExporters(own("process_start_time_seconds"))) + " * 1000"},
			{
				name: "Configuration", unit: "none", judged: verdict{[]step{{colour: bad}, {1, good}}}, words: map[string]string{"0": "refused", "1": "as in the file"},
				expr: aggregate("min", own("helpdesk_config_last_reload_successful"), "job", "instance"),
			},
			{name: "Loaded", unit: "dateTimeFromNow", expr: perExporter(own("helpdesk_config_last_reload_success_timestamp_seconds")) + " * 1000"},
			{name: "Memory", unit: "bytes", expr: perExporter(ofExporters(own("process_resident_memory_bytes")))},
			{name: "Cores", unit: "none", decimals: cog.ToPtr(2.0), expr: perExporter(ofExporters("increase("+own("process_cpu_seconds_total")+"[5m])")) + " / 300"},
			{name: "Goroutines", unit: "none", expr: perExporter(ofExporters(own("go_goroutines")))},
			{name: "Open files", unit: "none", expr: perExporter(ofExporters(own("process_open_fds")))},
			{name: "Storage", unit: "bytes", expr: perExporter(own("helpdesk_storage_size_bytes"))},
			{name: "Samples", unit: "none", expr: perExporter(ofExporters(own("scrape_samples_scraped")))},
		},
	}
}

// build is what each exporter is or, where it is down, one of those that it was
// within a day.
func build() string {
	info := own("helpdesk_exporter_build_info")
	return "(" + info + "\nor\ntopk by (job, instance) (1, last_over_time(" + info + "[1d]) unless on (job, instance) " + info + "))"
}

func itself() []panel {
	perExporter := func(title, unit, about, expr string) panel {
		return course{figure: figure{
			title: title, unit: unit, about: about, width: 8,
			queries: []query{{expr: sum(ofExporters(expr), "instance"), legend: "{{instance}}"}},
		}}
	}
	cores := "rate(" + own("process_cpu_seconds_total") + "[$__rate_interval])"
	return []panel{
		perExporter("Memory", "bytes", "Resident memory of each exporter.", own("process_resident_memory_bytes")),
		course{figure: figure{
			title: "Processor cores in use", unit: "short", sparse: true, width: 8, decimals: cog.ToPtr(2.0),
			about:   "Processor seconds of each exporter per second.",
			queries: []query{{expr: sum(ofExporters(cores), "instance"), legend: "{{instance}}"}},
		}},
		perExporter("Storage", "bytes", "Bytes that the journal takes on disk, or in memory where there is no storage path.", own("helpdesk_storage_size_bytes")),
		perExporter("Duration of scrapes", "s", "How long it took Prometheus to read all figures of an exporter.", own("scrape_duration_seconds")),
		perExporter("Samples per scrape", "short", "How many figures each exporter serves.", own("scrape_samples_scraped")),
		course{figure: figure{
			title: "Duration of commits", unit: "s", sparse: true, width: 8,
			about: "Time to merge a page with what is held and to make it safe on disk: half, and 19 of 20, of those of the last minutes took at most this long.",
			queries: []query{
				{expr: commit(0.5), legend: "p50", dots: true},
				{expr: commit(0.95), legend: "p95", dots: true},
			},
		}},
	}
}

// commit returns a quantile of the time that commits took; it is a spread of the
// exporter as a whole.
func commit(q float64) string {
	of := func(suffix string, by ...string) string {
		return fmt.Sprintf("histogram_quantile(%v, %s) >= 0", q,
			sum("rate("+own("helpdesk_storage_commit_duration_seconds"+suffix)+"[$__rate_interval])", by...))
	}
	return of("_bucket", "le") + "\nor\n" + of("")
}
