package kpi_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

func cost(c desk.Cost) kpi.Group {
	return kpi.Group{Record: held(desk.Record{ID: "cost", Body: &c})}
}

// monthly is a cost of 30 days, as June has, that the window lies within.
func monthly(amount float64, category string) desk.Cost {
	return desk.Cost{
		PeriodStart: ago(20 * day), PeriodEnd: ago(-10 * day), Amount: desk.Some(amount), Currency: "EUR", Category: category,
	}
}

func resolved(n int, t desk.Ticket) []kpi.Group {
	t.CreatedAt, t.SolvedAt, t.Status = ago(3*day), ago(day), desk.StatusSolved
	return slices.Repeat([]kpi.Group{ticket(t)}, n)
}

// T20: of 30000 EUR for June 7 of 30 days are 7000, by 350 resolutions 20.
func TestT20CostPerResolution(t *testing.T) {
	e := evaluate(t, catalogue(), append(resolved(350, desk.Ticket{}), cost(monthly(30000, "service")))...)
	e.is("helpdesk_service_cost", 7000, 1e-6, "currency", "EUR", "category", "service")
	e.is("helpdesk_cost_per_resolution", 20, 1e-9, "currency", "EUR")
}

// The window begins a week ago, at noon. Of a period of 4 days that ended three
// days later 3 days count, of one that begins a day before now one of 10.
func TestCostsAreSpreadEvenlyOverTheirPeriods(t *testing.T) {
	spanning := func(from, to time.Duration) kpi.Group {
		c := monthly(1000, "rent")
		c.PeriodStart, c.PeriodEnd = ago(from), ago(to)
		return cost(c)
	}
	for name, tt := range map[string]struct {
		cost kpi.Group
		want float64 // -1: none
	}{
		"within the window":             {spanning(3*day, 2*day), 1000},
		"just the window":               {spanning(7*day, 0), 1000},
		"begun before":                  {spanning(8*day, 4*day), 750},
		"not over yet":                  {spanning(day, -9*day), 100},
		"over as the window began":      {spanning(9*day, 7*day), -1},
		"beginning as the window ended": {spanning(0, -day), -1},
	} {
		e := evaluate(t, catalogue(), append(resolved(10, desk.Ticket{}), tt.cost)...)
		if tt.want < 0 {
			e.absent("helpdesk_service_cost", "currency", "EUR", "category", "rent")
			e.absent("helpdesk_cost_per_resolution", "currency", "EUR")
			continue
		}
		if got, ok := e.window("helpdesk_service_cost", "currency", "EUR", "category", "rent"); !ok || math.Abs(got-tt.want) > 1e-6 {
			t.Errorf("%s: %v (%v), want %v", name, got, ok, tt.want)
		}
		e.is("helpdesk_cost_per_resolution", tt.want/10, 1e-6, "currency", "EUR")
	}
}

// Salaries of 3000 and licences of 600 come to 700 and 140 for 7 of 30 days,
// less a credit of 300, which is 70: 770 for 10 resolutions.
func TestTheServiceCostsWhatAllItsCategoriesDo(t *testing.T) {
	dollars := monthly(900, "salaries")
	dollars.Currency = " usd"
	e := evaluate(t, catalogue(), append(resolved(10, desk.Ticket{}),
		cost(monthly(3000, "Salaries ")), cost(monthly(600, "licences")), cost(monthly(-300, "")), cost(dollars),
		cost(monthly(30, "acquisition")), cost(monthly(60, "Retention")), cost(monthly(90, "commission")))...)
	e.is("helpdesk_service_cost", 700, 1e-6, "currency", "EUR", "category", "salaries")
	e.is("helpdesk_service_cost", -70, 1e-6, "currency", "EUR", "category", "none")
	e.is("helpdesk_service_cost", 210, 1e-6, "currency", "USD", "category", "salaries")
	for _, category := range []string{"acquisition", "retention", "commission"} {
		e.absent("helpdesk_service_cost", "currency", "EUR", "category", category)
	}
	e.is("helpdesk_cost_per_resolution", 77, 1e-6, "currency", "EUR")
	e.is("helpdesk_cost_per_resolution", 21, 1e-6, "currency", "USD")
	e.is("helpdesk_acquisition_spend", 7, 1e-6, "currency", "EUR")
	e.is("helpdesk_retention_spend", 14, 1e-6, "currency", "EUR")
	e.absent("helpdesk_acquisition_spend", "currency", "USD")
}

// A team's cost is divided by what that team resolved: 3000 for the front desk
// are 700, by 7; what nobody resolved has no cost each.
func TestTheCostOfATeamIsByItsOwnResolutions(t *testing.T) {
	of := func(team string) kpi.Group {
		c := monthly(3000, "salaries")
		c.Team, c.Channel = team, "email"
		return cost(c)
	}
	groups := append(resolved(7, desk.Ticket{Team: "front", Channel: "email"}), resolved(3, desk.Ticket{Channel: "web"})...)
	e := evaluate(t, catalogue(), append(groups, of("front"), of("back"), cost(monthly(3000, "rent")))...)
	e.is("helpdesk_cost_per_resolution", 100, 1e-6, "currency", "EUR", "team", "front")
	e.absent("helpdesk_cost_per_resolution", "currency", "EUR", "team", "back")
	e.is("helpdesk_cost_per_resolution", 200, 1e-6, "currency", "EUR", "channel", "email") // both teams' 1400
	e.is("helpdesk_cost_per_resolution", 210, 1e-6, "currency", "EUR")                     // 2100 by 10
}

// The rent is nobody's own, and who resolved three tickets is not known: to
// divide the one by the other would tell nothing.
func TestWhatIsBookedForNobodyIsPartOfTheWholeOnly(t *testing.T) {
	e := evaluate(t, catalogue(), append(resolved(3, desk.Ticket{}), cost(monthly(3000, "rent")))...)
	i := slices.IndexFunc(e.Views, func(v kpi.WindowView) bool { return v.Name == "helpdesk_cost_per_resolution" })
	counts := []tally.Count{e.count(kpi.ServiceCostOfAll, []string{"currency", "EUR"}), e.count(kpi.TicketsSolved, nil)}
	if got, ok := e.Views[i].ValueAt([]string{"EUR", "", ""}, counts); !ok || math.Abs(got-700.0/3) > 1e-6 {
		t.Errorf("the whole is %v (%v)", got, ok)
	}
	for _, labels := range [][]string{{"EUR", "none", ""}, {"EUR", "", "none"}, {"EUR", "front", "none"}} {
		if got, ok := e.Views[i].ValueAt(labels, counts); ok {
			t.Errorf("%v costs %v each", labels, got)
		}
	}
	if _, ok := e.Views[i].ValueAt([]string{"none", "", ""}, counts); !ok {
		t.Error("costs without a currency are taken for nobody's")
	}
}

func TestCostsThatCannotBeUsedAreCountedByReason(t *testing.T) {
	none := monthly(0, "rent")
	none.Amount = desk.Opt[float64]{}
	gone := cost(monthly(1, "rent"))
	gone.Record = desk.Merge(gone.Record, desk.Record{ID: "cost", Deleted: true, Body: &desk.Cost{}})
	for _, tt := range []struct {
		reason string
		cost   kpi.Group
	}{
		{"no_amount", cost(none)},
		{"no_amount", cost(monthly(math.Inf(1), "rent"))},
		{"deleted", gone},
	} {
		e := evaluate(t, catalogue(), tt.cost)
		if got := e.excluded(tt.reason); got != 1 || len(e.list) != 1 {
			t.Errorf("%s: left out %d times, contributes %+v", tt.reason, got, e.list)
		}
	}
}

// wins are customers of whom so many came within the window, so many are there
// for long and so many left within it.
func wins(t *testing.T, d kpi.Definitions, came, stayed, left int) *evaluation {
	e := evaluate(t, kpi.NewCatalogue(d), cost(monthly(3000, "acquisition")), cost(monthly(600, "retention")))
	add := func(n int, what string, c desk.Customer) {
		for i := range n {
			id := fmt.Sprint(what, i)
			e.dossier(id, held(desk.Record{ID: id, Body: &c}))
		}
	}
	add(came, "came", desk.Customer{AcquiredAt: ago(2 * day)})
	add(stayed, "stayed", desk.Customer{AcquiredAt: ago(90 * day)})
	add(left, "left", desk.Customer{AcquiredAt: ago(90 * day), ChurnedAt: ago(day)})
	return e
}

// To win 3000 were spent in 30 days, in the window 700, by 7 who came; to keep
// 600, in the window 140, by 20 who stayed.
func TestACustomerCostsMoreToWinThanToKeep(t *testing.T) {
	e := wins(t, definitions(), 7, 20, 3)
	e.is("helpdesk_customer_acquisition_cost", 100, 1e-6, "currency", "EUR")
	e.is("helpdesk_customer_retention_cost", 7, 1e-6, "currency", "EUR")
	e.is("helpdesk_customers_new", 7, 0)
	e.is("helpdesk_customers_retained", 20, 0)

	nobody := wins(t, definitions(), 0, 0, 3)
	nobody.absent("helpdesk_customer_acquisition_cost", "currency", "EUR")
	nobody.absent("helpdesk_customer_retention_cost", "currency", "EUR")
	nobody.is("helpdesk_acquisition_spend", 700, 1e-6, "currency", "EUR")

	d := definitions()
	d.MinSample = 8
	few := wins(t, d, 7, 8, 0)
	few.absent("helpdesk_customer_acquisition_cost", "currency", "EUR")
	few.is("helpdesk_customer_retention_cost", 17.5, 1e-6, "currency", "EUR") // 140 by 8
}

// A desk that tells but the sums of a week: of 40 customers 4 went and 14 came.
// 700 by 14 are 50, 140 by 36 are 3.889. Who is known one by one goes before.
func TestCustomersOfAPeriodCostWhatTheirSumsTell(t *testing.T) {
	period := func() kpi.Group {
		return kpi.Group{Record: held(desk.Record{ID: "p", Body: &desk.Customer{
			PeriodStart: ago(7 * day), PeriodEnd: now(), AtStart: desk.Some(40), New: desk.Some(14), AtEnd: desk.Some(50), Lost: desk.Some(4),
		}})}
	}
	e := wins(t, definitions(), 0, 0, 0)
	e.list = append(e.list, contributionsOf(e.Catalogue, period())...)
	e.is("helpdesk_customer_acquisition_cost", 50, 1e-6, "currency", "EUR")
	e.is("helpdesk_customer_retention_cost", 140.0/36, 1e-6, "currency", "EUR")

	both := wins(t, definitions(), 7, 20, 3)
	both.list = append(both.list, contributionsOf(both.Catalogue, period())...)
	both.is("helpdesk_customer_acquisition_cost", 100, 1e-6, "currency", "EUR")
	both.is("helpdesk_customer_retention_cost", 7, 1e-6, "currency", "EUR")

	none := wins(t, definitions(), 0, 20, 3)
	none.list = append(none.list, contributionsOf(none.Catalogue, period())...)
	none.absent("helpdesk_customer_acquisition_cost", "currency", "EUR")
}

func TestACostAccruesOverItsPeriod(t *testing.T) {
	c := monthly(3000, "rent")
	list := contributionsOf(catalogue(), cost(c))
	if len(list) != 2 {
		t.Fatalf("it contributes %+v", list)
	}
	for _, of := range list {
		if !of.At.Equal(c.PeriodStart) || !of.Until.Equal(c.PeriodEnd) {
			t.Errorf("it accrues from %v until %v", of.At, of.Until)
		}
	}
}

// What the cost is divided by are the tickets that count as solved, whatever
// became of them, also where ticket figures are not split by team and channel.
func TestWhatIsDividedByIsWhatWasSolved(t *testing.T) {
	d := definitions()
	d.Labels = []string{"priority"}
	c := kpi.NewCatalogue(d)
	rapid.Check(t, func(r *rapid.T) {
		h := held(lives(true).Draw(r, "life").states...)
		e := evaluate(t, c, kpi.Group{Record: h, Reviewed: desk.Some(true)})
		solved := e.count(kpi.TicketsSolved, nil)
		for _, id := range []kpi.ID{kpi.TicketsResolved, kpi.TicketsReviewed} {
			if got := e.count(id, nil); got.N != solved.N {
				r.Fatalf("%d tickets of measure %d, %d solved", got.N, id, solved.N)
			}
		}
	})
}
