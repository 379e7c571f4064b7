package app

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/version"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/poll"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/web"
)

// serveStatus shows how the sources and the desks are doing.
func (a *App) serveStatus(w http.ResponseWriter, _ *http.Request) {
	body, err := a.glance.look(func() ([]byte, error) {
		page, err := a.statusPage(time.Now())
		if err != nil {
			return nil, err
		}
		return a.pages.Status(page)
	})
	if err != nil {
		a.options.Logger.Error("The status page cannot be made", "err", err)
		http.Error(w, "The page cannot be made; the log says why.", http.StatusInternalServerError)
		return
	}
	web.Send(w, http.StatusOK, body)
}

// statusPage fills the page as of now. Its figures are those that are served as
// metrics, so that the two never say different things.
func (a *App) statusPage(now time.Time) (web.Page, error) {
	a.mu.RLock()
	generation, readers := a.generation, a.readers
	a.mu.RUnlock()
	s := &status{
		now: now, generation: generation, readers: readers, health: a.gate.health(now), readings: readingsOf(readers),
		durable: a.options.durable(),
	}
	families, err := generation.registry.Gather()
	if err != nil {
		return web.Page{}, err
	}
	s.own = ownFamilies(families)
	s.window = dayWindow(generation.config.Definitions().Windows)
	span := web.Span(s.window.Name, s.window.Length)
	page := web.Page{
		Now: now, Version: version.Version, Started: a.started, Loaded: generation.loaded, Metrics: a.options.TelemetryPath,
		DueList: a.options.EnableDueList, Reload: a.options.EnableLifecycle, Stored: a.options.durable(), Window: span,
		Notices: s.notices(), Sources: s.sources(),
	}
	page.Size, _ = s.figure("helpdesk_storage_size_bytes", nil)
	trends := a.gate.trends(now, web.Pictured()...)
	if len(trends) > 0 {
		page.Pictures = picturesOf(trends)
	}
	page.Desks = web.DesksOf(web.Figures{
		Window: s.window.Name, Families: families, Trends: s.trends(trends), Desks: s.desks(), Surveys: s.surveys(),
	})
	return page, nil
}

// status is what the page is filled from.
type status struct {
	now        time.Time
	generation *generation
	readers    []*reader
	health     []book.SourceHealth // in the order of the configuration
	readings   map[string]poll.Status
	own        map[string]*dto.MetricFamily
	durable    bool
	window     kpi.Window
}

// readingsOf returns how the reading of each source goes, by name.
func readingsOf(readers []*reader) map[string]poll.Status {
	readings := map[string]poll.Status{}
	for _, r := range readers {
		readings[r.Name] = r.Status()
	}
	return readings
}

// ownFamilies are those that tell of the exporter and its sources, by name.
func ownFamilies(families []*dto.MetricFamily) map[string]*dto.MetricFamily {
	own := map[string]*dto.MetricFamily{}
	for _, f := range families {
		own[f.GetName()] = f
	}
	return own
}

// dayWindow returns the window whose length is nearest to a day.
func dayWindow(windows []kpi.Window) kpi.Window {
	const day = 24 * time.Hour
	return slices.MinFunc(windows, func(x, y kpi.Window) int {
		return int((x.Length - day).Abs() - (y.Length - day).Abs())
	})
}

// each calls f with the series of a family that a source has.
func (s *status) each(family string, h book.SourceHealth, f func(labels map[string]string, value float64)) {
	for _, m := range s.own[family].GetMetric() {
		labels := map[string]string{}
		for _, l := range m.Label {
			labels[l.GetName()] = l.GetValue()
		}
		if labels["desk"] == h.Desk && labels["source"] == h.Name {
			f(labels, m.GetGauge().GetValue()+m.GetCounter().GetValue())
		}
	}
}

// figure returns the figure of a family: that of a source or, for nil, the only
// one there is.
func (s *status) figure(family string, h *book.SourceHealth) (value float64, ok bool) {
	if h != nil {
		s.each(family, *h, func(_ map[string]string, v float64) { value, ok = v, true })
		return value, ok
	}
	for _, m := range s.own[family].GetMetric() {
		value, ok = m.GetGauge().GetValue(), true
	}
	return value, ok
}

// common returns the configuration of a source.
func (s *status) common(h book.SourceHealth) *sources.Common {
	for _, c := range s.generation.config.Sources {
		if common := c.Shared(); common.Name == h.Name {
			return common
		}
	}
	return &sources.Common{}
}

// sources returns the rows of the table of sources: those that fail come first.
func (s *status) sources() []web.Source {
	var rows []web.Source
	for _, h := range s.health {
		reading := s.readings[h.Name]
		row := web.Source{
			ID: web.IDOf("source", h.Name), Desk: h.Desk, Name: h.Name, Type: s.common(h).Type, Polled: reading.Polled, Until: h.AsOf, Rejects: s.rejects(h),
		}
		row.State, row.Word, row.Detail = stateOf(h, reading, s.now)
		if row.State == web.Good && s.unfed(h) {
			row.State, row.Word = web.Warning, noFile
		}
		// What a desk said before it failed may long be otherwise.
		if left, ok := s.figure("helpdesk_source_rate_limit_remaining", &h); ok && reading.Failure == nil {
			row.Budget = &left
		}
		if reading.Reading && (!h.Synced || reading.Pages > 1) {
			row.Sync = &web.Sync{Pages: reading.Pages, Reached: reading.Reached, From: reading.From}
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(x, y web.Source) int { return urgency(x.State) - urgency(y.State) })
	return rows
}

func urgency(s web.State) int { return slices.Index([]web.State{web.Bad, web.Warning, web.Good}, s) }

// stateOf says in words how the reading of a source goes.
func stateOf(h book.SourceHealth, reading poll.Status, now time.Time) (state web.State, word, detail string) {
	switch {
	case reading.Failure != nil && h.Stale && h.Synced:
		return web.Bad, "Failing and stale", "since " + web.Clock(reading.Failing, now)
	case reading.Failure != nil:
		return web.Bad, "Failing", "since " + web.Clock(reading.Failing, now)
	case !h.Synced && !reading.Reading:
		return web.Warning, "First sync", "nothing read yet"
	case !h.Synced:
		return web.Warning, "First sync", "figures show when it is over"
	case h.Stale:
		return web.Bad, "Stale", "nothing new for too long"
	case reading.Reading && reading.Pages > 1:
		return web.Good, "Catching up", ""
	default:
		return web.Good, "Up to date", ""
	}
}

// rejects returns how many records of a source were rejected, by reason.
func (s *status) rejects(h book.SourceHealth) []web.Tally {
	var counts []web.Tally
	s.each("helpdesk_source_rejects_total", h, func(labels map[string]string, n float64) {
		if n > 0 {
			counts = append(counts, web.Tally{Of: strings.ReplaceAll(labels["reason"], "_", " "), N: n})
		}
	})
	return counts
}

// shownKinds are the kinds of records whose figures the page shows, and how
// people call them.
var shownKinds = []struct {
	kind  desk.Kind
	words string
}{
	{desk.KindTicket, "tickets"},
	{desk.KindCall, "calls and chats"},
	{desk.KindSurvey, "surveys"},
	{desk.KindReview, "quality reviews"},
	{desk.KindCustomer, "customers"},
	{desk.KindArticleView, "articles read"},
	{desk.KindFeedback, "feedback"},
}

// desks returns what each desk could tell of, in the order of the configuration.
func (s *status) desks() []web.Feeds {
	var desks []web.Feeds
	for _, h := range s.health {
		if !slices.ContainsFunc(desks, func(f web.Feeds) bool { return f.Desk == h.Desk }) {
			desks = append(desks, s.feeds(h.Desk))
		}
	}
	return desks
}

// feeds returns what one desk could tell of, and why what of it does not show.
func (s *status) feeds(name string) web.Feeds {
	f := web.Feeds{Desk: name, Kinds: map[string]bool{}, Hidden: map[string]bool{}, Parts: !s.whole()}
	fed := map[string]bool{}
	for _, h := range s.health {
		if h.Desk != name {
			continue
		}
		var of []string
		why, unfed := hiddenBy(h), s.unfed(h)
		for _, kind := range shownKinds {
			name := kind.kind.String()
			if !s.feedsKind(h, kind.kind) {
				continue
			}
			of = append(of, kind.words)
			f.Kinds[name] = true
			f.Hidden[name] = f.Hidden[name] || why != ""
			fed[name] = fed[name] || !unfed
		}
		switch {
		case len(of) == 0:
		case why != "":
			f.Why = append(f.Why, "There are no figures on "+web.List(of)+": "+why)
		case unfed:
			f.Why = append(f.Why, "Nothing has been read on "+web.List(of)+" from source "+web.Quote(h.Name)+": no file has come yet.")
		}
	}
	for kind := range f.Kinds {
		f.Hidden[kind] = f.Hidden[kind] || !fed[kind]
	}
	if f.Parts {
		f.Why = append(f.Why, "There are figures of parts of this desk, and none of the whole but for what is open, waiting and due now. "+
			"Add [] to global.rollups to see what was opened and solved, response times, ratios, calls and surveys here.")
	}
	return f
}

// feedsKind reports whether the figures about a kind of records rest on a
// source. Messages tell of tickets.
func (s *status) feedsKind(h book.SourceHealth, kind desk.Kind) bool {
	for _, r := range s.readers {
		if r.Name == h.Name && r.Desk == h.Desk {
			return slices.Contains(r.feeds, kind) || kind == desk.KindTicket && slices.Contains(r.feeds, desk.KindMessage)
		}
	}
	return false
}

// hiddenBy says why figures that rest on a source do not show, empty where they
// do.
func hiddenBy(h book.SourceHealth) string {
	switch {
	case !h.Synced:
		return "the first sync of source " + web.Quote(h.Name) + " is not complete."
	case h.Stale:
		return "source " + web.Quote(h.Name) + " is stale."
	default:
		return ""
	}
}

// whole reports whether there are figures of whole desks.
func (s *status) whole() bool {
	rollups := s.generation.config.Definitions().Rollups
	return rollups == nil || slices.ContainsFunc(rollups, func(level []string) bool { return len(level) == 0 })
}

// surveys returns the kinds of surveys that there are.
func (s *status) surveys() map[string]bool {
	kinds := map[string]bool{}
	for _, survey := range s.generation.config.Definitions().Surveys {
		kinds[string(survey.Kind)] = true
	}
	return kinds
}

// trends hands the trends of the book to the page, by desk.
func (s *status) trends(of []book.Trend) map[string][]web.Trend {
	trends := map[string][]web.Trend{}
	for _, t := range of {
		identity := t.Identity
		if t.Q > 0 {
			identity["q"] = strconv.FormatFloat(t.Q, 'f', -1, 64)
		}
		points := make([]web.Point, len(t.Points))
		for i, p := range t.Points {
			points[i] = web.Point(p)
		}
		trends[t.Desk] = append(trends[t.Desk], web.Trend{
			Family: t.Family, Identity: identity, Start: t.Start, Step: t.Step, Until: t.Until, Points: points,
		})
	}
	return trends
}

// picturesOf says how the pictures of trends are read.
func picturesOf(trends []book.Trend) string {
	first := trends[0]
	each := "hour"
	if first.Step != time.Hour {
		each = web.Duration(first.Step)
	}
	return "Small pictures: the last " + web.Span("", time.Duration(len(first.Points))*first.Step) + ", the oldest on the left, a bar for each " + each +
		"; a gap had no sample. Times are UTC."
}
