// Command helpdesk_exporter watches help desks and serves support KPIs as
// Prometheus metrics.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // calendars need time zones where the system has none

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/common/promslog/flag"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"helpdesk_exporter/app"
)

// The exit codes.
const (
	exitOK = iota
	exitFailure
	exitUsage
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program with its words and streams passed in. It returns the exit
// code.
func run(args []string, stdout, stderr io.Writer) int {
	var options app.Options
	var retention model.Duration
	logging := promslog.Config{Writer: stderr}

	cli := kingpin.New("helpdesk_exporter", "Serves support KPIs of help desks as Prometheus metrics.")
	cli.UsageWriter(stdout).ErrorWriter(stderr)
	cli.Version(version.Print("helpdesk_exporter")).VersionFlag.Short('v')
	cli.HelpFlag.Short('h')
	cli.Flag("config.file", "Configuration file. SIGHUP has it read again; if it is not valid then, the configuration in force stays.").Default("config.yml").StringVar(&options.ConfigFile)
	check := cli.Flag("config.check", "Check the configuration file and exit.").Bool()
	cli.Flag("storage.path", "Folder for the state; empty keeps it in memory only.").Default("data/").StringVar(&options.StoragePath)
	cli.Flag("storage.retention", "How long records are kept, at least the longest window plus the longest horizon, or the longest rule of risk; 0 means that plus a week.").Default("0s").SetValue(&retention)
	cli.Flag("web.telemetry-path", "Path under which to serve the metrics.").Default("/metrics").StringVar(&options.TelemetryPath)
	cli.Flag("web.enable-lifecycle", "Let POST and PUT of /-/reload have the configuration file read again.").BoolVar(&options.EnableLifecycle)
	cli.Flag("web.enable-due-list", "List under /due which tickets are due next, to those who log in as --web.config.file asks.").BoolVar(&options.EnableDueList)
	options.Web = kingpinflag.AddFlags(cli, ":10057")
	flag.AddFlags(cli, &logging)
	serve := cli.Command("serve", "Poll the sources and serve their figures.").Default()
	try := cli.Command("check", "Try each source once, keep nothing, and tell in a table whether it can be read, what it lacks, and how new its newest record is.")
	health := cli.Command("healthcheck", "Ask the exporter that listens at --web.listen-address whether it lives; for containers, which have nothing else to ask with.")
	terminated := false
	cli.Terminate(func(int) { terminated = true }) // after --help and --version

	command, err := cli.Parse(args)
	switch {
	case terminated:
		return exitOK
	case err == nil && !legalPath(options.TelemetryPath):
		err = fmt.Errorf("--web.telemetry-path %q: begin it with /, use no blank or brace, and none of the exporter's other paths", options.TelemetryPath)
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "helpdesk_exporter: %v; see --help\n", err)
		return exitUsage
	}
	options.StorageRetention = time.Duration(retention)
	options.Logger = promslog.New(&logging)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch {
	case *check:
		if err = app.CheckConfig(options); err == nil {
			_, _ = fmt.Fprintf(stdout, "%s is valid\n", options.ConfigFile)
		}
	case command == try.FullCommand():
		err = app.CheckSources(ctx, options, stdout)
	case command == health.FullCommand():
		err = app.CheckHealth(ctx, options)
	case command == serve.FullCommand():
		hangup := make(chan os.Signal, 1) // those that come during a reload ask for one more
		signal.Notify(hangup, syscall.SIGHUP)
		defer signal.Stop(hangup)
		options.Hangup = hangup
		err = app.Serve(ctx, options)
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "helpdesk_exporter: %v\n", err)
		return exitFailure
	}
	return exitOK
}

// legalPath reports whether the metrics can be served at a path: blanks and
// braces mean something else to the server, and some paths are taken.
func legalPath(path string) bool {
	for _, taken := range []string{"/-/", "/static/", "/docs/"} {
		if strings.HasPrefix(path, taken) {
			return false
		}
	}
	return strings.HasPrefix(path, "/") && path != "/config" && path != "/due" && path != "/docs" && !strings.ContainsAny(path, " \t{}")
}
