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

	pages "helpdesk_exporter/web"
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
		mux.HandleFunc("GET /{$}", a.serveStatus)
		mux.HandleFunc("GET /static/{name}", func(w http.ResponseWriter, r *http.Request) { a.pages.Static(w, r, r.PathValue("name")) })
		mux.HandleFunc("GET /docs", func(w http.ResponseWriter, _ *http.Request) { moveTo(w, http.StatusPermanentRedirect, "docs/") })
		mux.HandleFunc("GET /docs/{name...}", a.serveManual)
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

// serveReload has the configuration reloaded, and answers when that is done. No
// page of another site may have a browser ask for it.
func (a *App) serveReload(w http.ResponseWriter, r *http.Request) {
	switch err := new(http.CrossOriginProtection).Check(r); {
	case r.Method != http.MethodPost && r.Method != http.MethodPut:
		w.Header().Set("Allow", "POST, PUT")
		http.Error(w, "Only POST or PUT requests are allowed.", http.StatusMethodNotAllowed)
		return
	case !a.options.EnableLifecycle:
		http.Error(w, "Reloading over HTTP is not enabled: start the exporter with --web.enable-lifecycle, or send it SIGHUP.",
			http.StatusForbidden)
		return
	case err != nil:
		http.Error(w, "A browser asks for this from a page of another site, or through a proxy that changes the Host header: "+
			"press the button on the exporter's own page, or send it SIGHUP.", http.StatusForbidden)
		return
	}
	answer := make(chan error, 1) // nobody waits for one who has gone
	select {
	case a.reloads <- answer:
	case <-r.Context().Done():
		return
	}
	failed := <-answer
	a.glance.forget()
	a.answerReload(w, r, failed)
}

// moveTo leads to another page. The way is relative, so that a prefix stays that
// a proxy has stripped; [http.Redirect] would make it absolute.
func moveTo(w http.ResponseWriter, code int, path string) {
	w.Header().Set("Location", path)
	w.WriteHeader(code)
}

// answerReload says how a reload went: to a browser as a page, which is the
// status page where all went well, to others as a line.
func (a *App) answerReload(w http.ResponseWriter, r *http.Request, failed error) {
	browser := a.options.TelemetryPath != "/" && prefersHTML(r.Header.Values("Accept"))
	switch {
	case failed == nil && browser:
		moveTo(w, http.StatusSeeOther, "../")
	case failed == nil:
		_, _ = fmt.Fprintln(w, "Reloaded.")
	case browser:
		said := pages.Answer{State: pages.Bad, Word: "Not reloaded: the configuration in force stays", Says: failed.Error()}
		if err := a.pages.Answer(w, http.StatusInternalServerError, "../", said); err != nil {
			a.options.Logger.Error("The answer to a reload cannot be made", "err", err)
		}
	default:
		http.Error(w, "The configuration in force stays: "+failed.Error(), http.StatusInternalServerError)
	}
}

// serveManual shows the manual that the exporter brings along.
func (a *App) serveManual(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if name == "" {
		if err := a.pages.Contents(w); err != nil {
			a.manualFailed(w, err)
		}
		return
	}
	switch found, err := a.pages.ManualPage(w, name); {
	case err != nil:
		a.manualFailed(w, err)
	case !found:
		http.NotFound(w, r)
	}
}

func (a *App) manualFailed(w http.ResponseWriter, err error) {
	a.options.Logger.Error("A page of the manual cannot be made", "err", err)
	http.Error(w, "The page cannot be made; the log says why.", http.StatusInternalServerError)
}
