package book_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// market is all that is known of a market at some time: of each record every
// known state by source, kind and id, the oldest first.
type market struct {
	records map[string]history
	ends    map[string]map[desk.Kind]time.Time // of the windows
	series  map[string]float64
}

// marketOf recomputes from scratch what the windows of a market must show.
func marketOf(rounds []round, ends map[string]map[desk.Kind]time.Time) map[string]float64 {
	m := &market{records: map[string]history{}, ends: ends, series: map[string]float64{}}
	for _, r := range rounds {
		for _, found := range r.found {
			for _, o := range found {
				key := fmt.Sprint(o.source, " ", o.record.Body.Kind(), " ", o.record.ID)
				m.records[key] = append(m.records[key], o)
				slices.SortStableFunc(m.records[key], byVersion)
			}
		}
	}
	m.customers()
	m.purchases()
	m.visits()
	m.articleVisits()
	m.referrals()
	m.engaged()
	maps.DeleteFunc(m.series, func(_ string, v float64) bool { return v == 0 })
	return m.series
}

// marketFamilies are those that [marketOf] recomputes.
var marketFamilies = []string{
	"helpdesk_customers_start", "helpdesk_customers_new", "helpdesk_customers_end", "helpdesk_customers_retained",
	"helpdesk_customers_churned", "helpdesk_customers_lost_in_window", "helpdesk_purchases_in_window", "helpdesk_revenue",
	"helpdesk_purchase_customers", "helpdesk_repeat_purchase_customers", "helpdesk_web_sessions", "helpdesk_conversions",
	"helpdesk_article_sessions", "helpdesk_referrals_in_window", "helpdesk_referrals_converted",
	"helpdesk_customer_engagement_customers",
}

// shownOf is what a scrape shows of these families but 0, and of the ways to
// count customers that which looks at each of them.
func shownOf(e *exposition) map[string]float64 {
	shown := map[string]float64{}
	for series, v := range e.values {
		name, _, _ := strings.Cut(series, "{")
		if slices.Contains(marketFamilies, name) && v != 0 && !strings.Contains(series, `method="snapshot"`) {
			shown[series] = v
		}
	}
	return shown
}

// of yields what stands of the records of a kind, each with its states.
func of[B desk.Body](m *market, yield func(h history, body B)) {
	for _, key := range slices.Sorted(maps.Keys(m.records)) {
		h := m.records[key]
		if body, ok := h.last().Body.(B); ok && !h.last().Deleted {
			yield(h, body)
		}
	}
}

// add adds to a family at all levels of its dimensions, in one window.
func (m *market) add(family, deskName, identity, window, suffix string, labels map[string]string, value float64) {
	for _, level := range (event{labels: labels}).levels() {
		m.series[fmt.Sprintf("%s{desk=%q,by=%s%s%swindow=%q%s}", family, deskName, level.by, identity, level.dim, window, suffix)] += value
	}
}

// happened adds to a family in the windows in which something lies.
func (m *market) happened(family string, kind desk.Kind, at time.Time, deskName, identity string, labels map[string]string, value float64) {
	for _, w := range definitions().Windows {
		if inWindow(at, m.ends[deskName][kind], w.Length) {
			m.add(family, deskName, identity, w.Name, "", labels, value)
		}
	}
}

// segment is the one of a customer: that of his own record, else that which the
// newest record about him names. Of nobody it is the record's own.
func (m *market) segment(deskName, customer, own string) map[string]string {
	if customer == "" {
		return map[string]string{"segment": cmp.Or(own, "none")}
	}
	var told, newest string
	var at time.Time
	note := func(h history, of, named string) {
		if t := h.last().Body.Newest(); h.desk() == deskName && of == customer && named != "" {
			if newest == "" || t.After(at) || t.Equal(at) && named < newest {
				newest, at = named, t
			}
		}
	}
	of(m, func(h history, c *desk.Customer) {
		if h.desk() == deskName && h[0].record.ID == customer && !c.AcquiredAt.IsZero() {
			told = c.Segment
		}
	})
	of(m, func(h history, p *desk.Purchase) { note(h, p.Customer, p.Segment) })
	of(m, func(h history, s *desk.Survey) { note(h, s.Customer, s.Segment) })
	return map[string]string{"segment": cmp.Or(told, newest, "none")}
}

// hereAt reports whether somebody was a customer at an instant, by the last of
// his turns up to then.
func hereAt(c *desk.Customer, at time.Time) bool {
	here, last := false, time.Time{}
	for i, turn := range []time.Time{c.AcquiredAt, c.ChurnedAt, c.ReactivatedAt} {
		if !turn.IsZero() && !turn.After(at) && !turn.Before(last) {
			here, last = i != 1, turn
		}
	}
	return here
}

// beginOf is when a window that ends at end begins: what happened then lies
// before it.
func beginOf(end time.Time, length time.Duration) time.Time {
	g := int64(length) / 288
	return time.Unix(0, end.UnixNano()/g*g+g-int64(length))
}

func (m *market) customers() {
	of(m, func(h history, c *desk.Customer) {
		if c.AcquiredAt.IsZero() {
			return
		}
		labels := m.segment(h.desk(), h[0].record.ID, "")
		end := m.ends[h.desk()][desk.KindCustomer]
		for _, w := range definitions().Windows {
			before, after := hereAt(c, beginOf(end, w.Length)), hereAt(c, end)
			for family, holds := range map[string]bool{
				"start": before, "new": !before && after, "end": after, "retained": before && after, "churned": before && !after,
			} {
				m.add("helpdesk_customers_"+family, h.desk(), "", w.Name, `,method="cohort"`, labels, share(holds))
			}
		}
		if !c.ChurnedAt.IsZero() {
			labels["churn_reason"] = cmp.Or(h.named(h.stateAt(c.ChurnedAt), "churn_reason"), "none")
			m.happened("helpdesk_customers_lost_in_window", desk.KindCustomer, c.ChurnedAt, h.desk(), "", labels, 1)
		}
	})
}

func (m *market) purchases() {
	type buyer struct{ desk, customer, window string }
	bought := map[buyer]int{}
	of(m, func(h history, p *desk.Purchase) {
		if !p.Amount.Set {
			return
		}
		labels := m.segment(h.desk(), p.Customer, p.Segment)
		currency := fmt.Sprintf("currency=%q,", cmp.Or(strings.ToUpper(p.Currency), "none"))
		m.happened("helpdesk_revenue", desk.KindPurchase, p.At, h.desk(), currency, labels, p.Amount.Value)
		if p.Amount.Value < 0 {
			return
		}
		m.happened("helpdesk_purchases_in_window", desk.KindPurchase, p.At, h.desk(), currency, labels, 1)
		for _, w := range definitions().Windows {
			if p.Customer != "" && inWindow(p.At, m.ends[h.desk()][desk.KindPurchase], w.Length) {
				bought[buyer{h.desk(), p.Customer, w.Name}]++
			}
		}
	})
	for b, n := range bought {
		labels := m.segment(b.desk, b.customer, "")
		m.add("helpdesk_purchase_customers", b.desk, "", b.window, "", labels, 1)
		m.add("helpdesk_repeat_purchase_customers", b.desk, "", b.window, "", labels, share(n > 1))
	}
}

// rowsOf returns the rows of each visit, those of one that nobody named alone,
// in the order of their times.
func rowsOf[B desk.Body](m *market, visit func(B) string, at func(B) time.Time, counts func(B) bool) [][]history {
	visits := map[string][]history{}
	of(m, func(h history, body B) {
		if counts(body) {
			key := h[0].source + "/" + cmp.Or(visit(body), "/"+h[0].record.ID)
			visits[key] = append(visits[key], h)
		}
	})
	var all [][]history
	for _, rows := range visits {
		slices.SortFunc(rows, func(x, y history) int {
			return cmp.Or(at(x.last().Body.(B)).Compare(at(y.last().Body.(B))), cmp.Compare(x[0].record.ID, y[0].record.ID))
		})
		all = append(all, rows)
	}
	return all
}

// firstNamed is the value of a dimension that the first of the rows names.
func firstNamed(rows []history, dim string) string {
	for _, h := range rows {
		if named := h.named(0, dim); named != "" {
			return named
		}
	}
	return "none"
}

func (m *market) visits() {
	visits := rowsOf(m, func(s *desk.Session) string { return s.ID }, func(s *desk.Session) time.Time { return s.At },
		func(s *desk.Session) bool { return s.Type != desk.SessionTypeProduct })
	for _, rows := range visits {
		deskName, at := rows[0].desk(), rows[0].last().Body.(*desk.Session).At
		labels := map[string]string{"campaign_kind": firstNamed(rows, "campaign_kind")}
		m.happened("helpdesk_web_sessions", desk.KindSession, at, deskName, "", labels, 1)
		reached := map[string]bool{}
		for _, h := range rows {
			if s := h.last().Body.(*desk.Session); !s.ConvertedAt.IsZero() {
				reached[cmp.Or(s.Goal, "none")] = true
			}
		}
		for goal := range reached {
			m.happened("helpdesk_conversions", desk.KindSession, at, deskName, fmt.Sprintf("goal=%q,", goal), labels, 1)
		}
	}
}

// articleVisits counts visits to articles as a whole and by section: at the first
// look of the visit.
func (m *market) articleVisits() {
	looks := func(v *desk.ArticleView) bool {
		byCustomer := v.Role == desk.RoleUnknown || v.Role == desk.RoleCustomer
		several := v.Session == "" && v.Views.Set && v.Views.Value != 1
		return byCustomer && !several && (!v.Views.Set || v.Views.Value > 0)
	}
	visits := rowsOf(m, func(v *desk.ArticleView) string { return v.Session }, func(v *desk.ArticleView) time.Time { return v.At }, looks)
	for _, rows := range visits {
		parts := map[string]bool{"": true}
		for _, h := range rows {
			parts[cmp.Or(h.named(0, "section"), "none")] = true
		}
		deskName, at := rows[0].desk(), rows[0].last().Body.(*desk.ArticleView).At
		for section := range parts {
			level := `"all",`
			if section != "" {
				level = fmt.Sprintf(`"section",section=%q,`, section)
			}
			for _, w := range definitions().Windows {
				if inWindow(at, m.ends[deskName][desk.KindArticleView], w.Length) {
					m.series[fmt.Sprintf("helpdesk_article_sessions{desk=%q,by=%swindow=%q}", deskName, level, w.Name)]++
				}
			}
		}
	}
}

func (m *market) referrals() {
	of(m, func(h history, r *desk.Referral) {
		labels := map[string]string{"referral_source": cmp.Or(h.named(0, "referral_source"), "none")}
		program := fmt.Sprintf("program=%q,", cmp.Or(r.Program, "none"))
		m.happened("helpdesk_referrals_in_window", desk.KindReferral, r.At, h.desk(), program, labels, 1)
		m.happened("helpdesk_referrals_converted", desk.KindReferral, r.At, h.desk(), program, labels, share(!r.ConvertedAt.IsZero()))
	})
}

// engaged counts those who have an engagement score: customers there at the end
// of the window, and others that bought, visited or said something in it.
func (m *market) engaged() {
	type person struct{ desk, name string }
	did, told := map[person][]time.Time{}, map[person]*desk.Customer{}
	note := func(h history, name string, at time.Time) {
		if name != "" {
			did[person{h.desk(), name}] = append(did[person{h.desk(), name}], at)
		}
	}
	of(m, func(h history, c *desk.Customer) {
		if !c.AcquiredAt.IsZero() {
			p := person{h.desk(), h[0].record.ID}
			told[p], did[p] = c, append(did[p], time.Time{})
		}
	})
	of(m, func(h history, p *desk.Purchase) {
		if p.Amount.Set && p.Amount.Value >= 0 {
			note(h, p.Customer, p.At)
		}
	})
	of(m, func(h history, f *desk.Feedback) { note(h, f.Customer, f.At) })
	visits := map[string]bool{} // of each customer, at his first row
	for _, rows := range rowsOf(m, func(s *desk.Session) string { return s.ID }, func(s *desk.Session) time.Time { return s.At },
		func(s *desk.Session) bool { return s.Type != desk.SessionTypeProduct }) {
		for _, h := range rows {
			s := h.last().Body.(*desk.Session)
			// Sources may use the same names for visits: to a customer they are one.
			if key := fmt.Sprint(h.desk(), " ", s.Customer, " ", cmp.Or(s.ID, "/"+h[0].record.ID)); !visits[key] {
				visits[key] = true
				note(h, s.Customer, s.At)
			}
		}
	}
	for p, deeds := range did {
		end := m.ends[p.desk][desk.KindEngagement]
		labels := m.segment(p.desk, p.name, "")
		for _, w := range definitions().Windows {
			counts := slices.ContainsFunc(deeds, func(at time.Time) bool { return inWindow(at, end, w.Length) })
			if c := told[p]; c != nil {
				counts = hereAt(c, end)
			}
			m.add("helpdesk_customer_engagement_customers", p.desk, `weights_version="1",`, w.Name, "", labels, share(counts))
		}
	}
}
