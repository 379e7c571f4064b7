package app

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"

	"helpdesk_exporter/book"
	"helpdesk_exporter/poll"
)

// serveLanding shows where the endpoints are and how the reading of each source
// goes.
func (a *App) serveLanding(w http.ResponseWriter, r *http.Request) {
	links := []web.LandingLinks{
		{Address: a.options.TelemetryPath, Text: "Metrics"},
		{Address: "/config", Text: "Configuration"},
		{Address: "/-/healthy", Text: "Healthy"},
		{Address: "/-/ready", Text: "Ready"},
	}
	if a.options.EnableDueList {
		links = append(links, web.LandingLinks{Address: "/due", Text: "Due list"})
	}
	var table strings.Builder
	err := sourceTable.Execute(&table, a.sourceRows(time.Now()))
	if err == nil {
		var page http.Handler
		if page, err = web.NewLandingPage(web.LandingConfig{
			Name:        "Help desk exporter",
			Description: "Support KPIs of help desks as Prometheus metrics",
			Version:     version.Info(),
			Profiling:   "false",
			Links:       links,
			ExtraHTML:   table.String(),
			ExtraCSS:    "td, th { padding: 0.2em 1em 0.2em 0; text-align: left }",
		}); err == nil {
			page.ServeHTTP(w, r)
			return
		}
	}
	a.options.Logger.Error("The landing page cannot be made", "err", err)
	http.Error(w, "The page cannot be made; the log says why.", http.StatusInternalServerError)
}

var sourceTable = template.Must(template.New("sources").Parse(`<table>
<tr><th>Desk</th><th>Source</th><th>State</th><th>Known until</th></tr>
{{range .}}<tr><td>{{.Desk}}</td><td>{{.Source}}</td><td>{{.State}}</td><td>{{.Until}}</td></tr>
{{end}}</table>`))

// sourceRow is what the page says of one source.
type sourceRow struct{ Desk, Source, State, Until string }

func (a *App) sourceRows(now time.Time) []sourceRow {
	a.mu.RLock()
	readers := a.readers
	a.mu.RUnlock()
	statuses := map[string]poll.Status{}
	for _, r := range readers {
		statuses[r.Name] = r.Status()
	}
	var rows []sourceRow
	for _, h := range a.gate.health(now) {
		rows = append(rows, sourceRow{h.Desk, h.Name, stateOf(h, statuses[h.Name]), stampOf(h.AsOf)})
	}
	return rows
}

// stateOf says in words how the reading of a source goes. What a failure was is
// for the log: the page may have other readers.
func stateOf(h book.SourceHealth, s poll.Status) string {
	switch {
	case s.Failure != nil:
		return "the last poll failed: see the log"
	case s.Reading && !s.Reached.IsZero():
		return fmt.Sprintf("catching up: page %d, at %s", s.Pages, stampOf(s.Reached))
	case s.Reading:
		return fmt.Sprintf("catching up: page %d", s.Pages)
	case !h.Synced:
		return "first sync: nothing read yet"
	case h.Stale:
		return "stale: nothing new for too long"
	default:
		return "up to date"
	}
}

// stampOf writes an instant for people, nothing for none.
func stampOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}
