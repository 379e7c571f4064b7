package kpi

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of visits to the web site.
const (
	WebVisits ID = iota + 215
	WebEngaged
	Conversions
	AffiliateVisits
)

// affiliate is the campaign kind of visits that partners brought against a
// commission.
const affiliate = "affiliate"

func (c *Catalogue) addSessions() {
	campaign, goal, program := []string{"campaign_kind"}, []string{"goal"}, []string{"program"}
	session := func(m Measure) Measure { m.Kind = desk.KindSession; return m }
	c.Measures = append(c.Measures,
		session(Measure{ID: WebVisits, Dims: campaign, Window: true}),
		session(Measure{
			ID: WebEngaged, Dims: []string{"landing_kind"}, Window: true, Spread: true,
			Total: &Total{
				Name:    "helpdesk_web_session_engaged_seconds",
				Help:    "Time that visitors of the web site were engaged in a visit, observed when discovered.",
				Buckets: c.Buckets.Web,
			},
		}),
		session(Measure{ID: Conversions, Identity: goal, Named: goal, Dims: campaign, Window: true}),
		session(Measure{
			ID: AffiliateVisits, Identity: program, Named: program,
			Total: &Total{
				Name: "helpdesk_affiliate_visits_total",
				Help: "Visits to the web site with the campaign kind affiliate, by the source that brought them, counted when discovered.",
			},
		}),
	)
	c.addSpreadViews(WebEngaged, "helpdesk_web_session_engaged", "engagement in visits to the web site in the window")
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_conversion_ratio", Of: []ID{Conversions, WebVisits}, ValueAt: c.converted,
			Help: "Share of the visits to the web site in the window that reached the goal, be it later. A visit counts once for each goal, at its beginning; so there is none for the goals that are folded into other. Denominator: helpdesk_web_sessions.",
		},
		WindowView{
			Name: "helpdesk_conversions", Of: []ID{Conversions}, Value: amount,
			Help: "Numerator of helpdesk_conversion_ratio: visits of the window that reached the goal.",
		},
		WindowView{
			Name: "helpdesk_web_sessions", Of: []ID{WebVisits}, Seen: WebVisits, Value: number,
			Help: "Denominator of helpdesk_conversion_ratio: visits to the web site that began in the window.",
		},
	)
	c.define(desk.KindSession, nil,
		KPI{ID: "time_on_site", Metric: "helpdesk_web_session_engaged_seconds", Query: `helpdesk_web_session_engaged_quantile_seconds{by="all", window="7d", q="0.5"}`},
		KPI{ID: "conversion_rate", Metric: "helpdesk_conversion_ratio", Query: `helpdesk_conversion_ratio{by="all", window="7d"}`},
	)
}

// converted is the sum of the first measure by the number of the second, which is
// the sample. A visit that reached several of the goals that were folded into one
// would be several.
func (d *Definitions) converted(labels []string, c []tally.Count) (float64, bool) {
	if labels[0] == other || c[1].N < int64(max(d.MinSample, 1)) {
		return 0, false
	}
	return c[0].Sum.Float() / float64(c[1].N), true
}

// visit collects what a visit to the web site contributes, all its rows together:
// one with several goals has a row for each. Sessions of the product are no
// visits.
func (b *Contributions) visit(g Group) {
	if g.Record.Deleted {
		b.excluded(ExcludedSessions, "deleted")
	}
	if g.Follows {
		return
	}
	rows := rowsOf(g, func(h *desk.Held) time.Time { return h.Body.(*desk.Session).At })
	rows = slices.DeleteFunc(rows, func(h *desk.Held) bool {
		return h.Body.(*desk.Session).Type == desk.SessionTypeProduct
	})
	if len(rows) == 0 {
		return
	}
	at, dims := rows[0].Body.(*desk.Session).At, dimensionsOf(rows)
	b.add(WebVisits, FeedWindow, at, one, dims)
	b.interaction(at, "visit")
	b.engagedFor(rows, at, dims)
	b.conversions(rows, at, dims)
	if strings.EqualFold(dims.value("campaign_kind"), affiliate) {
		b.add(AffiliateVisits, FeedTotal, at, one, dims, sourceOf(rows))
	}
}

// rowsOf returns the rows of a visit that stand, in the order of what they tell
// of.
func rowsOf(g Group, at func(*desk.Held) time.Time) []*desk.Held {
	rows := make([]*desk.Held, 0, 1+len(g.Legs))
	for _, h := range append([]*desk.Held{g.Record}, g.Legs...) {
		if !h.Deleted {
			rows = append(rows, h)
		}
	}
	slices.SortFunc(rows, func(x, y *desk.Held) int { return cmp.Or(at(x).Compare(at(y)), cmp.Compare(x.ID, y.ID)) })
	return rows
}

// dimensionsOf returns those of the first row, and of the others what it leaves
// open.
func dimensionsOf(rows []*desk.Held) dimensions {
	dims := dimensions{states: rows[0].States}
	for _, h := range rows[1:] {
		dims.also = append(dims.also, h.States...)
	}
	return dims
}

// engagedFor collects how long the visitor was engaged. Rows of one visit repeat
// it; one that was told before the visit was over says less.
func (b *Contributions) engagedFor(rows []*desk.Held, at time.Time, dims dimensions) {
	var engaged desk.Opt[time.Duration]
	negative := false
	for _, h := range rows {
		told := h.Body.(*desk.Session).Engaged
		switch {
		case !told.Set:
		case told.Value < 0:
			negative = true
		default:
			engaged = desk.Some(max(engaged.Value, told.Value))
		}
	}
	if negative {
		b.excluded(ExcludedSessions, "negative_duration")
	}
	if engaged.Set {
		b.add(WebEngaged, FeedTotal|FeedWindow, at, tally.Seconds(engaged.Value), dims)
	}
}

// conversions collects which goals the visit reached, once each, and which of
// those that it names it did not.
func (b *Contributions) conversions(rows []*desk.Held, at time.Time, dims dimensions) {
	reached := map[string]bool{}
	for _, h := range rows {
		s := h.Body.(*desk.Session)
		converted := !s.ConvertedAt.IsZero()
		if goal := cmp.Or(s.Goal, unset); converted || s.Goal != "" {
			reached[goal] = reached[goal] || converted
		}
	}
	for _, goal := range slices.Sorted(maps.Keys(reached)) {
		b.add(Conversions, FeedWindow, at, flag(reached[goal]), dims, goal)
	}
}

// sourceOf returns who brought a visit: the first that its rows name.
func sourceOf(rows []*desk.Held) string {
	for _, h := range rows {
		if source := h.Body.(*desk.Session).Source; source != "" {
			return source
		}
	}
	return unset
}

// visitOf returns the visit that a row is about.
func visitOf(h *desk.Held, s *desk.Session) string { return cmp.Or(s.ID, h.ID) }

// actionOf returns what was done in a session of the product.
func actionOf(s *desk.Session) string { return cmp.Or(s.Action, unset) }
