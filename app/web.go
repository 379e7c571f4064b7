package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/exporter-toolkit/web"
)

// shutdownTime is how long open scrapes may take when the exporter stops.
const shutdownTime = 5 * time.Second

// serve answers requests until ctx ends.
func (a *App) serve(ctx context.Context) error {
	if a.options.Web == nil {
		<-ctx.Done()
		return nil
	}
	server := &http.Server{
		Handler: a.handler(), ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(a.options.Logger.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- web.ListenAndServe(server, a.options.Web, a.options.Logger) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	timeout, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err := server.Shutdown(timeout)
	if served := <-served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// handler lays out the endpoints. The exporter is ready as soon as it listens:
// by then the configuration is loaded and the figures are built from the
// journal. How far the first syncs are stands in the metrics.
func (a *App) handler() http.Handler {
	mux := http.NewServeMux()
	if a.options.TelemetryPath != "/" {
		mux.HandleFunc("GET /{$}", a.serveLanding)
	}
	mux.Handle(a.options.TelemetryPath, promhttp.HandlerFor(a, promhttp.HandlerOpts{
		ErrorLog:            slogErrors{a.options.Logger},
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: 10,
		Registry:            a.lasting,
		EnableOpenMetrics:   true,
	}))
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, "Healthy.")
	})
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, "Ready.")
	})
	mux.HandleFunc("GET /config", a.serveConfig)
	mux.HandleFunc("GET /due", a.serveDue)
	mux.HandleFunc("/-/reload", a.serveReload)
	return mux
}

// serveConfig shows the configuration in force, secrets masked.
func (a *App) serveConfig(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = fmt.Fprint(w, a.inForce())
}

// serveReload has the configuration reloaded, and answers when that is done.
func (a *App) serveReload(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodPost && r.Method != http.MethodPut:
		w.Header().Set("Allow", "POST, PUT")
		http.Error(w, "Only POST or PUT requests are allowed.", http.StatusMethodNotAllowed)
		return
	case !a.options.EnableLifecycle:
		http.Error(w, "Reloading over HTTP is not enabled: start the exporter with --web.enable-lifecycle, or send it SIGHUP.",
			http.StatusForbidden)
		return
	}
	answer := make(chan error, 1) // nobody waits for one who has gone
	select {
	case a.reloads <- answer:
	case <-r.Context().Done():
		return
	}
	if err := <-answer; err != nil {
		http.Error(w, "The configuration in force stays: "+err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = fmt.Fprintln(w, "Reloaded.")
}
