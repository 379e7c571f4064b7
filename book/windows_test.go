package book_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
)

// tableau is what the windows say of one family of events.
type tableau struct {
	family, count, sum, mean string
	scale                    float64
	identity                 string
	seen                     string // a family without whose events nothing shows
}

var tableaus = []tableau{
	{family: "opened", count: "helpdesk_tickets_opened_in_window"},
	{family: "solved", count: "helpdesk_tickets_solved_in_window"},
	{family: "reopened", count: "helpdesk_tickets_reopened_in_window"},
	{family: "response", count: "helpdesk_first_response_observations", mean: "helpdesk_first_response_mean_seconds", scale: 1},
	{family: "resolution", count: "helpdesk_full_resolution_observations", mean: "helpdesk_full_resolution_mean_seconds", scale: 1},
	{
		family: "csat", count: "helpdesk_csat_responses", sum: "helpdesk_csat_positive_responses",
		mean: "helpdesk_csat_ratio", scale: 1, identity: `survey="csat",`,
	},
	{family: "nps", count: "helpdesk_nps_responses", mean: "helpdesk_nps", scale: 100, identity: `survey="nps",`},
	{family: "calls", count: "helpdesk_calls_in_window"},
	{
		family: "offered", count: "helpdesk_contacts_offered", sum: "helpdesk_contacts_abandoned_in_window",
		mean: "helpdesk_abandonment_ratio", scale: 1,
	},
	{
		family: "service level", count: "helpdesk_service_level_offered", sum: "helpdesk_service_level_met",
		mean: "helpdesk_service_level_ratio", scale: 1, identity: `policy="voice",threshold="20s",abandons="negative",`,
	},
	{family: "contacts", count: "helpdesk_contacts_in_window"},
	{
		family: "repeat", count: "helpdesk_repeat_contact_eligible", sum: "helpdesk_repeat_contacts",
		mean: "helpdesk_repeat_contact_ratio", scale: 1,
	},
	{
		family: "first contact", count: "helpdesk_first_contact_resolution_eligible", sum: "helpdesk_first_contact_resolutions",
		mean: "helpdesk_first_contact_resolution_ratio", scale: 1, identity: `method="operational",`,
	},
	{
		family: "one touch", count: "helpdesk_first_contact_resolution_eligible", sum: "helpdesk_first_contact_resolutions",
		mean: "helpdesk_first_contact_resolution_ratio", scale: 1, identity: `method="one_touch",`,
	},
	{
		family: "effort", count: "helpdesk_contacts_to_resolution_observations",
		mean: "helpdesk_contacts_to_resolution_mean", scale: 1,
	},
	{
		family: "transfers", count: "helpdesk_contacts_handled", sum: "helpdesk_contacts_transferred",
		mean: "helpdesk_transfer_ratio", scale: 1,
	},
	{
		family: "escalated", sum: "helpdesk_tickets_escalated", mean: "helpdesk_escalation_ratio", scale: 1,
		seen: "escalation seen",
	},
	{
		family: "automated", count: "helpdesk_contacts_completed", sum: "helpdesk_contacts_automated",
		mean: "helpdesk_contacts_automated_ratio", scale: 1, seen: "bot seen",
	},
	{family: "agents", count: "helpdesk_agents_active"},
	invited("csat"), invited("nps"), invited("ces"),
}

func invited(survey string) tableau {
	return tableau{
		family: "invited to " + survey, count: "helpdesk_survey_invitations", sum: "helpdesk_survey_invitations_answered",
		mean: "helpdesk_survey_response_ratio", scale: 1, identity: fmt.Sprintf("survey=%q,", survey),
	}
}

// windows recomputes every series of the tableaus that is not 0, for windows
// that end at the given instants.
func (t *truth) windows(ends map[string]map[desk.Kind]time.Time) map[string]float64 {
	pools, seen := map[string]map[string]*pool{}, map[string]bool{} // by family and labels
	for kind, events := range map[desk.Kind][]event{
		desk.KindTicket: t.ticketEvents(), desk.KindCall: t.callEvents(), desk.KindSurvey: t.surveyEvents(),
		desk.KindContact: t.contactEvents(),
	} {
		for _, e := range events {
			if pools[e.family] == nil {
				pools[e.family] = map[string]*pool{}
			}
			seen[e.family+" at "+e.desk] = true
			for _, w := range definitions().Windows {
				if !inWindow(e.at, ends[e.desk][kind], w.Length) {
					continue
				}
				for _, level := range e.levels() {
					key := fmt.Sprintf("{desk=%q,by=%s%%s%swindow=%q}", e.desk, level.by, level.dim, w.Name)
					if pools[e.family][key] == nil {
						pools[e.family][key] = &pool{keys: map[string]bool{}}
					}
					pools[e.family][key].add(e)
				}
			}
		}
	}
	series := map[string]float64{}
	for _, f := range tableaus {
		for key, p := range pools[f.family] {
			if f.seen != "" && !seen[f.seen+" at "+strings.Split(key, `"`)[1]] {
				continue
			}
			key = fmt.Sprintf(key, f.identity)
			if f.count != "" {
				series[f.count+key] = float64(p.number())
			}
			if f.sum != "" {
				series[f.sum+key] = p.sum
			}
			if f.mean != "" {
				series[f.mean+key] = f.scale * p.sum / float64(p.n)
			}
		}
	}
	return series
}

// pool is the events of one level.
type pool struct {
	n    int
	sum  float64
	keys map[string]bool
}

func (p *pool) add(e event) {
	p.n++
	p.sum += e.value
	if e.key != "" {
		p.keys[e.key] = true
	}
}

// number is in how many ways events differ that have keys.
func (p *pool) number() int {
	if len(p.keys) > 0 {
		return len(p.keys)
	}
	return p.n
}

type levelOf struct{ by, dim string }

// levels are those at which an event shows: everything together, and each of
// its dimensions alone.
func (e event) levels() []levelOf {
	levels := []levelOf{{`"all",`, ""}}
	for dim, value := range e.labels {
		levels = append(levels, levelOf{fmt.Sprintf("%q,", dim), fmt.Sprintf("%s=%q,", dim, value)})
	}
	return levels
}

// inWindow is the window rule: (g*floor(t/g) + g - W, t], with W/288 as g.
func inWindow(at, end time.Time, length time.Duration) bool {
	g := int64(length) / 288
	from := end.UnixNano()/g*g + g - int64(length)
	return at.UnixNano() > from && !at.After(end)
}

// differences compares the series of the tableaus with what a book shows, where
// a count of 0 and an absent one are the same.
func differences(want map[string]float64, got *exposition) []string {
	shown := map[string]float64{}
	for series, v := range got.values {
		name, _, _ := strings.Cut(series, "{")
		for _, f := range tableaus {
			if name == f.count || name == f.sum || name == f.mean {
				if f.identity == "" || strings.Contains(series, f.identity) {
					shown[series] = v
				}
			}
		}
	}
	all := maps.Clone(want)
	maps.Copy(all, shown)
	var wrong []string
	for series := range all {
		w, wanted := want[series]
		g, there := shown[series]
		name, _, _ := strings.Cut(series, "{")
		mean := false
		for _, f := range tableaus {
			mean = mean || name == f.mean
		}
		if math.Abs(w-g) > 1e-6 || mean && wanted != there {
			wrong = append(wrong, fmt.Sprintf("%s: from scratch %v (%v), shown %v (%v)", series, w, wanted, g, there))
		}
	}
	return wrong
}

func TestWindowsEqualThoseComputedFromScratch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := dice{T: t, legs: true}
		rounds := d.rounds(d.world(), 4)
		o := openOffice(t, "", worldSources()...)
		for i, r := range rounds {
			o.deliverWildly(d, rounds[:i], r, d.chance(50))
			known := truthOf(rounds[:i+1])
			for _, now := range []time.Time{r.now, r.now.Add(d.minutes(0, 59))} {
				shown := o.read(now)
				wrong := differences(known.windows(endsAt(worldSources(), rounds[:i+1], now)), shown)
				if wrong = append(wrong, otherStocks(known.stocks(now), shown)...); len(wrong) > 0 {
					t.Fatalf("round %d: %s%s", i, sorted(wrong), story(rounds[:i+1]))
				}
			}
		}
	})
}

func TestWindowsOfTheMarketEqualThoseComputedFromScratch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := dice{T: t, market: true, legs: true}
		rounds := d.rounds(d.world(), 4)
		o := openOffice(t, "", marketSources()...)
		for i, r := range rounds {
			o.deliverWildly(d, rounds[:i], r, d.chance(50))
			for _, now := range []time.Time{r.now, r.now.Add(d.minutes(0, 59))} {
				want := marketOf(rounds[:i+1], endsAt(marketSources(), rounds[:i+1], now))
				if diff := cmp.Diff(want, shownOf(o.read(now)), cmpopts.EquateApprox(0, 1e-6)); diff != "" {
					t.Fatalf("round %d (-from scratch +shown):\n%s%s", i, diff, story(rounds[:i+1]))
				}
			}
		}
	})
}

// otherStocks compares stocks with what a book shows.
func otherStocks(want map[string]float64, got *exposition) []string {
	shown := map[string]float64{}
	for series, v := range got.values {
		name, _, _ := strings.Cut(series, "{")
		if name == "helpdesk_agents_available" || name == "helpdesk_customers_awaiting_agent" {
			shown[series] = v
		}
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		return []string{"(-from scratch +shown):\n" + diff}
	}
	return nil
}

// endsAt returns where the windows of each desk and kind end: at the least
// as_of of the sources that feed it.
func endsAt(sources []book.SourceConfig, rounds []round, now time.Time) map[string]map[desk.Kind]time.Time {
	ends := map[string]map[desk.Kind]time.Time{}
	for _, s := range sources {
		if ends[s.Desk] == nil {
			ends[s.Desk] = map[desk.Kind]time.Time{}
		}
		asOf := time.Time{}
		for _, r := range rounds {
			if r.asOf[s.Name].After(asOf) {
				asOf = r.asOf[s.Name]
			}
		}
		for _, kind := range restOn(s.Feeds) {
			end := ends[s.Desk][kind]
			if end.IsZero() || asOf.Before(end) {
				end = asOf
			}
			if end.After(now) {
				end = now
			}
			ends[s.Desk][kind] = end
		}
	}
	return ends
}

// restOn returns the kinds of figures that rest on a source of the given kinds
// of records.
func restOn(feeds []desk.Kind) []desk.Kind {
	kinds := slices.Clone(feeds)
	for _, kind := range feeds {
		switch kind {
		case desk.KindMessage:
			kinds = append(kinds, desk.KindTicket, desk.KindContact)
		case desk.KindTicket, desk.KindCall:
			kinds = append(kinds, desk.KindContact)
		case desk.KindCustomer, desk.KindPurchase, desk.KindFeedback, desk.KindSession, desk.KindOutreach, desk.KindEnrolment:
			kinds = append(kinds, desk.KindEngagement)
		}
	}
	return kinds
}
